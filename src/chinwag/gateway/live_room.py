"""A room that somebody has open: who gets it live, and how the others catch up.

A slow reader becomes a reader of the log; nobody waits for it.
"""

from collections.abc import Callable, Collection

import structlog

from chinwag.domain.pages import MOST_EVENTS, Page, PageAsk
from chinwag.domain.presence import Presence
from chinwag.gateway.frame import Encode, Frame
from chinwag.gateway.outbox import Behind, Bench, Opening
from chinwag.ids import PersonId, RoomId, Seq, to_text
from chinwag.protocol import envelope
from chinwag.protocol.close import Close
from chinwag.protocol.door import Pages
from chinwag.protocol.envelope import EventsFrame, Push, encode_events, view_people

BENCH_SEATS = 1_000
KEPT_BYTES = 64 * 1024
TYPING_SECONDS = 6.0

log = structlog.get_logger(__name__)


class LiveRoom:
    """The live side of one room's log.

    `told` is the last `seq` fanned out here. Catching up reads no further: what
    comes after it comes live. Most rooms are quiet, and keep next to nothing.
    """

    __slots__ = (
        "_behind",
        "_benches",
        "_kept",
        "_kept_bytes",
        "_let_go",
        "_pages",
        "_wake",
        "folded_at",
        "presence",
        "room",
        "told",
        "typing",
        "typing_moved",
    )

    def __init__(
        self,
        room: RoomId,
        told: Seq,
        *,
        pages: Pages,
        wake: Callable[[Bench], None],
        let_go: Callable[[Opening], None],
    ) -> None:
        self.room = room
        self.told = told
        self.presence = Presence()
        self.typing: dict[PersonId, float] | None = None
        self.typing_moved = False
        self.folded_at = float("-inf")
        self._pages = pages
        self._wake = wake
        self._let_go = let_go
        # Openings are on a bench, or else behind.
        self._behind: set[Opening] | None = None
        self._benches: list[Bench] = []
        self._kept: list[Frame] | None = None
        self._kept_bytes = 0

    @property
    def openings(self) -> list[Opening]:
        """All clients that have it open."""
        live = [opening for bench in self._benches for opening in bench.openings]
        return [*live, *(self._behind or ())]

    @property
    def audience(self) -> int:
        """How many clients have it open."""
        live = sum(len(bench.openings) for bench in self._benches)
        return live + len(self._behind or ())

    def count_told(self, head: Seq, kinds: Collection[Encode]) -> int:
        """Return how many clients of these kinds were written the events up to `head`.

        Those that catch up don't count.
        """
        return sum(
            len(bench.openings)
            for bench in self._benches
            if bench.encode in kinds and bench.told >= head
        )

    def _fall_behind(self, opening: Opening) -> None:
        if self._behind is None:
            self._behind = set()
        self._behind.add(opening)

    def _no_more_behind(self, opening: Opening) -> None:
        if self._behind is not None:
            self._behind.discard(opening)
            self._behind = self._behind or None

    def open(self, opening: Opening) -> None:
        """Send what follows the opening's cursor, then everything as it happens."""
        self._fall_behind(opening)
        person = opening.outbox.person
        if person is not None:
            self.presence.come(person, opening.outbox.name)
        self.advance(opening)

    def shut(self, opening: Opening) -> None:
        """Send no more to an opening."""
        if opening.bench is not None:
            opening.bench.rise(opening)
        opening.at = None
        self._no_more_behind(opening)
        person = opening.outbox.person
        if person is not None:
            self.presence.go(person)
            if person not in self.presence:
                self.set_typing(person, until=None)

    def advance(self, opening: Opening) -> None:
        """Bring an opening one step nearer to the live end, if its client drains."""
        behind = opening.behind
        if behind is None or behind.reading or opening.outbox.paused:
            return
        missing = self._kept_after(behind.cursor)
        if missing is None:
            self._read(opening, behind)
            return
        if missing:
            encode = opening.outbox.encode
            opening.outbox.write(b"".join(encode(frame) for frame in missing))
            behind.cursor = self.told
            if opening.outbox.paused:
                return
        self._go_live(opening, behind)

    def _go_live(self, opening: Opening, behind: Behind) -> None:
        encode = opening.outbox.encode
        if not any(bench.openings for bench in self._benches):
            # Nobody is there to be told of changes; the newcomer is told all.
            self.presence.fold()
        for bench in self._benches:
            if bench.encode is encode and len(bench.openings) < BENCH_SEATS:
                # What waits there was just written to this one.
                bench.flush()
                break
        else:
            bench = Bench(encode, self.told)
            self._benches.append(bench)
        back = opening.place >= 0
        bench.sit(opening)
        self._no_more_behind(opening)
        opening.outbox.write(encode(self._whole_presence()))
        if behind.renamed:
            names = behind.renamed
            renamed = envelope.People(view_people(names, names))
            opening.outbox.write(encode(Frame(envelope.encode_push(renamed))))
        if self.typing or back:
            # Who comes back may have missed that somebody stopped.
            opening.outbox.write(encode(Frame(envelope.encode_push(self._typists()))))

    def stall(self, opening: Opening) -> None:
        """Take a client that does not drain out of the live fan-out."""
        if opening.bench is not None:
            opening.bench.rise(opening)
            self._fall_behind(opening)

    def _kept_after(self, cursor: Seq) -> list[Frame] | None:
        """Return the frames that follow `cursor`, or None if the log has to be read."""
        if cursor == self.told:
            return []
        missing: list[Frame] = []
        for frame in reversed(self._kept or ()):
            if frame.last <= cursor:
                break
            missing.append(frame)
        if not missing or missing[-1].first != cursor + 1:
            return None
        missing.reverse()
        return missing

    def _read(self, opening: Opening, behind: Behind) -> None:
        person = opening.outbox.person
        if person is None:
            return
        behind.reading = True
        first = Seq(behind.cursor + 1)
        last = Seq(min(self.told, behind.cursor + MOST_EVENTS))
        ask = PageAsk(room=self.room, person=person, first=first, last=last, near=first)

        def done(page: Page | Exception) -> None:
            behind.reading = False
            if opening.at is behind:
                self._take_page(opening, behind, page)

        self._pages.read(ask, done)

    def _take_page(
        self, opening: Opening, behind: Behind, page: Page | Exception
    ) -> None:
        if isinstance(page, Exception) or (page.member and page.first == 0):
            error = page if isinstance(page, Exception) else None
            log.error("a page could not be read", room=self.room, exc_info=error)
            opening.outbox.hang(Close.RESTARTING)
            return
        if not page.member:
            self._let_go(opening)
            return
        payload = encode_events(self.room, page.first, page.events, page.people)
        behind.cursor = page.last
        frame = Frame(payload, first=page.first, last=page.last)
        opening.outbox.write(opening.outbox.encode(frame))
        self.advance(opening)

    def tell(self, events: EventsFrame) -> None:
        """Fan out a frame of events; drop those whose access ends with it."""
        frame = Frame(events.payload, first=events.first, last=events.last)
        if events.first != self.told + 1:
            self._leap(events.last)
            return
        self.told = events.last
        self._keep(frame, changes=events.changes)
        self._fan_out(frame)
        if events.ends is not None:
            self.drop(events.ends)

    def _leap(self, told: Seq) -> None:
        """Something in between was not told here: everybody reads it from the log."""
        for bench in self._benches:
            bench.flush()
        self._forget_kept()
        self.told = told
        for opening in self.openings:
            self.stall(opening)
        for bench in self._benches:
            bench.told = told
        for opening in self.openings:
            self.advance(opening)

    def _keep(self, frame: Frame, *, changes: bool) -> None:
        if changes:
            # Who comes later reads what was changed as it is now, and nothing deleted.
            self._forget_kept()
            return
        kept = self._kept = self._kept or []
        kept.append(frame)
        self._kept_bytes += frame.size
        count = 0
        while self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= kept[count].size
            count += 1
        del kept[:count]

    def rest(self) -> None:
        """Keep nothing for those who come back: it has been quiet for a while."""
        self._forget_kept()

    def _forget_kept(self) -> None:
        self._kept = None
        self._kept_bytes = 0

    def _fan_out(self, frame: Frame) -> None:
        for bench in self._benches:
            if bench.openings:
                bench.wait(frame)
                self._wake(bench)
            else:
                bench.told = self.told

    def drop(self, person: PersonId) -> None:
        """Send what waits, then nothing more to this person."""
        for opening in [o for o in self.openings if o.outbox.person == person]:
            if opening.bench is not None:
                opening.bench.flush()
            self._let_go(opening)

    def push(self, push: Push) -> None:
        """Tell everybody who is live something that is not in the log."""
        self._fan_out(Frame(envelope.encode_push(push)))

    def rename(self, person: PersonId, name: str) -> None:
        """Tell that somebody has another name."""
        if person in self.presence:
            self.presence.names[person] = name
        for opening in self._behind or ():
            if opening.behind is not None:
                opening.behind.miss_name(person, name)
        self.push(envelope.People(view_people({person: name}, (person,))))

    def set_typing(self, person: PersonId, *, until: float | None) -> None:
        """Note that somebody types until then, or no longer does."""
        if until is not None:
            self.typing = self.typing or {}
            self.typing_moved |= person not in self.typing
            self.typing[person] = until
        elif self.typing and self.typing.pop(person, None) is not None:
            self.typing_moved = True
            self.typing = self.typing or None

    def fold(self, now: float) -> None:
        """Tell who came, went, types and no longer types since the last time."""
        self.folded_at = now
        typing = self.typing or {}
        for person in [p for p, until in typing.items() if until <= now]:
            self.set_typing(person, until=None)
        change = self.presence.fold()
        if change is not None:
            self.push(self._show(change.here, change.joined, change.left))
        if self.typing_moved:
            self.typing_moved = False
            self.push(self._typists())

    def _typists(self) -> envelope.Typing:
        people = tuple(self.typing or ())
        return envelope.Typing(
            to_text(self.room),
            tuple(map(to_text, people)),
            view_people(self.presence.names, people),
        )

    def _whole_presence(self) -> Frame:
        whole = self.presence.whole()
        return Frame(envelope.encode_push(self._show(whole.here, whole.joined, ())))

    def _show(
        self, here: int, joined: tuple[PersonId, ...], left: tuple[PersonId, ...]
    ) -> envelope.Presence:
        return envelope.Presence(
            room=to_text(self.room),
            here=here,
            joined=tuple(map(to_text, joined)),
            left=tuple(map(to_text, left)),
            people=view_people(self.presence.names, joined),
        )
