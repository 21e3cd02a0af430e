"""Who is in a room just now, counted in people, and how that has changed."""

from collections import Counter

import msgspec

from chinwag.ids import PersonId

NAMED_AT_MOST = 200
"""Above so many people only their number is told."""


class Change(msgspec.Struct, frozen=True):
    """How many are here, and who came and went since the last change was told."""

    here: int
    joined: tuple[PersonId, ...]
    left: tuple[PersonId, ...]


class Presence:
    """The people in one room. Somebody with three tabs is here once."""

    def __init__(self) -> None:
        self._here: Counter[PersonId] = Counter()
        self._told: set[PersonId] = set()
        self._moved: set[PersonId] = set()

    def come(self, person: PersonId) -> None:
        """Count one more of `person`'s openings."""
        self._here[person] += 1
        self._moved.add(person)

    def go(self, person: PersonId) -> None:
        """Count one fewer."""
        self._here[person] -= 1
        if self._here[person] <= 0:
            del self._here[person]
        self._moved.add(person)

    def fold(self) -> Change | None:
        """Return what changed since the last time, or None. It is told by that."""
        moved, self._moved = self._moved, set()
        joined = tuple(p for p in moved if p in self._here and p not in self._told)
        left = tuple(p for p in moved if p not in self._here and p in self._told)
        if not joined and not left:
            return None
        self._told.update(joined)
        self._told.difference_update(left)
        if len(self._here) > NAMED_AT_MOST:
            joined = left = ()
        return Change(len(self._here), joined, left)

    def whole(self) -> Change:
        """Return everybody who is here, as a newcomer is told."""
        named = tuple(self._here) if len(self._here) <= NAMED_AT_MOST else ()
        return Change(len(self._here), named, ())

    def __contains__(self, person: PersonId) -> bool:
        return person in self._here

    def __len__(self) -> int:
        return len(self._here)
