"""The plain way to pages of history: the same database, and nothing around it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line
from chinwag.store.files import DATABASE

DIALECT = Dialect(path="/", event="", reply='{"type": "reply"')


@dataclass(frozen=True)
class PlainPages:
    """A peer that only reads pages: no rights, no names, no roles, nothing kept."""

    name: str = "plain"
    keeps: Keeps = Keeps.DISK
    about: str = (
        "websockets.serve on asyncio, one SELECT of fifty rows of the same database by "
        "the same SQLite, json.dumps; uncompressed, all other settings the libraries'"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first: nothing, Chinwag needs it itself."""
        return None

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        program = [sys.executable, "-m", "bench.peers.pages_server"]
        return Command([*program, str(port), data / DATABASE])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - nobody talks there
        """Return how a crowd comes in: there is none."""
        return []
