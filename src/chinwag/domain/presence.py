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
        # Those who had moved when a newcomer was told who is here: the newcomer
        # knows of them what the others do not know yet.
        self._seen: set[PersonId] = set()
        self._missed: set[PersonId] = set()
        self._crowded = False

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
        seen, self._seen = self._seen, set()
        missed, self._missed = self._missed, set()
        if not moved:
            return None
        if len(self._here) > NAMED_AT_MOST:
            self._crowded = True
            self._told |= seen
            return Change(len(self._here), (), ())
        if self._crowded:
            return self._name_all()
        told = self._told
        joined = tuple(
            p for p in moved if p in self._here and (p not in told or p in missed)
        )
        left = tuple(p for p in moved if p not in self._here and p in told | seen)
        return self._tell(joined, left)

    def _name_all(self) -> Change | None:
        """Tell of all who are here, now that the crowd has gone, and of who left."""
        self._crowded = False
        left = tuple(p for p in self._told if p not in self._here)
        return self._tell(tuple(self._here), left)

    def _tell(
        self, joined: tuple[PersonId, ...], left: tuple[PersonId, ...]
    ) -> Change | None:
        self._told.update(joined)
        self._told.difference_update(left)
        if not joined and not left:
            return None
        return Change(len(self._here), joined, left)

    def whole(self) -> Change:
        """Return everybody who is here, as a newcomer is told."""
        for person in self._moved:
            (self._seen if person in self._here else self._missed).add(person)
        named = tuple(self._here) if len(self._here) <= NAMED_AT_MOST else ()
        return Change(len(self._here), named, ())

    def __contains__(self, person: PersonId) -> bool:
        return person in self._here

    def __len__(self) -> int:
        return len(self._here)
