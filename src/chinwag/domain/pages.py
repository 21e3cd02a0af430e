"""A page of a room's log: what is asked, and what comes back."""

import msgspec

from chinwag.domain.model import Role
from chinwag.ids import PersonId, RoomId, Seq

MOST_EVENTS = 500
MOST_BYTES = 224 * 1024
"""Bytes of events in a page; with names and envelope it stays under a frame's 256 KiB."""


class PageAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of which log, and who asks.

    Attributes:
        room: Whose log.
        person: Who must be a member when it is read.
        above: Only events with a greater `seq`.
        upto: Only events with this `seq` or a smaller one; None: to the end.
        limit: How many events at the most.
        newest: Take the newest events of that range instead of the oldest.
    """

    room: RoomId
    person: PersonId
    above: Seq = Seq(0)
    upto: Seq | None = None
    limit: int = MOST_EVENTS
    newest: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Events as ready JSON, read together with the membership in one snapshot.

    Attributes:
        role: What the asker may do there; None: not a member, and nothing was read.
        head: Where the log ended in that snapshot.
        first: The first event's `seq`; 0 for an empty page.
        last: The last event's `seq`; 0 for an empty page.
        events: A JSON array of events in `seq` order, changes folded in.
        people: A JSON array of everybody whom the events mention.
    """

    role: Role | None
    head: Seq
    first: Seq = Seq(0)
    last: Seq = Seq(0)
    events: str = "[]"
    people: str = "[]"
