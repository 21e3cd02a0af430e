"""The people, rooms and links that everything is about. Values only, no rules."""

from enum import StrEnum

import msgspec

from chinwag.ids import LinkId, Millis, PersonId, RoomId, Seq


class Role(StrEnum):
    """What somebody may do in a room, from most to least."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"
    READER = "reader"


class RoomKind(StrEnum):
    """How people come into a room."""

    LINK = "link"


class Person(msgspec.Struct, frozen=True):
    """Somebody who can speak. `version` counts the changes of what is theirs alone."""

    id: PersonId
    name: str
    guest: bool = True
    version: int = 0


class Room(msgspec.Struct, frozen=True):
    """A room as it is called, without its log."""

    id: RoomId
    name: str
    topic: str = ""
    kind: RoomKind = RoomKind.LINK


class Head(msgspec.Struct, frozen=True):
    """Where a room's log ends.

    Attributes:
        room: The room.
        seq: The newest event's `seq`; 0 for a room without events.
        at: The newest event's time: no later one is below it.
        messages: How many messages the log holds, so that unread is a subtraction.
        members: How many people the room has.
    """

    room: RoomId
    seq: Seq = Seq(0)
    at: Millis = Millis(0)
    messages: int = 0
    members: int = 0


class Membership(msgspec.Struct, frozen=True):
    """One person in one room: what they may do, and how far they have read.

    `read_messages` counts the log's messages up to `read`.
    """

    room: RoomId
    person: PersonId
    name: str
    role: Role
    read: Seq = Seq(0)
    read_messages: int = 0


class Place(msgspec.Struct, frozen=True):
    """A room of somebody's, as their list of rooms shows it."""

    room: Room
    head: Head
    role: Role
    read: Seq
    read_messages: int

    @property
    def unread(self) -> int:
        """How many messages came after `read`."""
        return max(0, self.head.messages - self.read_messages)


class Link(msgspec.Struct, frozen=True):
    """A way into one room, for whoever holds its key.

    Attributes:
        id: What its key is derived from.
        room: The room that it opens.
        role: What whoever comes by it may do there.
        expires_at: When it stops working; None: never.
        uses_left: How many may still come by it; None: any number.
        ended: Whether somebody has revoked it.
        digest: What the database knows of the key.
    """

    id: LinkId
    room: RoomId
    role: Role
    digest: bytes
    expires_at: Millis | None = None
    uses_left: int | None = None
    ended: bool = False
