"""How much of what clients say is looked at before the loop turns again.

A client that shouts is heard a little at a time, and those who whisper between.
"""

import asyncio
from typing import Protocol

from chinwag.clock import Clock
from chinwag.domain.fairness import Rota

TURN_SECONDS = 0.005
"""How long all clients together are listened to in a turn of the loop."""
SLICE = 4 * 1024
"""Bytes of one client's that are looked at in one go."""


class Listened(Protocol):
    """Somebody whose bytes wait."""

    @property
    def address(self) -> str:
        """Where they are; who is at one address shares what it gets."""
        ...

    def listen(self) -> int:
        """Look at one slice of what waits; return its size in bytes."""
        ...

    @property
    def heard_out(self) -> bool:
        """Whether nothing more should be looked at for now."""
        ...


class Intake:
    """The time that a turn of the loop has for listening, shared by all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: Rota[Listened] = Rota()
        self._until = 0.0
        self._turning = False

    def admits(self) -> bool:
        """Tell whether there is time left, and nobody who came before waits."""
        now = self._clock.monotonic()
        if not self._turning:
            self._until = now + TURN_SECONDS
            self._turn_soon()
        return now < self._until and not self._waiting

    def hold(self, listened: Listened) -> None:
        """Listen to somebody, who does not wait yet, when it is their turn."""
        self._waiting.come(listened.address, listened)
        if not self._turning:
            self._turn_soon()

    def _turn_soon(self) -> None:
        self._turning = True
        asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        self._until = self._clock.monotonic() + TURN_SECONDS
        while self._waiting and self._clock.monotonic() < self._until:
            listened = self._waiting.next()
            heard = listened.listen()
            self._waiting.spend(heard, stays=not listened.heard_out)
        if self._waiting:
            self._turn_soon()
