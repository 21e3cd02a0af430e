"""Whose turn it is: who asks little never waits behind those who ask a lot."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

_FRESH_IN_A_ROW = 3


class Rota(Generic[T]):
    """Members that want something done, and the order in which it is done.

    Those who had nothing waiting go first, those who always want more take turns
    behind them. Every fourth turn is theirs, so that nobody waits for ever. (The
    idea is that of flow queueing: RFC 8290, section 4.)
    """

    def __init__(self) -> None:
        self._fresh: deque[T] = deque()
        self._staying: deque[T] = deque()
        self._in_a_row = 0

    def __bool__(self) -> bool:
        return bool(self._fresh or self._staying)

    def come(self, member: T) -> None:
        """Take in somebody who had nothing waiting."""
        self._fresh.append(member)

    def stay(self, member: T) -> None:
        """Take in somebody who can wait: who had a turn, is loud, or is new here."""
        self._staying.append(member)

    def next(self) -> T:
        """Return whose turn it is, and forget them until they come or stay.

        Raises:
            IndexError: Nobody is there.
        """
        rested = self._in_a_row < _FRESH_IN_A_ROW or not self._staying
        if self._fresh and rested:
            self._in_a_row += 1
            return self._fresh.popleft()
        self._in_a_row = 0
        return self._staying.popleft()
