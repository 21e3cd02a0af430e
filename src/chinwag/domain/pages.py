"""A page of a room's log: what is asked, and what comes back."""

import msgspec

from chinwag.ids import PersonId, RoomId, Seq

MOST_EVENTS = 500
MOST_BYTES = 208 * 1024
"""Bytes of events in a page or frame; with names around them it fits 256 KiB."""

MOST_IN_ALL = 240 * 1024
"""Bytes of events and names together in a page."""


class PageAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of which log, and who asks.

    Since a log has no gaps, `first` and `last` tell how many events there can be.

    Attributes:
        room: Whose log.
        person: Who must be a member when it is read.
        first: The smallest `seq` that is wanted.
        last: The greatest; less than `MOST_EVENTS` above `first`.
        near: The `seq` that matters most: where the page would grow too large,
            those farthest from it are left out.
    """

    room: RoomId
    person: PersonId
    first: Seq
    last: Seq
    near: Seq


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Events as ready JSON, read together with the membership in one snapshot.

    Attributes:
        head: Where the log ended in that snapshot.
        member: Whether the asker was one; if not, nothing was read.
        first: The first event's `seq`; 0 for an empty page.
        last: The last event's `seq`; 0 for an empty page.
        events: A JSON array of events in `seq` order, changes folded in.
        people: A JSON array of everybody whom the events mention.
    """

    head: Seq
    member: bool = True
    first: Seq = Seq(0)
    last: Seq = Seq(0)
    events: str = "[]"
    people: str = "[]"
