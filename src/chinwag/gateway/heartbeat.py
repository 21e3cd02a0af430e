"""Time for all sockets together: no timer a connection, one wheel for all."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)
_MOST_AT_ONCE = 50


class Wheel(Generic[T]):
    """Visits every member once in `slots` turns, a slot at a time."""

    def __init__(self, slots: int, visit: Callable[[T], None]) -> None:
        self._slots: list[set[T]] = [set() for _ in range(slots)]
        self._visit = visit
        self._now = 0

    def add(self, member: T) -> int:
        """Take a member in; return its slot, by which it is removed again."""
        self._slots[self._now].add(member)
        return self._now

    def remove(self, member: T, slot: int) -> None:
        """Forget a member."""
        self._slots[slot].discard(member)

    def turn(self) -> None:
        """Visit the next slot's members."""
        self._now = (self._now + 1) % len(self._slots)
        for member in tuple(self._slots[self._now]):
            self._visit(member)


class Deadlines(Generic[T]):
    """Members that have so many seconds each; whoever is still there then is late."""

    def __init__(self, seconds: float, late: Callable[[T], None]) -> None:
        self._seconds = seconds
        self._late = late
        # In order of time, since all have the same span.
        self._due: dict[T, float] = {}

    def start(self, member: T, now: float) -> None:
        """Give a member its time, unless it has some already."""
        self._due.setdefault(member, now + self._seconds)

    def stop(self, member: T) -> None:
        """Forget a member."""
        self._due.pop(member, None)

    def check(self, now: float) -> None:
        """Tell those that are late, once; of thousands, some at each check."""
        for _ in range(_MOST_AT_ONCE):
            member, due = next(iter(self._due.items()), (None, now))
            if member is None or due > now:
                return
            del self._due[member]
            self._late(member)
