"""When benches write: a turn of the loop serves some of them, then others breathe."""

import asyncio
from collections import deque

from chinwag.gateway.outbox import Bench

_WRITES_A_TURN = 1_000


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
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        written = 0
        while self._due and written < _WRITES_A_TURN:
            bench = self._due.popleft()
            bench.due = False
            written += bench.flush()
        self._turning = bool(self._due)
        if self._turning:
            asyncio.get_running_loop().call_soon(self._turn)
