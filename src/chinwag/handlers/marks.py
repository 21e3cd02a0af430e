"""How far people have read, kept in memory and written once a second for all."""

from collections.abc import Callable, Iterable
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
    ) -> Callable[[], None]:
        """Note that somebody has read so far; return how to take it back."""
        take_back = self._keep(room, person)
        self._marks[room, person] = (read, read_messages)
        return take_back

    def _keep(self, room: RoomId, person: PersonId) -> Callable[[], None]:
        before = self._marks.get((room, person))

        def take_back() -> None:
            if before is None:
                self._marks.pop((room, person), None)
            else:
                self._marks[room, person] = before

        return take_back

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

    def due(self, skipped: int = 0) -> list[Read]:
        """Return marks to be written after the first `skipped` of them.

        They are `MOST_AT_ONCE` at most.
        """
        some = islice(self._marks.items(), skipped, skipped + MOST_AT_ONCE)
        return [
            (room, person, read, messages) for (room, person), (read, messages) in some
        ]

    def written(self, reads: Iterable[Read]) -> None:
        """Forget marks that are durable, unless they have moved on since."""
        for room, person, read, messages in reads:
            if self._marks.get((room, person)) == (read, messages):
                del self._marks[room, person]

    def forget(self, room: RoomId, person: PersonId) -> Callable[[], None]:
        """Forget the mark of somebody who left; return how to take it back."""
        take_back = self._keep(room, person)
        self._marks.pop((room, person), None)
        return take_back
