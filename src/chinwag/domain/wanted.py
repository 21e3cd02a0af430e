"""What a batch of commands surely needs to know, to be fetched in one go."""

import msgspec

from chinwag.ids import PersonId, RoomId


class Wanted(msgspec.Struct):
    """What is to be fetched before a batch is decided.

    Attributes:
        memberships: Who in which room; the heads of those rooms come with them.
        cmids: Digests of messages that may have been posted before.
        rooms: What they are called.
        people: Who they are.
        tokens: Digests of tokens; who has them comes with them.
        links: Digests of keys, and who holds one up. The rooms behind them come with
            them, and what those people are in there.
    """

    memberships: set[tuple[RoomId, PersonId]] = msgspec.field(
        default_factory=set[tuple[RoomId, PersonId]]
    )
    cmids: set[tuple[RoomId, bytes]] = msgspec.field(
        default_factory=set[tuple[RoomId, bytes]]
    )
    rooms: set[RoomId] = msgspec.field(default_factory=set[RoomId])
    people: set[PersonId] = msgspec.field(default_factory=set[PersonId])
    tokens: set[bytes] = msgspec.field(default_factory=set[bytes])
    links: set[tuple[bytes, PersonId | None]] = msgspec.field(
        default_factory=set[tuple[bytes, PersonId | None]]
    )
