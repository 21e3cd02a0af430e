"""People who mean no good: so many sockets that do all that is allowed, and more.

    python -m bench.load.flood PORT SOCKETS SECONDS <rooms.json

They come in first, and begin when all are there. What they have done is told on
stdout as it grows, and they stop by themselves. Frames have a mask of zeros, which is
legal and costs nothing.
"""

import asyncio
import itertools
import json
import os
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import uvloop
from typing_extensions import override

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, BINARY, PING = 1, 2, 9
AT_ONCE = 16
COME_BACK_SECONDS = 0.5
ADDRESSES = 4
SEND_BYTES = 16 * 1024
OPEN_AT_ONCE = 100
GATHER_SECONDS = 20.0
done: Counter[str] = Counter()
Room = dict[str, str]
Phrases = Iterator[bytes]


def frame(payload: bytes, opcode: int = TEXT, head: int = 0x80) -> bytes:
    """Return a whole frame as clients send it (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        length = struct.pack("!BB", head | opcode, 0x80 | size)
    elif size < 65_536:
        length = struct.pack("!BBH", head | opcode, 0x80 | 126, size)
    else:
        length = struct.pack("!BBQ", head | opcode, 0x80 | 127, size)
    return length + bytes(4) + payload


def command(**fields: object) -> bytes:
    """Return a command's frame."""
    return frame(json.dumps(fields).encode())


def talk(room: Room, name: str) -> Phrases:
    """Come in and post without end."""
    yield command(type="join_room", id=2, key=room["key"])
    text = "and another thing " * 8
    post = frame(
        b'{"type":"post_message","id":7,"cmid":"%s-@@@@@@@@","room":"%s","text":"%s"}'
        % (name.encode(), room["id"].encode(), text.encode())
    )
    head, tail = post.split(b"@@@@@@@@")
    for number in itertools.count():
        yield b"%s%08d%s" % (head, number, tail)


def ping(_room: Room, _name: str) -> Phrases:
    """Ask for signs of life, in both ways."""
    return itertools.repeat(command(type="ping", id=3) + frame(b"?" * 100, PING))


def spoil(room: Room, name: str) -> Phrases:
    """Say what can't be understood, worse each time."""
    yield frame(b"no json")
    yield frame(b"[" * 20_000)
    yield command(type="no_such_thing", id=3)
    yield command(type="post_message", id="four", room=room["id"])
    yield command(type="open_room", id=5, room="\x00" * 500)
    yield frame(b'{"type":"ping","id":6', head=0)
    last = len(name) % 4
    if last == 0:
        yield frame(b"\xff\xfe", BINARY)
    elif last == 1:
        yield frame(b"x" * 200_000)
    elif last == 2:
        yield frame(b"", 7)
    else:
        yield b"\xff" * 100


def rush(room: Room, name: str) -> Phrases:
    """Join, found, look and leave."""
    for number in itertools.count(2, 5):
        yield command(type="join_room", id=number, key=room["key"])
        yield command(type="start_room", id=number + 1, name=f"room of {name}")
        yield command(type="look_at_link", id=number + 2, key="A" * 22)
        yield command(type="history", id=number + 3, room=room["id"], before=99)
        yield command(type="leave_room", id=number + 4, room=room["id"])


def come_and_go(_room: Room, _name: str) -> Phrases:
    """Do nothing, but that often."""
    yield command(type="me", id=2)


Manner = Callable[[Room, str], Phrases]
MANNERS: tuple[tuple[str, int, Manner], ...] = (
    ("talk", 8, talk),
    ("deaf", 3, talk),
    ("ping", 2, ping),
    ("spoil", 2, spoil),
    ("rush", 3, rush),
    ("come and go", 2, come_and_go),
)
"""Each of twenty sockets has one of these manners."""


class Flooder(asyncio.Protocol):
    """One socket that sends as fast as it is read from."""

    def __init__(self, crowd: "Crowd", number: int) -> None:
        self._crowd = crowd
        self._number = number
        self.manner, _, speak = crowd.manner(number)
        name = f"{os.getpid():x}-{number}-{next(crowd.names)}"
        self._phrases = speak(crowd.room(number), name)
        self._name = name
        self._open = False
        self._paused = False
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(SEND_BYTES)
        line = cast("socket.socket", transport.get_extra_info("socket"))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        self._transport.write(HANDSHAKE % self._crowd.port)

    @override
    def data_received(self, data: bytes) -> None:
        """Come in; what comes later is nothing to us."""
        done["bytes in"] += len(data)
        if self._open or self._transport is None:
            return
        if b" 101 " not in data[:20]:
            done["turned away"] += 1
            self._transport.close()
            return
        self._open = True
        done["came in"] += 1
        self._transport.write(command(type="hello", id=1, name=self._name[:40]))
        if self.manner == "deaf":
            self._transport.pause_reading()
        if self._crowd.loud:
            self.say_more()
        else:
            self._crowd.quiet.append(self)

    @override
    def pause_writing(self) -> None:
        """The server does not read."""
        self._paused = True

    @override
    def resume_writing(self) -> None:
        """The server reads again."""
        self._paused = False
        self.say_more()

    def say_more(self) -> None:
        """Send until the server does not read any more."""
        transport = self._transport
        if self._paused or transport is None or transport.is_closing():
            return
        said = list(itertools.islice(self._phrases, AT_ONCE))
        done["frames"] += len(said)
        if said:
            transport.write(b"".join(said))
            asyncio.get_running_loop().call_soon(self.say_more)
        elif self.manner == "come and go":
            transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Come back soon."""
        done["hung up"] += exc is not None
        done["came in"] -= self._open
        self._crowd.come_back(self._number)


class Crowd:
    """All the sockets, each from one of a few addresses."""

    def __init__(self, port: int, rooms: list[Room]) -> None:
        self.port = port
        self.names = itertools.count()
        self.loud = False
        self.quiet: list[Flooder] = []
        self._rooms = rooms
        self._manners = [each for each in MANNERS for _ in range(each[1])]
        self._room = asyncio.Semaphore(OPEN_AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None

    def manner(self, number: int) -> tuple[str, int, Manner]:
        """Return how this one behaves."""
        return self._manners[number % len(self._manners)]

    def room(self, number: int) -> Room:
        """Return where this one goes."""
        return self._rooms[number // len(self._manners) % len(self._rooms)]

    async def come(self, sockets: int, seconds: float) -> None:
        """Flood for so long, then let everything fall."""
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for number in range(sockets):
                    tasks.create_task(self._open(number))
                late = time.monotonic() + GATHER_SECONDS
                while True:
                    await asyncio.sleep(0.25)
                    if done["came in"] >= sockets or time.monotonic() > late:
                        self._start()
                    sys.stdout.write(json.dumps(done) + "\n")
                    sys.stdout.flush()
        except TimeoutError:
            self._tasks = None

    def _start(self) -> None:
        """Let all who are in begin at once."""
        self.loud = True
        quiet, self.quiet = self.quiet, []
        for flooder in quiet:
            flooder.say_more()
        done["loud"] = 1

    def come_back(self, number: int) -> None:
        """Open another socket in place of one that is gone."""
        if self._tasks is not None:
            self._tasks.create_task(self._open(number, COME_BACK_SECONDS))

    async def _open(self, number: int, wait: float = 0) -> None:
        await asyncio.sleep(wait)
        address = f"127.0.1.{1 + number % ADDRESSES}"
        local = (address, 0) if sys.platform == "linux" else None
        async with self._room:
            try:
                await asyncio.get_running_loop().create_connection(
                    lambda: Flooder(self, number),
                    "127.0.0.1",
                    self.port,
                    local_addr=local,
                )
            except OSError:
                done["no connection"] += 1
                self.come_back(number)


async def main(port: int, sockets: int, seconds: float) -> None:
    """Flood this server of this machine."""
    rooms: list[Room] = json.loads(sys.stdin.readline())
    await Crowd(port, rooms).come(sockets, seconds)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
