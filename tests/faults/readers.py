"""Many readers in one process, which can be stopped as a whole: they check and count.

    python -m tests.faults.readers PORT LINK COUNT NAME

It says `ready` once all have come in. For each line on its stdin it says, in JSON, how
far each reader has come, what was wrong, and how late what it heard was.
"""

import asyncio
import json
import socket
import sys
import time
from typing import Any

from typing_extensions import override

from tests.faults.frames import PING, PONG, TEXT, first_frame, frame

WINDOW = 64 * 1024
MARK = b'"text":"t='
EVENTS = b'{"type":"events"'
SAMPLED = 5
HELLO = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Reader(asyncio.Protocol):
    """One socket: every `seq` once and in order, or it is wrong."""

    def __init__(self, name: str, link: str, *, sampled: bool) -> None:
        self.next = 0
        self.wrong = 0
        self.closed = False
        self.delays: list[float] = []
        self.opened = asyncio.Event()
        self._name = name
        self._link = link
        self._sampled = sampled
        self._said = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        port = transport.get_extra_info("peername")[1]
        transport.write(HELLO.format(port=port).encode())

    def _say(self, **command: Any) -> None:  # noqa: ANN401 - what JSON holds
        assert self._transport is not None
        self._transport.write(frame(TEXT, json.dumps(command).encode()))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self.opened.set()

    @override
    def data_received(self, data: bytes) -> None:
        said = self._said
        said += data
        if not self._upgraded:
            head, end, _ = said.partition(b"\r\n\r\n")
            if not end:
                return
            del said[: len(head) + 4]
            self._upgraded = True
            self._say(type="hello", id=1, name=self._name)
            self._say(type="join_room", id=2, key=self._link)
        while found := first_frame(said):
            kind, start, end = found
            self._take(kind, bytes(said[start:end]))
            del said[:end]

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == PING and self._transport is not None:
            self._transport.write(frame(PONG, payload))
        elif payload.startswith(EVENTS):
            self._take_events(payload)
        elif kind == TEXT and not self.next:
            told = json.loads(payload)
            if told.get("id") == 2:
                self.next = told["result"]["from"]
                self.opened.set()

    def _take_events(self, payload: bytes) -> None:
        # Decoding each frame would be what is measured.
        at = payload.index(b'"from":') + 7
        first = int(payload[at : payload.index(b",", at)])
        if first != self.next:
            self.wrong += 1
        self.next = first + payload.count(b'{"seq":')
        if self._sampled and (mark := payload.rfind(MARK)) >= 0:
            start = mark + len(MARK)
            said_at = float(payload[start : payload.index(b" ", start)])
            self.delays.append(time.monotonic() - said_at)


async def read(port: int, link: str, count: int, name: str) -> None:
    """Come in with so many sockets, and answer what is asked on stdin."""
    loop = asyncio.get_running_loop()
    readers: list[Reader] = []
    for n in range(count):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        line.setblocking(False)  # noqa: FBT003 - the name of it
        await loop.sock_connect(line, ("127.0.0.1", port))
        _, reader = await loop.create_connection(
            lambda n=n: Reader(f"{name} {n}", link, sampled=n < SAMPLED), sock=line
        )
        readers.append(reader)
        await reader.opened.wait()
    print("ready", flush=True)  # noqa: T201 - a program of its own
    while await loop.run_in_executor(None, sys.stdin.readline):
        delays = sorted(delay for reader in readers for delay in reader.delays)
        for reader in readers:
            reader.delays.clear()
        told = {
            "next": [reader.next for reader in readers],
            "wrong": sum(reader.wrong for reader in readers),
            "closed": sum(reader.closed for reader in readers),
            "p50": delays[len(delays) // 2] if delays else 0,
            "p99": delays[len(delays) * 99 // 100] if delays else 0,
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    asyncio.run(read(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
