"""How far people have read, kept in memory and written once a second for all."""

from collections.abc import Iterable
from itertools import islice

import msgspec

from chinwag.domain.model import Membership, Place
from chinwag.ids import PersonId, RoomId, Seq

MOST_AT_ONCE = 1_000

_Key = tuple[RoomId, PersonId]
Read = tuple[RoomId, PersonId, Seq, int]


class ReadMarks:
    """The marks that the store does not know yet.

    Whoever reads a membership here asks for the newer mark too.
    """

    def __init__(self) -> None:
        self._marks: dict[_Key, tuple[Seq, int]] = {}

    def __len__(self) -> int:
        return len(self._marks)

    def mark(
        self, room: RoomId, person: PersonId, read: Seq, read_messages: int
    ) -> None:
        """Note that somebody has read so far."""
        self._marks[room, person] = (read, read_messages)

    def on_membership(self, membership: Membership) -> Membership:
        """Return the membership with the newest mark."""
        mark = self._marks.get((membership.room, membership.person))
        if mark is None:
            return membership
        return msgspec.structs.replace(membership, read=mark[0], read_messages=mark[1])

    def on_place(self, place: Place, person: PersonId) -> Place:
        """Return the place with the newest mark."""
        mark = self._marks.get((place.room.id, person))
        if mark is None:
            return place
        return msgspec.structs.replace(place, read=mark[0], read_messages=mark[1])

    def due(self) -> list[Read]:
        """Return marks to be written, at most `MOST_AT_ONCE`."""
        return [
            (room, person, read, messages)
            for (room, person), (read, messages) in islice(
                self._marks.items(), MOST_AT_ONCE
            )
        ]

    def written(self, reads: Iterable[Read]) -> None:
        """Forget marks that are durable, unless they have moved on since."""
        for room, person, read, messages in reads:
            if self._marks.get((room, person)) == (read, messages):
                del self._marks[room, person]

    def forget(self, room: RoomId, person: PersonId) -> None:
        """Forget the mark of somebody who left."""
        self._marks.pop((room, person), None)
