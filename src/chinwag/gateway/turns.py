"""When benches write: a turn of the loop serves some of them, then others breathe."""

import asyncio
from collections import deque
from collections.abc import Callable

from chinwag.gateway.outbox import Bench

_WRITES_A_TURN = 1_000
_MANY = 100
"""Writes that keep answers waiting for so long that these go out first."""


class Turns:
    """The benches that have something to write, in the order in which they got it."""

    def __init__(self) -> None:
        self._due: deque[Bench] = deque()
        self._turning = False

    def wake(self, bench: Bench) -> None:
        """Have a bench write in one of the next turns."""
        if bench.due:
            return
        bench.due = True
        self._due.append(bench)
        if not self._turning:
            self._turning = True
            many = len(bench.openings) >= _MANY
            self._call_soon(self._let_answer if many else self._turn)

    def _call_soon(self, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(act)

    def _let_answer(self) -> None:
        self._call_soon(self._turn)

    def _turn(self) -> None:
        written = 0
        while self._due and written < _WRITES_A_TURN:
            bench = self._due.popleft()
            bench.due = False
            written += bench.flush()
        self._turning = bool(self._due)
        if self._turning:
            self._call_soon(self._turn)
