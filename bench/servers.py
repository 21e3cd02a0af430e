"""Servers under test: started on a core of their own, watched, ended by their pid."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.peers import Peer

PATIENCE = 30.0
MOST_REST, AT_REST = 900.0, 0.03
"""Seconds that a server may take to come to rest, and what it uses of a core then."""
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Server:
    """A server that takes connections."""

    port: int
    pid: int
    data: Path

    def read_memory(self) -> int:
        """Return the bytes that it holds in memory (RSS)."""
        return psutil.Process(self.pid).memory_info().rss

    def read_cpu(self) -> float:
        """Return the seconds that it was on a processor, threads included."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system

    def rest(self) -> None:
        """Wait until it has caught up with what was left to do, and does nothing.

        Raises:
            RuntimeError: It goes on and on.
        """
        late = time.monotonic() + MOST_REST
        while time.monotonic() < late:
            before = self.read_cpu()
            time.sleep(1.0)
            if self.read_cpu() - before < AT_REST:
                return
        raise RuntimeError("The server does not come to rest.")


@contextmanager
def serving(
    peer: Peer, *, core: int | None = None, data: Path | None = None
) -> Generator[Server]:
    """Start a peer with an empty data directory, or with `data`; end it at the end."""
    port = find_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = data or Path(folder) / "data"
        command = peer.command(port, place)
        log = Path(folder) / "log"
        with log.open("wb") as out, pinned(core):
            process = subprocess.Popen(  # noqa: S603 - the peer's own command
                [str(word) for word in command.words],
                cwd=ROOT,
                env=clean_environment() | dict(command.environment),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(port, process, log)
            yield Server(port, process.pid, place)
        finally:
            end(process)


def clean_environment() -> dict[str, str]:
    """Return our environment without anybody's settings for Chinwag and for Python.

    Developers may keep Python from writing bytecode. Operators have it, and a server
    starts in half the time with it.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHINWAG_") and name not in {"PORT", NO_BYTECODE}
    }


def find_port() -> int:
    """Return a port that is free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers there, or raise with what the process said."""
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late and process.poll() is None:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.connect(("127.0.0.1", port))
            return
        time.sleep(0.02)
    raise RuntimeError(f"does not start: {log.read_text(errors='replace')[-2000:]}")


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """End a process of ours, kindly at first."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@contextmanager
def pinned(core: int | None) -> Generator[None]:
    """Let what is started inside run on this core alone, where that can be told."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def choose_cores(*, free: bool = False) -> tuple[int | None, int | None]:
    """Return a core for the server and one for the load; None: let them run free."""
    if free or not hasattr(os, "sched_getaffinity"):
        return None, None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else (None, None)
