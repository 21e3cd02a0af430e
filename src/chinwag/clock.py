"""What time it is. Everything else is told the time; nobody else asks the system."""

import time
from typing import Protocol

from chinwag.ids import Millis


class Clock(Protocol):
    """A wall clock and a stopwatch."""

    def now(self) -> Millis:
        """Return the time of day, which may jump when somebody sets the clock."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Millis:
        """Return the time of day, which may jump when somebody sets the clock."""
        return Millis(time.time_ns() // 1_000_000)

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; never goes back."""
        return time.monotonic()
