"""Who kills a server, starts it again, and writes into the history that it did."""

import asyncio
import signal
import time

from chinwag.failpoints import VARIABLE
from tests.faults.history import History
from tests.live.servers import RATES_OFF, Server

NAME = "world"
PATIENCE = 30.0


class Supervisor:
    """The hand over one server. Starting waits in a thread: those who talk go on."""

    def __init__(self, server: Server, history: History) -> None:
        self.server = server
        self.starts: list[float] = []
        self.environment: dict[str, str] = {}
        self._history = history

    def note(self, fault: str, **facts: object) -> None:
        """Write down what is done to the server."""
        self._history.note(NAME, "fault", fault=fault, facts=facts)

    async def start(self, failpoints: str = "") -> None:
        """Start it, with failpoints armed; note how long it took."""
        armed = {VARIABLE: failpoints}
        self.server.settings = {**RATES_OFF, **armed, **self.environment}
        before = time.monotonic()
        await asyncio.to_thread(self.server.start)
        self.starts.append(time.monotonic() - before)
        self.note("start", failpoints=failpoints, seconds=self.starts[-1])

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.note("kill")
        self.server.kill()

    async def restart(self, failpoints: str = "") -> None:
        """Kill it and start it again."""
        self.kill()
        await self.start(failpoints)

    async def die_at(self, point: str, count: int) -> None:
        """Start it so that it kills itself at a failpoint; return when it has.

        Those who talk may be there before we see that it serves.
        """
        self.server.end()
        try:
            await self.start(f"{point}=kill@{count}")
        except AssertionError:
            assert self.server.process.poll() == -signal.SIGKILL
        await self.see_dead()
        self.note("failpoint", point=point, count=count)

    async def see_dead(self) -> None:
        """Wait until it has killed itself."""
        async with asyncio.timeout(PATIENCE):
            while self.server.process.poll() is None:  # noqa: ASYNC110 - a process has no event
                await asyncio.sleep(0.005)
        assert self.server.process.returncode == -signal.SIGKILL, self.server.complaint
