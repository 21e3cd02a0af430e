"""The class demo's way: `websockets.serve` and `broadcast`, everything in memory."""

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line, seat_by_name


@dataclass(frozen=True)
class Demo:
    """A peer for each way of compressing: none, or the library's default.

    The library compresses only for clients that ask for it, as browsers do. Then
    every message is compressed once for every reader.
    """

    compressed: bool = False
    keeps: Keeps = Keeps.MEMORY

    @property
    def name(self) -> str:
        """What tables call it."""
        return "demo-deflate" if self.compressed else "demo"

    @property
    def about(self) -> str:
        """Its settings, and why they are fair."""
        how = "permessage-deflate as by default" if self.compressed else "uncompressed"
        return (
            f"websockets.serve and broadcast on asyncio, JSON, in memory, {how}, "
            "all other settings the library's own"
        )

    @property
    def dialect(self) -> Dialect:
        """How it speaks: one's own message coming back is the only answer."""
        return Dialect(
            path="/",
            event='{"type": "message"',
            reply='{"type": "joined"',
            echo=True,
            deflate=self.compressed,
        )

    def missing(self) -> str | None:
        """Return what has to be installed first: nothing, Chinwag needs it itself."""
        return None

    def command(self, port: int, data: Path) -> Command:  # noqa: ARG002 - keeps no data
        """Return how to start it on this port of this machine alone."""
        plain = [] if self.compressed else ["plain"]
        return Command(
            [sys.executable, "-m", "bench.peers.demo_server", str(port), *plain]
        )

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - rooms make themselves
        """Return how all members of the crowd come in."""
        return seat_by_name(crowd)
