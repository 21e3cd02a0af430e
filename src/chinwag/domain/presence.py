"""Who is in a room just now, counted in people, and how that has changed."""

from collections.abc import Iterable

import msgspec

from chinwag.ids import PersonId

NAMED_AT_MOST = 200
"""Above so many people only their number is told."""


class Change(msgspec.Struct, frozen=True):
    """How many are here, and who came and went since the last change was told."""

    here: int
    joined: tuple[PersonId, ...]
    left: tuple[PersonId, ...]


class _Moves:
    """What has moved since the last change was told.

    Attributes:
        told: Who was told to be here.
        moved: Who came or went since.
        seen: Those of them who were here when a newcomer was told who is: the
            newcomer knows of them what the others do not know yet.
        missed: Those who were not.
    """

    __slots__ = ("missed", "moved", "seen", "told")

    def __init__(self, told: Iterable[PersonId]) -> None:
        self.told = set(told)
        self.moved: set[PersonId] = set()
        self.seen: set[PersonId] = set()
        self.missed: set[PersonId] = set()


class Presence:
    """The people in one room. Somebody with three tabs is here once.

    Where nothing moves, all that is kept is who is here: most rooms are quiet.

    Attributes:
        names: Who is here, and how each is called.
    """

    __slots__ = ("_crowded", "_more", "_moves", "names")

    def __init__(self) -> None:
        self.names: dict[PersonId, str] = {}
        # How many openings people have beside their first.
        self._more: dict[PersonId, int] | None = None
        # Without any, those who are here are those who were told to be.
        self._moves: _Moves | None = None
        self._crowded = False

    def come(self, person: PersonId, name: str) -> None:
        """Count one more of `person`'s openings."""
        self._note(person)
        if person in self.names:
            self._more = self._more or {}
            self._more[person] = self._more.get(person, 0) + 1
        self.names[person] = name

    def go(self, person: PersonId) -> None:
        """Count one fewer."""
        self._note(person)
        more = self._more.pop(person, 0) if self._more else 0
        if more > 1 and self._more is not None:
            self._more[person] = more - 1
        elif not more:
            del self.names[person]

    def _note(self, person: PersonId) -> None:
        if self._moves is None:
            self._moves = _Moves(self.names)
        self._moves.moved.add(person)

    def fold(self) -> Change | None:
        """Return what changed since the last time, or None. It is told by that."""
        moves, here = self._moves, self.names
        if moves is None or not moves.moved:
            return None
        if len(here) > NAMED_AT_MOST:
            self._crowded = True
            self._moves = _Moves(moves.told | moves.seen)
            return Change(len(here), (), ())
        self._moves = None
        told, known = moves.told, moves.told | moves.seen
        if self._crowded:
            # The crowd has gone: tell of all who are here, and of who left.
            self._crowded = False
            joined, left = tuple(here), tuple(p for p in told if p not in here)
        else:
            unknown = (p for p in moves.moved if p not in told or p in moves.missed)
            joined = tuple(p for p in unknown if p in here)
            left = tuple(p for p in moves.moved if p not in here and p in known)
        return Change(len(here), joined, left) if joined or left else None

    def whole(self) -> Change:
        """Return everybody who is here, as a newcomer is told."""
        moves, here = self._moves, self.names
        for person in moves.moved if moves else ():
            assert moves
            (moves.seen if person in here else moves.missed).add(person)
        named = tuple(here) if len(here) <= NAMED_AT_MOST else ()
        return Change(len(here), named, ())

    def __contains__(self, person: PersonId) -> bool:
        return person in self.names

    def __len__(self) -> int:
        return len(self.names)
