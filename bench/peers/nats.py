"""NATS, a message bus in Go: its own protocol of lines, inside WebSocket frames."""

import json
from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line
from bench.peers.library import NOT_INSTALLED, PYTHON, is_installed

DIALECT = Dialect(path="/", event="MSG r", reply="PONG\r\n", echo=True)
CONNECT = {"verbose": False, "pedantic": False, "echo": True, "protocol": 1}


@dataclass(frozen=True)
class Nats:
    """The server alone, without its streams: a room is a subject."""

    name: str = "NATS"
    keeps: Keeps = Keeps.NOTHING
    about: str = (
        "nats-server (Go) from PyPI, core subjects over WebSocket, no JetStream, "
        "uncompressed, all other settings its own, threads as many as it may have cores"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        return None if is_installed(PYTHON) else NOT_INSTALLED

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        settings = {
            "host": "127.0.0.1",
            # Nobody comes by plain TCP; it takes any port.
            "port": -1,
            "websocket": {"host": "127.0.0.1", "port": port, "no_tls": True},
        }
        data.mkdir(parents=True, exist_ok=True)
        file = data / "nats.conf"
        file.write_text(json.dumps(settings))
        return Command([PYTHON / "bin/nats-server", "-c", file])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - subjects make themselves
        """Return how all come in: they subscribe, and PING tells when that is done."""
        return [
            Line(
                sender=crowd.posts(place),
                room=room,
                post=f"PUB r{room} $b\r\n$t\r\n",
                prelude=(
                    f"CONNECT {json.dumps(CONNECT)}\r\nSUB r{room} 1\r\nPING\r\n",
                ),
            )
            for room in range(crowd.rooms)
            for place in range(crowd.members)
        ]
