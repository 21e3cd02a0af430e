"""What the handlers need of a store, in guarantees. No mechanism stands here.

All functions belong to the one open transaction of a batch. What they change is
seen by every later call in it, and by nobody else before it commits.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from chinwag.domain.events import Entry
from chinwag.domain.model import Head, Link, Membership, Person, Place, Room
from chinwag.domain.news import News
from chinwag.domain.wanted import Wanted
from chinwag.ids import Millis, PersonId, RoomId, Seq


class People(Protocol):
    """Who there is, and which token stands for whom."""

    def get_person(self, person: PersonId) -> Person | None:
        """Return somebody who was written down."""
        ...

    def get_person_by_token(self, digest: bytes) -> Person | None:
        """Return whose session it is."""
        ...

    def put_person(self, person: Person, token: bytes, now: Millis) -> None:
        """Write down a new person and the digest of their token."""
        ...

    def put_name(self, person: PersonId, name: str) -> None:
        """Give somebody another name."""
        ...

    def raise_version(self, person: PersonId) -> int:
        """Count a change of what is this person's alone; return the new count."""
        ...

    def delete_session(self, digest: bytes) -> PersonId | None:
        """Make a token worth nothing; return whose it was."""
        ...


class Rooms(Protocol):
    """What rooms are called, and where their logs end."""

    def get_room(self, room: RoomId) -> Room | None:
        """Return a room."""
        ...

    def get_room_by_cmid(self, digest: bytes) -> RoomId | None:
        """Return the room that was founded under this digest."""
        ...

    def put_room(self, room: Room, cmid: bytes | None, now: Millis) -> None:
        """Write down a new room with an empty log."""
        ...

    def put_title(self, room: Room) -> None:
        """Call it otherwise."""
        ...

    def get_head(self, room: RoomId) -> Head | None:
        """Return where the log ends; None for no such room."""
        ...

    def count_members(self, room: RoomId, change: int) -> Head:
        """Add `change` to the number of members; return the head with it."""
        ...


class Members(Protocol):
    """Who is in which room."""

    def get_membership(self, room: RoomId, person: PersonId) -> Membership | None:
        """Return what somebody is in a room; None: nothing."""
        ...

    def put_membership(self, membership: Membership) -> None:
        """Let somebody in."""
        ...

    def delete_membership(self, room: RoomId, person: PersonId) -> None:
        """Let somebody go."""
        ...

    def list_places(self, person: PersonId) -> list[Place]:
        """Return somebody's rooms, the one with the newest event first."""
        ...

    def forget_names(self, person: PersonId) -> None:
        """Let memberships that were read before show a person's new name."""
        ...

    def put_reads(self, reads: Iterable[tuple[RoomId, PersonId, Seq, int]]) -> None:
        """Write down how far people have read: `seq` and messages up to it."""
        ...


class Log(Protocol):
    """The rooms' logs."""

    def put_entry(  # noqa: PLR0913 - an event has so many columns
        self,
        room: RoomId,
        *,
        by: PersonId,
        kind: str,
        body: str,
        now: Millis,
        cmid: bytes | None = None,
        ends: PersonId | None = None,
    ) -> Entry:
        """Append an event under the next `seq` of the room.

        Two events never get the same, none is skipped; `at` is `now`, or the time of
        the event before it if the clock went back.
        """
        ...

    def get_entry(self, room: RoomId, seq: Seq) -> Entry | None:
        """Return the event at `seq` as it is now, changes folded in."""
        ...

    def count_messages(self, room: RoomId, seq: Seq) -> int:
        """Return how many messages the log holds up to `seq`."""
        ...

    def get_seen(self, room: RoomId, cmid: bytes) -> Seq | None:
        """Return where the message with this digest stands."""
        ...

    def put_body(self, room: RoomId, seq: Seq, body: str, changed: Seq) -> None:
        """Fold the change at `changed` into the event at `seq`."""
        ...

    def put_edit(self, room: RoomId, target: Seq, seq: Seq, first_text: bytes) -> None:
        """Note that `seq` edits `target`, whose first text had this digest."""
        ...

    def get_first_text(self, room: RoomId, target: Seq) -> bytes | None:
        """Return the digest of an edited message's first text."""
        ...

    def list_edits(self, room: RoomId, target: Seq) -> list[Seq]:
        """Return where the edits of a message stand."""
        ...


class Reactions(Protocol):
    """Who put which emoji under which message."""

    def put_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId, seq: Seq
    ) -> None:
        """Note a reaction."""
        ...

    def has_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> bool:
        """Tell whether it is there."""
        ...

    def delete_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> None:
        """Take it back."""
        ...

    def delete_reactions(self, room: RoomId, target: Seq) -> None:
        """Take all of a message's away."""
        ...

    def list_counts(
        self, room: RoomId, target: Seq, shown: int
    ) -> list[tuple[str, int, Sequence[PersonId]]]:
        """Return each emoji, how many gave it, and the first `shown` of them."""
        ...


class Links(Protocol):
    """The ways into rooms."""

    def get_link(self, digest: bytes) -> Link | None:
        """Return the link whose key has this digest."""
        ...

    def get_standing_link(self, room: RoomId) -> Link | None:
        """Return the room's own link, the one that is shown."""
        ...

    def put_link(self, link: Link, by: PersonId, now: Millis) -> None:
        """Write down a new link."""
        ...

    def put_use(self, link: Link) -> None:
        """Count one use down."""
        ...

    def end_link(self, link: Link) -> None:
        """Make it worth nothing."""
        ...


class Work(Protocol):
    """One open transaction, and all that belongs to it."""

    @property
    def people(self) -> People: ...  # noqa: D102 - the class says it
    @property
    def rooms(self) -> Rooms: ...  # noqa: D102
    @property
    def members(self) -> Members: ...  # noqa: D102
    @property
    def log(self) -> Log: ...  # noqa: D102
    @property
    def reactions(self) -> Reactions: ...  # noqa: D102
    @property
    def links(self) -> Links: ...  # noqa: D102

    def load(self, wanted: Wanted) -> None:
        """Fetch what a batch surely needs, in one statement a table."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """Undo all that was done inside if an exception leaves it."""
        ...

    async def commit(self) -> bool:
        """Make it durable: when this returns, it is on the disk.

        Returns whether there was anything to write.

        Raises:
            Unavailable: The disk is full; nothing of it happened.
            StorageFailed: The disk failed; whether it happened is unknown.
        """
        ...

    def abandon(self) -> None:
        """Undo all of it."""
        ...


class Store(Protocol):
    """Where transactions come from. There is never more than one."""

    def begin(self) -> Work:
        """Open a transaction."""
        ...

    async def tidy(self) -> None:
        """Do what has to be done between two transactions, if anything."""
        ...


class Bus(Protocol):
    """How everybody who listens learns what has happened."""

    def publish(self, news: Sequence[News]) -> None:
        """Tell it, in this order, after what it tells of is durable."""
        ...
