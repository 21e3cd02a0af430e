"""A room's log, its readers and their sockets, without any of the three."""

import json
from collections.abc import Callable
from typing import Any

from chinwag.domain.events import Entry, Joined, Left, Message, encode_body
from chinwag.domain.model import Role, RoomKind
from chinwag.domain.news import LeftNews, RoomNews
from chinwag.domain.pages import Page, PageAsk
from chinwag.gateway.frame import Frame
from chinwag.gateway.hub import Hub
from chinwag.gateway.outbox import Outbox
from chinwag.ids import Millis, PersonId, RoomId, Seq, to_text
from chinwag.protocol.close import Close
from chinwag.protocol.envelope import encode_entry, encode_people
from chinwag.protocol.results import Me, Opened, RoomView

ROOM = RoomId(77)
TEXT = "Another cup?"
Done = Callable[[Page | Exception], None]


def to_line(frame: Frame) -> bytes:
    """Encode for a fake socket: a line of JSON."""
    return frame.payload + b"\n"


class Log:
    """A room's events, its members, and pages of it that come when a test says so."""

    def __init__(self, room: RoomId = ROOM, page: int = 500) -> None:
        self.room = room
        self.page = page
        self.entries: list[Entry] = []
        self.members: set[PersonId] = set()
        self.names: dict[PersonId, str] = {}
        self.asked: list[tuple[PageAsk, Done]] = []

    @property
    def head(self) -> Seq:
        """The newest `seq`."""
        return Seq(len(self.entries))

    # What happens

    def joins(self, person: PersonId, name: str = "") -> RoomNews:
        """Let somebody in."""
        self.members.add(person)
        self.names[person] = name or f"Guest {person}"
        return self._news(self._put(person, Joined.kind, encode_body(Joined())))

    def leaves(self, person: PersonId) -> RoomNews:
        """Let somebody go."""
        self.members.discard(person)
        body = encode_body(Left())
        return self._news(self._put(person, Left.kind, body, ends=person))

    def says(self, person: PersonId, count: int = 1, text: str = TEXT) -> RoomNews:
        """Say something, so many times."""
        said = [
            self._put(
                person,
                Message.kind,
                encode_body(Message(f"c{self.head + 1}", text)),
            )
            for _ in range(count)
        ]
        return self._news(*said)

    def changes(self, person: PersonId, kind: str, body: str) -> RoomNews:
        """Change something older."""
        return self._news(self._put(person, kind, body))

    def both(self, first: RoomNews, second: RoomNews) -> RoomNews:
        """Return what happened in one batch."""
        return self._news(*first.entries, *second.entries)

    def _put(
        self, by: PersonId, kind: str, body: str, ends: PersonId | None = None
    ) -> Entry:
        entry = Entry(
            room=self.room,
            seq=Seq(self.head + 1),
            at=Millis(1_000 + self.head),
            by=by,
            kind=kind,
            body=body,
            ends=ends,
        )
        self.entries.append(entry)
        return entry

    def _news(self, *entries: Entry) -> RoomNews:
        return RoomNews(self.room, list(entries), dict(self.names))

    # The port `Pages`

    def ask(self, person: PersonId, first: int, last: int) -> PageAsk:
        """Return what somebody asks who wants this page."""
        return PageAsk(
            room=self.room,
            person=person,
            first=Seq(first),
            last=Seq(last),
            near=Seq(first),
        )

    def look_now(self, place: int = 0) -> None:
        """Read what is asked in this moment; `turn` hands it over."""
        ask, done = self.asked[place]
        page = self.look(ask)
        self.asked[place] = ask, lambda _: done(page)

    def read(self, ask: PageAsk, done: Done) -> None:
        """Note what is asked; `turn` answers it."""
        self.asked.append((ask, done))

    def turn(self, place: int = 0) -> None:
        """Answer one of the questions."""
        ask, done = self.asked.pop(place)
        done(self.look(ask))

    def turn_all(self) -> None:
        """Answer until nobody asks any more."""
        while self.asked:
            self.turn()

    def look(self, ask: PageAsk) -> Page:
        """Return what stands there, as the store does."""
        assert ask.room == self.room
        if ask.person not in self.members:
            return Page(member=False, head=self.head)
        last = min(ask.last, ask.first + self.page - 1, self.head)
        found = self.entries[ask.first - 1 : last]
        assert found, "nobody asks for what is not there"
        return Page(
            head=self.head,
            first=found[0].seq,
            last=found[-1].seq,
            events=f"[{','.join(map(encode_entry, found))}]",
            people=encode_people(self.names, {entry.by for entry in found}),
        )


class Client:
    """A socket that can stop reading. What was written to it is in `got`."""

    def __init__(self, hub: Hub, person: PersonId, name: str = "") -> None:
        self.hub = hub
        self.person = person
        self.name = name or f"Guest {person}"
        self.got: list[dict[str, Any]] = []
        self.hung: list[Close] = []
        self.stops_after: int | None = None
        self.outbox = Outbox(self, to_line, self, device=id(self))

    def write(self, data: bytes) -> None:
        """Take what comes, as a transport does: always, and at once."""
        self.got += [json.loads(line) for line in data.splitlines()]
        if self.stops_after is not None:
            self.stops_after -= 1
            if self.stops_after < 0:
                self.stops_after = None
                self.stop()

    def hang(self, close: Close) -> None:
        """Be hung up on."""
        self.hung.append(close)

    def greet(self, *rooms: Log) -> None:
        """Be known to the hub."""
        me = Me(to_text(self.person), self.name, guest=True)
        self.hub.greet(self.outbox, me, [view(log) for log in rooms], 1)

    def open(self, log: Log, start: int = 1) -> None:
        """Open a room from `start` on."""
        self.got = [frame for frame in self.got if frame.get("room") != view(log).id]
        self.hub.open(self.outbox, opened(log, start))

    def stop(self) -> None:
        """Read no more."""
        if not self.outbox.paused:
            self.hub.pause(self.outbox)

    def go_on(self) -> None:
        """Read again."""
        if self.outbox.paused:
            self.hub.resume(self.outbox)

    @property
    def seqs(self) -> list[int]:
        """Which events came, in order."""
        return [
            event["seq"] for frame in self.of("events") for event in frame["events"]
        ]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the frames of one type."""
        return [frame for frame in self.got if frame["type"] == kind]


def opened(log: Log, start: int = 1, head: int | None = None) -> Opened:
    """Return the answer to somebody who opens a room."""
    at = log.head if head is None else head
    return Opened(room=view(log), head=at, start=start, reset=False)


def left(log: Log, person: PersonId) -> LeftNews:
    """Return what somebody's other devices are told when they leave."""
    return LeftNews(person, 2, log.room)


def view(log: Log) -> RoomView:
    """Return a room as a client sees it."""
    return RoomView(
        id=to_text(log.room),
        name="Tea",
        topic="",
        kind=RoomKind.LINK,
        head=log.head,
        role=Role.MEMBER,
        read=0,
        members=len(log.members),
        messages=0,
        unread=0,
    )
