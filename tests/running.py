"""A real server of its own process, as an operator starts it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PYTHON_M = (sys.executable, "-m", "chinwag")
PATIENCE = 30.0
ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1):([0-9]+)")


@dataclass(frozen=True)
class Running:
    """A server that says that it is open."""

    port: int
    process: subprocess.Popen[bytes]
    said: str

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without anybody's settings for Chinwag, and `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHINWAG_") and name != "PORT"
    }
    return kept | dict(more)


@contextmanager
def running(
    data: Path,
    *flags: str,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = PYTHON_M,
) -> Generator[Running]:
    """Start a server on a free port of this machine; end it at the end.

    Args:
        data: Its data directory.
        flags: More of the command line.
        environment: More of the environment.
        command: Which Chinwag.
    """
    log = data.with_name(f"{data.name}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "serve", "--data", data, "--port", "0", *flags],
            env=clean_environment(environment or {}),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        said = _wait_until_open(process, log)
        found = ADDRESS.search(said)
        assert found, said
        yield Running(int(found[1]), process, said)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_until_open(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        said = log.read_text(encoding="utf-8")
        if "Ctrl+C ends it." in said:
            return said
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {said}")
        time.sleep(0.02)
    raise AssertionError(f"not open after {PATIENCE} s: {log.read_text()}")
