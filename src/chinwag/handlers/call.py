"""One command being decided: who asks, when, and what is to be told of it.

Loading is authorizing: what you may not see you cannot find.
"""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from chinwag.clock import Clock
from chinwag.domain.events import Body, Entry, encode_body
from chinwag.domain.model import Head, Membership, Person, Place, Room
from chinwag.domain.news import News, PlaceNews
from chinwag.domain.pages import Page, PageAsk
from chinwag.domain.rates import Limiter
from chinwag.errors import NotFound, RateLimited, Unauthorized
from chinwag.handlers.lobby import Lobby
from chinwag.handlers.marks import ReadMarks
from chinwag.handlers.ports import Work
from chinwag.ids import Dice, Millis, PersonId, RoomId, from_text
from chinwag.protocol.door import Caller
from chinwag.protocol.results import (
    Result,
)


class Limits(msgspec.Struct, frozen=True):
    """How fast people may write and addresses may bring in new ones."""

    messages: Limiter
    joins: Limiter


class House(msgspec.Struct, frozen=True):
    """What all calls share: the parts of the server that handlers may use."""

    clock: Clock
    dice: Dice
    lobby: Lobby
    marks: ReadMarks
    limits: Limits
    secret: bytes
    epoch: str
    version: str
    heartbeat: int
    here: Callable[[RoomId], list[str]]
    """Tells the names of who is in a room just now."""


class Later(msgspec.Struct, frozen=True):
    """A result that a page of the log is missing for."""

    ask: PageAsk
    finish: Callable[[Page], Result]


class Call:
    """One command being decided."""

    __slots__ = (
        "_paid",
        "after_commit",
        "caller",
        "entries",
        "fresh_token",
        "house",
        "names",
        "news",
        "now",
        "titles",
        "undo",
        "work",
    )

    def __init__(
        self, house: House, work: Work, caller: Caller, paid: set[object]
    ) -> None:
        self.house = house
        self.work = work
        self.caller = caller
        self.now: Millis = house.clock.now()
        self.entries: list[Entry] = []
        self.names: dict[PersonId, str] = {}
        self.titles: dict[RoomId, tuple[str, str]] = {}
        self.news: list[News] = []
        self.undo: list[Callable[[], None]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.fresh_token: str | None = None
        # A command whose batch failed is decided again, and pays its rate once.
        self._paid = paid

    @property
    def person(self) -> PersonId:
        """Who asks."""
        if self.caller.person is None:
            raise Unauthorized
        return self.caller.person

    def recognise(self, person: PersonId) -> None:
        """Note who asks."""
        caller = self.caller
        caller.person = person

        def take_back() -> None:
            caller.person = None

        self.undo.append(take_back)

    def take_back(self) -> None:
        """Leave no trace in memory of what is not going to happen."""
        for undo in reversed(self.undo):
            undo()
        self.undo.clear()

    def myself(self) -> Person:
        """Return who asks, written down or not."""
        waiting = self.house.lobby.get(self.person)
        if waiting is not None:
            return waiting[0]
        known = self.work.people.get_person(self.person)
        if known is None:
            raise Unauthorized("This session has ended.")
        return known

    def write_down(self) -> Person:
        """Return who asks, from now on one whom a restart does not forget."""
        waiting = self.house.lobby.get(self.person)
        if waiting is None:
            return self.myself()
        person, token = waiting
        self.work.people.put_person(person, token, self.now)
        self.undo.append(self.house.lobby.leave(person.id))
        return person

    def membership(self, room: str) -> Membership:
        """Return what the asker is in that room, or raise `NotFound`."""
        number = from_text(room)
        found = (
            None
            if number is None
            else self.work.members.get_membership(RoomId(number), self.person)
        )
        if found is None:
            raise NotFound("No such room.")
        return self.house.marks.on_membership(found)

    def room(self, membership: Membership) -> Room:
        """Return a room that the asker is in."""
        room = self.work.rooms.get_room(membership.room)
        if room is None:
            raise NotFound("No such room.")
        return room

    def head(self, room: RoomId) -> Head:
        """Return where a room's log ends."""
        head = self.work.rooms.get_head(room)
        if head is None:
            raise NotFound("No such room.")
        return head

    def place(self, membership: Membership) -> Place:
        """Return the room as the asker's list of rooms shows it."""
        return Place(
            room=self.room(membership),
            head=self.head(membership.room),
            role=membership.role,
            read=membership.read,
            read_messages=membership.read_messages,
        )

    def places(self) -> list[Place]:
        """Return all rooms of the asker."""
        if self.house.lobby.get(self.person) is not None:
            # Whoever is not written down is in no room.
            return []
        places = self.work.members.list_places(self.person)
        return [self.house.marks.on_place(place, self.person) for place in places]

    def append(
        self,
        membership: Membership,
        body: Body,
        *,
        cmid: bytes | None = None,
        ends: PersonId | None = None,
    ) -> Entry:
        """Put an event of `membership`'s person into its room's log, to be told.

        `cmid` is the digest under which a message is found again.
        """
        entry = self.work.log.put_entry(
            membership.room,
            by=membership.person,
            kind=body.kind,
            body=encode_body(body),
            now=self.now,
            cmid=cmid,
            ends=ends,
        )
        self.entries.append(entry)
        self.names[membership.person] = membership.name
        return entry

    def tell_place(self, membership: Membership) -> int:
        """Tell the person's other devices of a room of theirs; return the version."""
        version = self.work.people.raise_version(membership.person)
        place = self.place(membership)
        device = self.caller.device
        self.news.append(PlaceNews(membership.person, version, place, device))
        return version

    def take_message(self) -> None:
        """Count one change by this person, or raise `RateLimited`."""
        self._take(self.house.limits.messages, self.person)

    def take_join(self, what: str) -> None:
        """Count one newcomer, join or room by this address, or raise."""
        self._take(self.house.limits.joins, (what, self.caller.address))

    def _take(self, limiter: Limiter, key: object) -> None:
        if key in self._paid:
            return
        wait = limiter.take(key, self.house.clock.monotonic())
        if wait:
            raise RateLimited(retry_after=round(wait + 0.05, 1))
        self._paid.add(key)


def digest_token(token: str) -> bytes:
    """Return what the database knows of a session's token."""
    return sha256(token.encode()).digest()
