"""A server of which it is known what it delivers, and which errs only on demand."""

import asyncio
import json
import zlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import Enum, auto

from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.typing import Origin

from bench.peers import Dialect, Line
from bench.peers.chinwag import DIALECT

TRAP = r"{\"seq\":7,\"kind\":\"message\""
"""What an event looks like inside a text: it must not be counted."""


class Error(Enum):
    """What goes wrong with the fifth message, for one member."""

    NONE = auto()
    LOSES = auto()
    DOUBLES = auto()
    SWAPS = auto()
    REFUSES = auto()


class KnownServer:
    """Everybody is in one room; each post is delivered to all, dribbled or whole.

    Who asks for compression gets events compressed, each message by itself.
    """

    def __init__(self, error: Error, *, dribble: int) -> None:
        self.error = error
        self.posts = 0
        self._dribble = dribble
        self._members: list[ServerConnection] = []
        self._seq = 0

    async def talk(self, connection: ServerConnection) -> None:
        """Answer everything, and deliver posts."""
        self._members.append(connection)
        async for text in connection:
            asked = json.loads(text)
            if asked["type"] == "post":
                self._take(connection, asked)
            else:
                answer = {"type": "reply", "id": asked["id"], "result": {"seq": 3}}
                self._write(connection, json.dumps(answer, separators=(",", ":")))

    def _take(self, sender: ServerConnection, asked: dict[str, str]) -> None:
        self.posts += 1
        if self.error is Error.REFUSES and self.posts == 5:
            failure = f'{{"type":"failure","id":{asked["id"]},"code":"slow_mode"}}'
            self._write(sender, failure)
            return
        self._write(sender, f'{{"type":"reply","id":{asked["id"]},"result":{{}}}}')
        self._seq += 2
        joined = f'{{"seq":{self._seq - 1},"kind":"joined","at":1,"by":"x"}}'
        said = f'{{"seq":{self._seq},"kind":"message","text":"{asked["text"]}{TRAP}"}}'
        for place, member in enumerate(self._members):
            events = [joined, said]
            if self.posts == 5 and place == len(self._members) - 1:
                events = self._err(joined, said)
            self._tell(member, f'{{"type":"events","events":[{",".join(events)}]}}')

    def _tell(self, member: ServerConnection, text: str) -> None:
        assert member.request
        if "Sec-WebSocket-Extensions" in member.request.headers:
            self._write_out(member, write_compressed(text))
        else:
            self._write(member, text)

    def _err(self, joined: str, said: str) -> list[str]:
        return {
            Error.LOSES: [joined],
            Error.DOUBLES: [joined, said, said],
            Error.SWAPS: [said, joined],
        }.get(self.error, [joined, said])

    def _write(self, connection: ServerConnection, text: str) -> None:
        self._write_out(connection, write_frame(text))

    def _write_out(self, connection: ServerConnection, data: bytes) -> None:
        step = self._dribble or len(data)
        for at in range(0, len(data), step):
            connection.transport.write(data[at : at + step])


KNOWN: Dialect = DIALECT


def plan(members: int, senders: int) -> list[Line]:
    """Return so many members of one room, the first of whom post."""
    return [
        Line(
            sender=place < senders,
            room=0,
            post='{"type":"post","id":$i,"text":"$t","name":"$c"}',
            prelude=('{"type":"hello","id":1}', '{"type":"join","id":2}'),
        )
        for place in range(members)
    ]


PAGE = "http://page.example"
LINES = Dialect(
    path="/",
    event="MSG r",
    reply="PONG\r\n",
    ping="2",
    pong="3",
    echo=True,
    origin=PAGE,
)


class LineServer:
    """It speaks in lines, not JSON: greets unasked, says several things in a frame.

    Who comes says a name first, which is not answered.
    """

    def __init__(self, error: Error) -> None:
        self.error = error
        self.posts = self.pongs = 0
        self._members: list[ServerConnection] = []

    async def talk(self, connection: ServerConnection) -> None:
        """Greet, ping, then tell everybody what is said, with news before it."""
        connection.transport.write(write_frame("INFO {}\r\n"))
        assert await connection.recv() == "NAME n"
        async for text in connection:
            assert isinstance(text, str)
            if text == "SUB r0\r\nPING\r\n":
                self._members.append(connection)
                connection.transport.write(write_frame("+OK\r\nPONG\r\n"))
                connection.transport.write(write_frame("2"))
            elif text == "3":
                self.pongs += 1
            else:
                self._take(text)

    def _take(self, text: str) -> None:
        head, said, end = text.split("\r\n")
        assert (head, end) == (f"PUB r0 {len(said)}", "")
        self.posts += 1
        news = f"NEWS r0\r\nMSG r0 1 {len(said)}\r\n{said}\r\n"
        for place, member in enumerate(self._members):
            wrong = self.posts == 5 and place == len(self._members) - 1
            count = (
                {Error.LOSES: 0, Error.DOUBLES: 2}.get(self.error, 1) if wrong else 1
            )
            frame = write_frame(news * count or "NEWS r0\r\n", Opcode.BINARY)
            for at in range(0, len(frame), 7):
                member.transport.write(frame[at : at + 7])


def write_frame(text: str, opcode: Opcode = Opcode.TEXT) -> bytes:
    """Return a frame as servers send it."""
    return Frame(opcode, text.encode()).serialize(mask=False)


def write_compressed(text: str) -> bytes:
    """Return a text frame that is compressed (RFC 7692), without a history."""
    deflater = zlib.compressobj(wbits=-15)
    short = deflater.compress(text.encode()) + deflater.flush(zlib.Z_SYNC_FLUSH)
    frame = Frame(Opcode.TEXT, short.removesuffix(b"\x00\x00\xff\xff"))
    first, *rest = frame.serialize(mask=False)
    return bytes([first | 0x40, *rest])


def plan_lines(members: int, senders: int) -> list[Line]:
    """Return the same crowd, speaking in lines."""
    return [
        Line(
            sender=place < senders,
            room=0,
            post="PUB r0 $b\r\n$t\r\n",
            opening=("NAME n",),
            prelude=("SUB r0\r\nPING\r\n",),
        )
        for place in range(members)
    ]


@asynccontextmanager
async def line_server(
    error: Error = Error.NONE,
) -> AsyncGenerator[tuple[LineServer, int]]:
    """Serve on a free port; yield the server and the port."""
    server = LineServer(error)
    async with serve(
        server.talk, "127.0.0.1", 0, compression=None, origins=[Origin(PAGE)]
    ) as listening:
        yield server, next(iter(listening.sockets)).getsockname()[1]


@asynccontextmanager
async def known_server(
    error: Error = Error.NONE, *, dribble: int = 0
) -> AsyncGenerator[tuple[KnownServer, int]]:
    """Serve on a free port; yield the server and the port."""
    server = KnownServer(error, dribble=dribble)
    async with serve(server.talk, "127.0.0.1", 0, compression=None) as listening:
        await asyncio.sleep(0)
        yield server, next(iter(listening.sockets)).getsockname()[1]
