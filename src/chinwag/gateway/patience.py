"""How long one HTTP connection is waited for; sockets share their timers instead."""

import asyncio
from collections.abc import Callable

HEAD_SECONDS = 10.0
"""From a request's first byte, or the connection's, to the end of its head."""
BODY_SECONDS = 60.0
"""For a whole body, however steadily it drips."""
PAUSE_SECONDS = 10.0
"""Between two pieces of a body."""
TAKING_SECONDS = 60.0
"""For taking anything of an answer."""
HURRY_SECONDS = 1.0
"""For who comes too fast, to ask and hear that."""


class Patience:
    """Some time, after which something is called once.

    It knows what only while it waits: a connection that keeps it is in no circle.
    """

    __slots__ = ("_timer",)

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether somebody is waited for."""
        return self._timer is not None

    def start(self, seconds: float, late: Callable[[], None]) -> None:
        """Wait for so long from now, unless somebody is waited for already."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._end, late)

    def restart(self, seconds: float, late: Callable[[], None]) -> None:
        """Wait for so long from now."""
        self.stop()
        self.start(seconds, late)

    def stop(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, late: Callable[[], None]) -> None:
        self._timer = None
        late()
