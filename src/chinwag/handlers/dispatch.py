"""The heart: all commands that wait are decided, made durable together, then told.

One transaction, one COMMIT. It never sleeps to build a batch.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import structlog

from chinwag import failpoints
from chinwag.domain.news import EndedNews, News, RoomNews
from chinwag.domain.pages import Page
from chinwag.errors import Internal, Refusal, StorageFailed, Unavailable
from chinwag.handlers.ahead import look_ahead
from chinwag.handlers.call import Call, House, Later, digest_token
from chinwag.handlers.counts import Counts
from chinwag.handlers.marks import MOST_AT_ONCE
from chinwag.handlers.people import recognise
from chinwag.handlers.ports import Bus, Store, Work
from chinwag.handlers.queue import Asked, Queue, weigh
from chinwag.handlers.readings import Readings
from chinwag.handlers.table import HANDLERS
from chinwag.ids import RoomId
from chinwag.protocol.commands import AnyCommand, Hello
from chinwag.protocol.door import Answer, Answered, Caller, Newcomer, Pages
from chinwag.protocol.results import Done, Result

MANY = 64
"""After a batch of so many commands the next one waits until what clients say to their
answers has come in: it is larger by that, and everything is done less often."""
_TURNS_TO_COME_IN = 3
"""In which turns of the loop: answers go out, news goes out, and they are heard."""
BREATH_SECONDS = 0.005
"""How long it is decided before the loop turns."""

log = structlog.get_logger(__name__)


class _Decided(msgspec.Struct):
    """What it came to, before anybody knows."""

    asked: Asked
    call: Call
    answer: Answer | Later


class Dispatch:
    """The door's inner side: one batch after the other is decided, committed, told."""

    def __init__(self, house: House, store: Store, bus: Bus, pages: Pages) -> None:
        self._house = house
        self._store = store
        self._bus = bus
        self._pages = Readings(pages)
        self.counts = Counts()
        self._queue = Queue()
        self._breath = 0.0

    def submit(self, caller: Caller, command: AnyCommand, answered: Answered) -> None:
        """Hand in a command; `answered` is called when what it did is durable."""
        handler = HANDLERS[type(command)]
        decide: Callable[[Call], Result | Later] = lambda call: handler(call, command)  # noqa: E731 - a partial would take the command first
        weight, size = weigh(command)
        self._queue.put(Asked(caller, decide, answered, command, weight, size))

    def end_session(self, token: str, ended: Callable[[], None]) -> None:
        """Make `token` worth nothing, and call `ended` when that is durable."""
        self._put_chore(partial(_end_session, token=token), lambda _: ended())

    def save_marks(self) -> None:
        """Write down how far people have read since the last time."""
        for skipped in range(0, len(self._house.marks), MOST_AT_ONCE):
            self._put_chore(partial(_save_marks, skipped=skipped), lambda _: None)

    async def run(self) -> None:
        """Decide, commit, tell; until cancelled, or until the disk fails.

        Raises:
            StorageFailed: Nothing more may be acknowledged by this process.
        """
        while True:
            await self._queue.wait()
            await self._pages.give_way()
            batch = self._queue.take()
            await self._settle(batch)
            self._queue.note_done()
            await self._store.tidy()
            # A batch that wrote nothing has not waited for anything so far.
            await asyncio.sleep(0)
            for _ in range(_TURNS_TO_COME_IN if len(batch) >= MANY else 0):
                await asyncio.sleep(0)
            failpoints.reach("between-batches")

    async def drain(self) -> None:
        """Wait until nothing waits any more."""
        await self._queue.drain()

    def _put_chore(
        self, decide: Callable[[Call], Result | Later], answered: Answered
    ) -> None:
        nobody = Caller(address="", site="", newcomer=Newcomer.NAMELESS)
        self._queue.put(Asked(nobody, decide, answered))

    async def _settle(self, batch: Sequence[Asked]) -> None:
        """See a batch through; one that fails as a whole is run again in halves."""
        decided: list[_Decided] = []
        work: Work | None = None
        try:
            failpoints.reach("before-begin")
            work = self._store.begin()
            work.load(look_ahead((asked.caller, asked.command) for asked in batch))
            for asked in batch:
                decided.append(self._decide(work, asked))
                if self._house.clock.monotonic() > self._breath:
                    await self._breathe()
            failpoints.reach("after-decide")
            await self._commit(work)
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, its halves may do
            for undone in reversed(decided):
                undone.call.take_back()
            if work is not None:
                work.abandon()
            await self._settle_halves(batch, error)
        else:
            self._tell(decided)

    async def _breathe(self) -> None:
        """Let the loop do its other work after some milliseconds of deciding.

        Nobody else has a hand in the transaction or sees what it will come to.
        """
        await asyncio.sleep(0)
        self._breath = self._house.clock.monotonic() + BREATH_SECONDS

    async def _commit(self, work: Work) -> None:
        clock = self._house.clock
        before = clock.monotonic()
        if await work.commit():
            self.counts.commits += 1
            self.counts.commit_seconds += clock.monotonic() - before

    async def _settle_halves(self, batch: Sequence[Asked], error: Exception) -> None:
        if len(batch) == 1:
            full = isinstance(error, Unavailable)
            answer = error if full else self._note_bug(batch[0], error)
            self._answer(batch[0], answer)
            return
        middle = len(batch) // 2
        await self._settle(batch[:middle])
        await self._settle(batch[middle:])

    def _decide(self, work: Work, asked: Asked) -> _Decided:
        call = Call(self._house, work, asked.caller, asked.paid)
        try:
            with work.attempt():
                if not isinstance(asked.command, Hello):
                    recognise(call)
                answer = asked.decide(call)
        except (Unavailable, StorageFailed):
            # Not this command's fault alone: the transaction is lost with it.
            call.take_back()
            raise
        except Refusal as refusal:
            answer = refusal.bare()
        except Exception as error:  # noqa: BLE001 - a bug in one must not stop all
            answer = self._note_bug(asked, error)
        if isinstance(answer, Refusal):
            call.take_back()
            call = Call(self._house, work, asked.caller, asked.paid)
        return _Decided(asked, call, answer)

    def _tell(self, batch: Sequence[_Decided]) -> None:
        for decided in batch:
            for act in decided.call.after_commit:
                act()
        news = _gather(batch)
        ended = [item for item in news if isinstance(item, EndedNews)]
        self._publish([item for item in news if not isinstance(item, EndedNews)])
        failpoints.reach("before-replies")
        for decided in batch:
            if isinstance(decided.answer, Later):
                self._read(decided.asked, decided.answer)
            else:
                self._answer(decided.asked, decided.answer)
        # Last, so that it reaches who was greeted or has opened a room just now.
        self._publish(ended)

    def _publish(self, news: Sequence[News]) -> None:
        if news:
            self._bus.publish(news)
        for item in news:
            if isinstance(item, RoomNews):
                self._pages.note(item)
                self.counts.events += len(item.entries)

    def _read(self, asked: Asked, later: Later) -> None:
        def done(page: Page | Exception) -> None:
            self._answer(asked, self._finish(asked, later, page))

        self._pages.read(later.ask, done)

    def _finish(self, asked: Asked, later: Later, page: Page | Exception) -> Answer:
        if isinstance(page, Refusal):
            return page
        if isinstance(page, Exception):
            return self._note_bug(asked, page)
        try:
            return later.finish(page)
        except Refusal as refusal:
            return refusal.bare()
        except Exception as error:  # noqa: BLE001 - a bug in one must not stop all
            return self._note_bug(asked, error)

    def _answer(self, asked: Asked, answer: Answer) -> None:
        if asked.command is not None:
            code = answer.code if isinstance(answer, Refusal) else "ok"
            self.counts.answers[code] += 1
        try:
            asked.answered(answer)
        except Exception as error:  # noqa: BLE001 - an edge's bug must not stop all
            self._note_bug(asked, error)

    def _note_bug(self, asked: Asked, error: Exception) -> Internal:
        trouble = self._house.dice.token()[:8]
        log.error(
            "a command failed",
            id=trouble,
            command=type(asked.command).__name__,
            exc_info=error,
        )
        return Internal(f"Something went wrong here; the log knows it as {trouble}.")


def _gather(batch: Sequence[_Decided]) -> list[News]:
    """Return what the batch has to tell: each room's events together, then the rest."""
    rooms: dict[RoomId, RoomNews] = {}
    rest: list[News] = []
    for call in (decided.call for decided in batch):
        for entry in call.entries:
            known = rooms.get(entry.room)
            if known is None:
                known = rooms[entry.room] = RoomNews(entry.room, [], {})
            known.entries.append(entry)
            known.messages = entry.messages
            known.names.update(call.names)
        for room, title in call.titles.items():
            rooms[room].title = title
        rest += call.news
    return [*rooms.values(), *rest]


def _end_session(call: Call, *, token: str) -> Result:
    digest = digest_token(token)
    waiting = call.house.lobby.get_by_token(digest)
    person = call.work.people.delete_session(digest)
    if waiting is not None:
        call.undo.append(call.house.lobby.leave(waiting.id))
    ended = person or (waiting.id if waiting else None)
    if ended is not None:
        call.news.append(EndedNews(ended))
    return Done()


def _save_marks(call: Call, *, skipped: int) -> Result:
    # What was due when it was asked for may be older than what is to be kept now.
    reads = call.house.marks.due(skipped)
    if not reads:
        return Done()
    failpoints.reach("before-marks")
    call.work.members.put_reads(reads)
    call.after_commit.append(lambda: call.house.marks.written(reads))
    return Done()
