"""InspIRCd: a chat of the classic kind, IRC in C++, each line in a WebSocket frame."""

from dataclasses import dataclass
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line
from bench.peers.debian import ask_for, find_program

PACKAGES = ("inspircd",)
MODULE = Path("/usr/lib/inspircd/modules/m_websocket.so")
DIALECT = Dialect(
    path="/",
    event="PRIVMSG #r",
    reply=" 366 ",
    origin="http://bench.example",
    echo=True,
)
SETTINGS = """
<server name="irc.bench.example" description="bench" network="bench">
<admin name="bench" nick="bench" email="bench@bench.example">
<path configdir="{folder}" datadir="{folder}" logdir="{folder}" runtimedir="{folder}">
<file motd="/dev/null">
<module name="sha1"><module name="websocket"><wsorigin allow="*">
<module name="cap"><module name="ircv3_echomessage">
<module name="conn_join"><autojoin channel="#r0">
<bind address="127.0.0.1" port="{port}" type="clients" hook="websocket">
<connect name="all" allow="*" timeout="60" pingfreq="10m" resolvehostnames="no"
  useident="no" localmax="20000" globalmax="20000" fakelag="off" threshold="1000000"
  commandrate="1000000" recvq="1M" softsendq="100M" hardsendq="100M">
<performance softlimit="20000" somaxconn="4096">
"""


@dataclass(frozen=True)
class InspIRCd:
    """A room is a channel, with nothing set; senders ask to hear themselves."""

    name: str = "InspIRCd"
    keeps: Keeps = Keeps.NOTHING
    about: str = (
        "Debian's InspIRCd (C++, one thread), a channel, IRC in text frames as it has "
        "them, uncompressed, its brakes off, queues as long as it likes"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        return None if MODULE.exists() else ask_for(*PACKAGES)

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        data.mkdir(parents=True, exist_ok=True)
        file = data / "inspircd.conf"
        file.write_text(SETTINGS.format(folder=data, port=port))
        return Command(
            [
                *(find_program("inspircd"), "--config", file),
                *("--nofork", "--nopid", "--runasroot"),
            ]
        )

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - the channel is there
        """Return how all come in: the channel takes them, and tells who is there."""
        if crowd.rooms != 1:
            raise ValueError("InspIRCd is measured with one room alone")
        return [
            Line(
                sender=crowd.posts(place),
                room=0,
                post="PRIVMSG #r0 :$t",
                opening=("CAP REQ :echo-message", f"NICK p{place}", "USER b 0 * :b"),
                prelude=("CAP END",),
            )
            for place in range(crowd.members)
        ]
