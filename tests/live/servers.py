"""Real servers of their own process, which can be killed and started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from tests.live.guests import Guest
from tests.live.wires import Wire
from tests.running import clean_environment

PATIENCE = 60.0
GLANCE = 0.01
RATES_OFF = {
    "CHINWAG_RATE_MESSAGES": "0",
    "CHINWAG_RATE_JOINS": "0",
    "CHINWAG_RATE_CONNECTIONS": "0",
}
ADDRESS = re.compile(r"http://127\.0\.0\.1:([0-9]+)")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Server:
    """One data directory and the process that serves it, from time to time."""

    def __init__(
        self,
        data: Path,
        *flags: str,
        settings: Mapping[str, str] = RATES_OFF,
        before: tuple[str, ...] = (),
    ) -> None:
        self.data = data
        self.port = 0
        self._flags = flags
        self.settings = settings
        self._before = before
        self._out = data.with_name(f"{data.name}.out")
        self._err = data.with_name(f"{data.name}.err")
        self._process: subprocess.Popen[bytes] | None = None
        self._visitors: list[Guest | Wire] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Which process it is."""
        return self.process.pid

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that serves."""
        assert self._process is not None
        return self._process

    @property
    def complaint(self) -> str:
        """What stands on its stderr."""
        return self._err.read_text(encoding="utf-8")

    def launch(self) -> None:
        """Start the process, and do not wait for it."""
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [
                    *self._before,
                    *(sys.executable, "-m", "chinwag", "--host", "127.0.0.1"),
                    *("--port", str(self.port), "--data", str(self.data)),
                    *self._flags,
                ],
                env=clean_environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def start(self) -> None:
        """Start, on the port that it had before; return when it serves."""
        self.launch()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            said = self._out.read_text(encoding="utf-8")
            found = ADDRESS.search(said)
            if found and "Ctrl+C ends it." in said:
                self.port = int(found[1])
                return
            if self.process.poll() is not None:
                break
            time.sleep(GLANCE)
        status = self.process.poll()
        raise AssertionError(f"It did not open ({status}): {self.complaint}")

    def refuse_to_start(self) -> tuple[int, str]:
        """Start in vain; return the exit status and what stands on stderr."""
        self.launch()
        return self.process.wait(PATIENCE), self.complaint

    def kill(self) -> None:
        """End it without any notice."""
        for process in self._family():
            process.kill()
        self.process.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to end; return its exit status and how many seconds it took."""
        asked_at = time.monotonic()
        os.kill(self.own_pid, number)
        return self.process.wait(PATIENCE), time.monotonic() - asked_at

    @property
    def own_pid(self) -> int:
        """The process id of the server itself, whoever watches over it."""
        return self._family()[-1].pid

    def _family(self) -> list[psutil.Process]:
        try:
            mine = psutil.Process(self.pid)
            return [mine, *mine.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> int:
        """Return the bytes that it holds in memory."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def end(self) -> None:
        """Be gone, whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    async def enter(
        self,
        name: str,
        *,
        token: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        window: int | None = None,
    ) -> Guest:
        """Connect a new guest, or one who has a `token`, and say hello."""
        guest = Guest(name, self.port)
        self._visitors.append(guest)
        return await guest.connect(token=token, headers=headers, window=window)

    async def wire(self, *, window: int | None = None) -> Wire:
        """Open a connection where every byte matters."""
        wire = await Wire.connect(self.port, window=window)
        self._visitors.append(wire)
        return wire

    async def socket(self, *, window: int | None = None, **hello: object) -> Wire:
        """Open one that has said hello."""
        wire = await self.wire(window=window)
        status, _ = await wire.upgrade()
        assert status == 101
        wire.say("hello", 0, **hello)
        await wire.hear_answer(0)
        return wire

    async def see_out(self) -> None:
        """Drop all who came in."""
        while self._visitors:
            await self._visitors.pop().drop()
