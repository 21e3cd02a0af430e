"""A TCP connection where every byte matters."""

import asyncio
import contextlib
import json
import socket
from typing import Any, Self

from websockets.frames import (
    CLOSE,
    TEXT,
    Close,
    Frame,
    Opcode,
)

PATIENCE = 20.0
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


class Wire:
    """Bytes out, bytes in; frames where somebody wants them."""

    def __init__(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.port = port
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, *, window: int | None = None) -> Self:
        """Open a connection, which takes at most about `window` bytes unread."""
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # asyncio does it for those alone that it makes itself.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if window is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        line.setblocking(False)  # noqa: FBT003 - the name of it
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        limit = window or 2**16
        reader, writer = await asyncio.open_connection(sock=line, limit=limit)
        return cls(port, reader, writer)

    def send(self, data: bytes) -> None:
        """Write bytes."""
        self.writer.write(data)

    def ask(self, request: str = "GET /ws HTTP/1.1", **headers: str) -> None:
        """Write the head of a request; `_` stands for `-`. An empty header is none."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}\r\n" for name, value in headers.items() if value]
        self.send(f"{request}\r\n{''.join(lines)}\r\n".encode("latin-1"))

    async def head(self) -> tuple[int, dict[str, str]]:
        """Return the status and headers of an answer."""
        async with asyncio.timeout(PATIENCE):
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = text.rstrip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        return int(first.split()[1]), {name.lower(): value for name, value in pairs}

    async def rest(self, patience: float = PATIENCE) -> bytes:
        """Return what comes until the other side ends the connection."""
        async with asyncio.timeout(patience):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def upgrade(self, **headers: str) -> tuple[int, dict[str, str]]:
        """Ask for a WebSocket; return the status and the headers."""
        wanted = {"Host": f"127.0.0.1:{self.port}"} | UPGRADE | headers
        self.ask(**wanted)
        return await self.head()

    # Frames

    def frame(
        self, opcode: Opcode, data: bytes, *, fin: bool = True, mask: bool = True
    ) -> None:
        """Write one frame."""
        self.send(Frame(opcode, data, fin=fin).serialize(mask=mask))

    def say(self, command: str, id: int = 1, **fields: object) -> None:
        """Write a command."""
        self.send_text(json.dumps({"type": command, "id": id} | fields).encode())

    def send_text(self, data: bytes) -> None:
        """Write a text frame."""
        self.frame(TEXT, data)

    async def receive(self) -> tuple[int, bytes]:
        """Return the next frame's opcode and payload."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readexactly(2)
            assert head[1] < 128, "a server masks nothing"
            size = head[1]
            if size >= 126:
                wide = 2 if size == 126 else 8
                size = int.from_bytes(await self.reader.readexactly(wide), "big")
            return head[0] & 15, await self.reader.readexactly(size)

    async def hear(self) -> dict[str, Any]:
        """Return the next text frame's JSON."""
        while True:
            opcode, data = await self.receive()
            if opcode == TEXT:
                said: dict[str, Any] = json.loads(data)
                return said
            assert opcode != CLOSE, Close.parse(data)

    async def hear_answer(self, id: int) -> dict[str, Any]:
        """Return the answer to a command; what comes before it is dropped."""
        while True:
            said = await self.hear()
            if said.get("id") == id and said["type"] in {"reply", "failure"}:
                return said

    async def end(self, patience: float = PATIENCE) -> int:
        """Read on until the socket ends; return its close code, 1006 without."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    opcode, data = await self.receive()
                    if opcode == CLOSE:
                        return Close.parse(data).code
        except (asyncio.IncompleteReadError, ConnectionError):
            return 1006

    async def drop(self) -> None:
        """Let go of the connection."""
        self.writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()
