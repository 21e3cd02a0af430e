"""When benches write: a turn of the loop serves some of them, then others breathe."""

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

from chinwag.gateway.outbox import Bench

_WRITES_A_TURN = 1_000
MANY = 100
"""Writes that keep answers waiting for so long that these go out first."""


class Turns:
    """The benches that have something to write, in the order in which they got it."""

    def __init__(self) -> None:
        self._due: deque[Bench] = deque()
        self._turning = False
        self._holding = False

    def wake(self, bench: Bench) -> None:
        """Have a bench write in one of the next turns, or at the end of `hold`."""
        if bench.due:
            return
        bench.due = True
        self._due.append(bench)
        if not self._turning and not self._holding:
            self._turn_soon()

    @contextmanager
    def hold(self) -> Generator[None]:
        """Let all benches wait for what is told inside, and then write, if it's few.

        To wait for another turn of the loop would gain nothing.
        """
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
            if self._due and not self._turning:
                self._turn_soon(few_now=True)

    def _turn_soon(self, *, few_now: bool = False) -> None:
        self._turning = True
        if any(len(bench.openings) >= MANY for bench in self._due):
            self._call_soon(self._let_answer)
        elif few_now:
            self._turn()
        else:
            self._call_soon(self._turn)

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
