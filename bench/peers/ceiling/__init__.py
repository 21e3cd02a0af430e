"""A bare loop in C: what no server that does more can reach, built by the benchmark."""

from dataclasses import dataclass
from pathlib import Path

from bench.compiling import build, find_compiler
from bench.peers import Command, Crowd, Dialect, Keeps, Line, seat_by_name

SOURCE = Path(__file__).parent / "ceiling.c"
DIALECT = Dialect(
    path="/", event='{"type":"message"', reply='{"type":"joined"', echo=True
)


@dataclass(frozen=True)
class Ceiling:
    """A peer that only passes bytes on."""

    name: str = "bare C"
    keeps: Keeps = Keeps.NOTHING
    about: str = (
        "epoll, one thread, one `send` a message and member, nothing parsed or checked"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        return None if find_compiler() else "there is no C compiler here"

    def command(self, port: int, data: Path) -> Command:  # noqa: ARG002 - keeps no data
        """Return how to start it on this port of this machine alone."""
        return Command([build("ceiling", [SOURCE]), str(port)])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - rooms make themselves
        """Return how all members of the crowd come in."""
        return seat_by_name(crowd)
