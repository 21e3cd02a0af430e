"""All peers of the hot room beside the demo, registered here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.peers import (
    Command,
    Crowd,
    Dialect,
    Keeps,
    Line,
    Peer,
    debian,
    inspircd,
    nchan,
)
from bench.peers.ceiling import Ceiling
from bench.peers.inspircd import InspIRCd
from bench.peers.library import LIBRARIES, install_node, install_python
from bench.peers.nats import Nats
from bench.peers.nchan import Nchan
from bench.peers.socketio import SocketIO

NO_DIALECT = Dialect(path="/", event="{", reply="")


@dataclass(frozen=True)
class Absent:
    """A peer that is wanted, but can't be had: it says why, and is not left out."""

    name: str
    why: str
    keeps: Keeps = Keeps.NOTHING
    about: str = "there is no package of its name on npm"
    dialect: Dialect = NO_DIALECT

    def missing(self) -> str | None:
        """Return why it can't be measured."""
        return self.why

    def command(self, port: int, data: Path) -> Command:
        """Refuse: there is nothing to start."""
        raise NotImplementedError(self.why)

    def seat(self, port: int, crowd: Crowd) -> list[Line]:
        """Refuse: there is nobody to talk to."""
        raise NotImplementedError(self.why)


PEERS: Sequence[Peer] = (
    Ceiling(),
    *LIBRARIES,
    SocketIO(),
    Nats(),
    Nchan(),
    InspIRCd(),
    Absent(
        "hack.chat", "not on npm under that name, and nothing else speaks as it does"
    ),
    Absent(
        "uWebSockets.js",
        "not on npm under that name; `uWebSockets` is the same C++ by Python",
    ),
)


def install() -> None:
    """Install what they need, locked by hash where it is not Debian's."""
    install_python()
    install_node()
    if Nchan().missing() or InspIRCd().missing():
        debian.install(*nchan.PACKAGES, *inspircd.PACKAGES)
