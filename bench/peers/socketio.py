"""Socket.IO, as most chats in Node are begun: its rooms, its own packets, WebSocket."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line, seat_by_name
from bench.peers.library import NODE, NODE_PROGRAM, NOT_INSTALLED, is_installed

DIALECT = Dialect(
    path="/socket.io/?EIO=4&transport=websocket",
    event='["message",',
    reply='["joined",',
    # Engine.IO's heartbeat: who does not answer is cut off after 45 s.
    ping="2",
    pong="3",
    echo=True,
)


@dataclass(frozen=True)
class SocketIO:
    """A server of some lines, in which the library does all the work."""

    name: str = "socket.io"
    keeps: Keeps = Keeps.NOTHING
    about: str = (
        "`io.to(room).emit` with the adapter in memory, WebSocket alone, "
        "all other settings its own (uncompressed)"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        return None if is_installed(NODE) else NOT_INSTALLED

    def command(self, port: int, data: Path) -> Command:  # noqa: ARG002 - keeps no data
        """Return how to start it on this port of this machine alone."""
        return Command([NODE_PROGRAM, NODE / "socketio_server.js", str(port)])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - rooms make themselves
        """Return how all come in: a CONNECT packet tells who and where, then events."""
        post = "42" + json.dumps(["message", {"text": "$t"}], separators=(",", ":"))
        return [
            replace(
                line, post=post, prelude=tuple(f"40{each}" for each in line.prelude)
            )
            for line in seat_by_name(crowd)
        ]
