"""Bugs that such servers have had, each planted into the product or the disk.

They show that the simulation notices: one that it misses is a hole in it.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from chinwag.domain.news import News, RoomNews
from chinwag.errors import Refusal, Unavailable
from chinwag.gateway import hub as hub_module
from chinwag.gateway.hub import Hub
from chinwag.gateway.live_room import LiveRoom
from chinwag.gateway.outbox import Bench, Opening, Outbox
from chinwag.gateway.turns import Turns
from chinwag.handlers.call import Call
from chinwag.handlers.dispatch import Dispatch
from chinwag.handlers.newest import NewestPages
from chinwag.handlers.queue import Queue
from chinwag.handlers.readings import Readings
from chinwag.protocol.envelope import EventsFrame, encode_room_news
from tests.simulation.rows import Rows, Transaction
from tests.simulation.store import Work
from tests.simulation.world import World

Plant = Callable[[], AbstractContextManager[object]]


def _do_nothing(*_: object) -> None:
    pass


def told_before_commit() -> AbstractContextManager[object]:
    """Everybody is told as soon as something is decided."""
    decide, publish = Dispatch.__dict__["_decide"], Dispatch.__dict__["_publish"]

    def decide_and_tell(self: Dispatch, work: Work, asked: object) -> object:
        decided = decide(self, work, asked)
        if not isinstance(decided.answer, Refusal):
            call: Call = decided.call
            for entry in call.entries:
                news = RoomNews(entry.room, [entry], dict(call.names), entry.messages)
                publish(self, [news])
            call.entries.clear()
            call.titles.clear()
        return decided

    return patch.object(Dispatch, "_decide", decide_and_tell)


def acknowledged_before_durable() -> AbstractContextManager[object]:
    """COMMIT returns, and the disk follows when it likes (`synchronous=NORMAL`)."""

    async def commit(self: Work) -> bool:
        facts = vars(self)
        written: Rows = facts["_rows"].written
        facts["_closed"]()
        if written:
            facts["_disk"].timeline.after(0.02, _make_durable, self, written)
        return bool(written)

    return patch.object(Work, "commit", commit)


def _make_durable(work: Work, written: Rows) -> None:
    if vars(work)["_process"].alive:
        Work.__dict__["_make_durable"](work, written)


def failed_and_yet_done() -> AbstractContextManager[object]:
    """A COMMIT that is told as failed has happened."""
    commit = Work.commit

    async def commit_anyway(self: Work) -> bool:
        try:
            return await commit(self)
        except Unavailable:
            _make_durable(self, vars(self)["_rows"].written)
            raise

    return patch.object(Work, "commit", commit_anyway)


def cursor_beyond_told() -> AbstractContextManager[object]:
    """Who gets up from a bench counts as told what still waits there."""
    rise = Bench.rise

    def rise_early(self: Bench, opening: Opening) -> None:
        rise(self, opening)
        waiting = [frame.last for frame in self.waiting or ()]
        assert opening.behind is not None
        opening.behind.cursor = max([opening.behind.cursor, *waiting])

    return patch.object(Bench, "rise", rise_early)


def frame_across_an_end() -> AbstractContextManager[object]:
    """A frame goes on after an event that ends somebody's access."""

    def encode(news: RoomNews) -> list[EventsFrame]:
        entries = [replace(entry, ends=None) for entry in news.entries]
        return encode_room_news(replace(news, entries=entries))

    return patch.object(hub_module, "encode_room_news", encode)


def kept_after_a_change() -> AbstractContextManager[object]:
    """What was said is kept for newcomers as it was, whatever becomes of it."""
    keep = LiveRoom.__dict__["_keep"]

    def keep_all(self: LiveRoom, frame: object, *, changes: bool) -> None:
        del changes
        keep(self, frame, changes=False)

    return patch.object(LiveRoom, "_keep", keep_all)


def kept_for_ever() -> AbstractContextManager[object]:
    """Nothing that is kept is ever forgotten."""

    def keep(self: LiveRoom, frame: Any, *, changes: bool) -> None:  # noqa: ANN401
        del changes
        kept: list[Any] = getattr(self, "_kept") or []  # noqa: B009 - nobody else may
        setattr(self, "_kept", [*kept, frame])  # noqa: B010
        size = getattr(self, "_kept_bytes") + frame.size  # noqa: B009
        setattr(self, "_kept_bytes", size)  # noqa: B010

    return patch.object(LiveRoom, "_keep", keep)


@contextmanager
def dedupe_that_forgets() -> Generator[None]:
    """A message is not known again, and the table has no unique `cmid`."""
    put = Transaction.put_entry

    def put_anyway(self: Transaction, room: Any, **facts: Any) -> object:  # noqa: ANN401
        Transaction.__dict__["_put"](self, ("seen", room, facts.get("cmid")), None)
        return put(self, room, **facts)

    with ExitStack() as stack:
        forget = patch.object(Transaction, "get_seen", _do_nothing)
        stack.enter_context(forget)
        stack.enter_context(patch.object(Transaction, "put_entry", put_anyway))
        yield


def trace_of_the_refused() -> AbstractContextManager[object]:
    """A refused command leaves what it did in memory."""
    return patch.object(Call, "take_back", _do_nothing)


def read_then_subscribe() -> AbstractContextManager[object]:
    """An opening goes live from the head that was read, not from what was told."""
    tell = Hub.tell

    def tell_and_forget(self: Hub, news: Sequence[News]) -> None:
        tell(self, news)
        vars(self)["_just_told"].clear()

    return patch.object(Hub, "tell", tell_and_forget)


def page_older_than_told() -> AbstractContextManager[object]:
    """A page is handed over however old it has become."""
    return patch.object(Readings, "note", _do_nothing)


def last_come_first() -> AbstractContextManager[object]:
    """What somebody asked last is decided first."""
    take = Queue.take

    def take_reversed(self: Queue) -> Sequence[object]:
        return take(self)[::-1]

    return patch.object(Queue, "take", take_reversed)


def slow_readers_are_written_to() -> AbstractContextManager[object]:
    """Who takes nothing stays in the live fan-out."""
    return patch.object(Hub, "_stall", _do_nothing)


def closed_and_yet_open() -> AbstractContextManager[object]:
    """A room that is closed on a socket goes on there."""

    def close(self: Hub, outbox: Outbox, room: object) -> None:
        del self, outbox, room

    return patch.object(Hub, "close", close)


def revoke_that_does_not_bite() -> AbstractContextManager[object]:
    """Who left stays in the live fan-out."""
    return patch.object(LiveRoom, "drop", _do_nothing)


@contextmanager
def lost_wake() -> Generator[None]:
    """Now and then nobody writes what waits on a bench."""
    wake, count = Turns.wake, [0]

    def wake_most(self: Turns, bench: Bench) -> None:
        count[0] += 1
        if count[0] % 10:
            wake(self, bench)

    with patch.object(Turns, "wake", wake_most):
        yield


def newest_page_of_yesterday() -> AbstractContextManager[object]:
    """A page that is kept in memory outlives the events that follow it."""
    return patch.object(NewestPages, "tell", _do_nothing)


def restored_with_the_old_epoch() -> AbstractContextManager[object]:
    """A backup is put back, and nobody is told that it is another log."""
    restore = World.restore

    def restore_quietly(self: World) -> None:
        epoch = self.epoch
        restore(self)
        self.epoch = epoch

    return patch.object(World, "restore", restore_quietly)


PLANTED: tuple[Plant, ...] = (
    told_before_commit,
    acknowledged_before_durable,
    failed_and_yet_done,
    cursor_beyond_told,
    frame_across_an_end,
    kept_after_a_change,
    kept_for_ever,
    dedupe_that_forgets,
    trace_of_the_refused,
    read_then_subscribe,
    page_older_than_told,
    last_come_first,
    slow_readers_are_written_to,
    closed_and_yet_open,
    revoke_that_does_not_bite,
    lost_wake,
    newest_page_of_yesterday,
    restored_with_the_old_epoch,
)
