"""The load generator: built from C where there is a compiler, else in Python."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.compiling import build, find_compiler
from bench.peers import Dialect, Line
from bench.servers import end, pinned

HERE = Path(__file__).parent
MOST_OF_A_CORE = 0.85
"""A run whose generator used more of its core measured the generator."""

Outcome = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What is sent.

    Attributes:
        window: Posts that each sender has unanswered at a time.
        size: Bytes of a text.
        warm_up: Seconds before it is measured.
        seconds: Seconds for which it is measured.
        rate: Posts a second in all, whatever is answered; 0: as windows allow.
        quiet: Seconds without a byte before it begins: all are in by then.
        drain: Seconds that what is under way has at the end.
        nap: Seconds that the generator rests between two looks, so that the server
            does not pay for waking it at every byte; 0 where latency is measured.
        at_once: Connections that are being opened at a time.
        due: Messages that each connection waits for before it is in.
        most_posts: Posts of each sender, after which it ends; 0: no end.
    """

    window: int = 4
    size: int = 150
    warm_up: float = 1.5
    seconds: float = 4.0
    rate: float = 0.0
    quiet: float = 1.5
    drain: float = 40.0
    nap: float = 0.0
    at_once: int = 64
    due: int = 0
    most_posts: int = 0


def find_generator(*, compiled: bool = True) -> list[str]:
    """Return how to start the generator, building it first if that is possible."""
    if compiled and find_compiler():
        return [str(build("chatter", sorted(HERE.glob("*.[ch]"))))]
    return [sys.executable, "-m", "bench.load.fallback"]


class Drive:
    """A generator whose connections are all open.

    Attributes:
        gathered: How they came in; only the compiled one tells.
    """

    def __init__(self, process: subprocess.Popen[str], gathered: Outcome) -> None:
        self._process = process
        self.gathered = gathered

    def go(self) -> Outcome:
        """Let it post and count; return what it saw."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        outcome: Outcome = json.loads(self._process.stdout.readline())
        outcome["void"] = outcome["cpu"] > MOST_OF_A_CORE * outcome["elapsed"]
        return outcome

    def stop(self) -> None:
        """Let it read nothing any more."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it read again."""
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def driving(  # noqa: PLR0913 - a run has so many sides
    port: int,
    dialect: Dialect,
    lines: Sequence[Line],
    load: Load | None,
    *,
    core: int | None = None,
    pid: int | None = None,
    compiled: bool = True,
    posts: bool = True,
) -> Generator[Drive]:
    """Open all connections of a plan, and wait until it is quiet.

    Args:
        port: The server's, on this machine.
        dialect: How it speaks.
        lines: The plan.
        load: What to send; None: nothing, the connections are only held.
        core: Where the generator runs.
        pid: Whose processor time is read along, with that of the processes it started.
        compiled: Whether the C program may be taken.
        posts: Whether anything is sent after all are in.
    """
    command = [*find_generator(compiled=compiled), "--port", str(port)]
    command += _flags(dialect, load or Load())
    command += [f"--pid={each}" for each in _find_family(pid)]
    command += [] if load and posts else ["--idle"]
    with tempfile.NamedTemporaryFile("w", suffix=".plan", encoding="utf-8") as plan:
        plan.writelines(_write(line) for line in lines)
        plan.flush()
        with pinned(core):
            process = subprocess.Popen(  # noqa: S603 - our own program
                [*command, "--plan", plan.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        try:
            assert process.stdout
            said = process.stdout.readline()
            if not said.startswith("ready"):
                raise RuntimeError("the load generator did not get in")
            _, _, told = said.partition("{")
            yield Drive(process, json.loads(f"{{{told}") if told else {})
        finally:
            end(process)


def _find_family(pid: int | None) -> list[int]:
    if pid is None:
        return []
    return [pid, *(each.pid for each in psutil.Process(pid).children(recursive=True))]


def _write(line: Line) -> str:
    role = "s" if line.sender else "r"
    said = (line.post, *(f"$q{each}" for each in line.opening), *line.prelude)
    fields = [role, str(line.room), *(each.replace("\r\n", "$n") for each in said)]
    return "\t".join(fields) + "\n"


def _flags(dialect: Dialect, load: Load) -> list[str]:
    texts = {
        "path": dialect.path,
        "origin": dialect.origin,
        "event": dialect.event,
        "each": dialect.each,
        "kind": dialect.kind,
        "reply": dialect.reply,
        "failure": dialect.failure,
        "frame": dialect.frame,
        "ping": dialect.ping,
        "pong": dialect.pong,
        "window": load.window,
        "bytes": load.size,
        "warm-up": load.warm_up,
        "seconds": load.seconds,
        "rate": load.rate,
        "quiet": load.quiet,
        "drain": load.drain,
        "nap": load.nap,
        "at-once": load.at_once,
        "due": load.due,
        "most-posts": load.most_posts,
    }
    flags = [f"--{name}={value}" for name, value in texts.items()]
    flags += ["--echo"] if dialect.echo else []
    flags += ["--deflate"] if dialect.deflate else []
    return flags
