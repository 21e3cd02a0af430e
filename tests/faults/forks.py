"""Real servers that start at once: forks of a process that has Chinwag loaded.

What is run is what `python -m chinwag` runs, in a process of its own that can be
killed, frozen and traced. Only the second of loading Python's modules is saved, which
makes hundreds of starts affordable.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from typing_extensions import override

from tests.live.servers import ADDRESS, GLANCE, RATES_OFF, Server

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["chinwag.cli", "chinwag.app", "tests.faults.forks"])
PATIENCE = 60.0
Watch = Callable[[int], None]
Plant = Callable[[], None]


@dataclass(frozen=True)
class _Order:
    """What a fork is to do."""

    arguments: Sequence[str]
    settings: Mapping[str, str]
    out: Path
    err: Path
    plant: Plant | None


def _serve_when_told(order: _Order, go: Connection) -> None:
    """Be a server, as soon as there is something in `go`."""
    for number, path in ((1, order.out), (2, order.err)):
        file = os.open(path, os.O_WRONLY | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    for name in [name for name in os.environ if name.startswith("CHINWAG_")]:
        del os.environ[name]
    os.environ.pop("PORT", None)
    os.environ |= order.settings
    go.recv_bytes()
    go.close()
    from chinwag.cli import main  # noqa: PLC0415 - loaded before, by whom we fork from

    if order.plant is not None:
        order.plant()
    sys.exit(main(order.arguments))


class QuickServer(Server):
    """A `Server` that starts at once.

    Attributes:
        watch: Is told the process id before the process does anything.
        plant: What the process does first, to be worse than it is.
        settings: Its environment, from the next start on.
    """

    def __init__(
        self,
        data: Path,
        *flags: str,
        settings: Mapping[str, str] = RATES_OFF,
    ) -> None:
        super().__init__(data, *flags, settings=settings)
        self.settings = dict(settings)
        self.watch: Watch | None = None
        self.plant: Plant | None = None
        self._fork: ForkServerProcess | None = None

    @property
    def fork(self) -> ForkServerProcess:
        """The process that serves."""
        assert self._fork is not None
        return self._fork

    @property
    @override
    def pid(self) -> int:
        assert self.fork.pid is not None
        return self.fork.pid

    @property
    @override
    def own_pid(self) -> int:
        return self.pid

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self._fork is not None and self._fork.is_alive()

    @override
    def launch(self) -> None:
        for file in (self._out, self._err):
            file.write_bytes(b"")
        arguments = [
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--data", str(self.data), *self._flags),
        ]
        order = _Order(arguments, self.settings, self._out, self._err, self.plant)
        waiting, go = _forks.Pipe(duplex=False)
        with waiting, go:
            self._fork = _forks.Process(
                target=_serve_when_told,
                args=(order, waiting),
                daemon=True,
            )
            self._fork.start()
            if self.watch is not None:
                self.watch(self.pid)
            go.send_bytes(b"go")

    @override
    def start(self) -> None:
        self.launch()
        if not self.opens():
            status = self.fork.exitcode
            raise AssertionError(f"It did not open ({status}): {self.complaint}")

    def opens(self) -> bool:
        """Wait until it serves; return whether it does, or has ended instead."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            said = self._out.read_text(encoding="utf-8")
            found = ADDRESS.search(said)
            if found and "Ctrl+C ends it." in said:
                self.port = int(found[1])
                return True
            if not self.runs:
                return False
            time.sleep(GLANCE)
        return False

    @override
    def refuse_to_start(self) -> tuple[int, str]:
        self.launch()
        return self.wait(), self.complaint

    @override
    def kill(self) -> None:
        self.fork.kill()
        self.wait()

    @override
    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        asked_at = time.monotonic()
        os.kill(self.pid, number)
        return self.wait(), time.monotonic() - asked_at

    def wait(self, patience: float = PATIENCE) -> int:
        """Return its exit status, once it has ended."""
        self.fork.join(patience)
        status = self.fork.exitcode
        if status is None:
            raise TimeoutError(f"It goes on after {patience} s.")
        return status

    @override
    def end(self) -> None:
        if self.runs:
            os.kill(self.pid, signal.SIGCONT)
            self.kill()
