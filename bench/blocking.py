"""A client that waits for one answer at a time, and takes next to no time itself."""

import json
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
REPLY = b'{"type":"reply"'
FAILURE = b'{"type":"failure"'
PATIENCE = 60.0


class Asker:
    """One socket, on which what starts like one of `answers` is an answer."""

    def __init__(
        self, line: socket.socket, answers: tuple[bytes, ...] = (REPLY,)
    ) -> None:
        self._line = line
        self._answers = answers
        self._heard = b""

    def ask(self, command: bytes) -> bytes:
        """Send a command; return its answer, passing over all that is pushed.

        Raises:
            RuntimeError: It was refused.
        """
        size = len(command)
        head = bytes([0x81, 0x80 | size])
        if size > 125:
            head = b"\x81\xfe" + size.to_bytes(2)
        # A mask of zeros changes nothing.
        self._line.sendall(head + bytes(4) + command)
        while True:
            frame = self._read_frame()
            if frame.startswith(self._answers):
                return frame
            if frame.startswith(FAILURE):
                raise RuntimeError(frame.decode())

    def _read_frame(self) -> bytes:
        head = self._read(2)
        size = head[1]
        if size > 125:
            size = int.from_bytes(self._read(2 if size == 126 else 8))
        return self._read(size)

    def _read(self, size: int) -> bytes:
        while len(self._heard) < size:
            data = self._line.recv(262_144)
            if not data:
                raise ConnectionError("closed before the answer")
            self._heard += data
        taken, self._heard = self._heard[:size], self._heard[size:]
        return taken

    def hear_handshake(self) -> None:
        """Read on until the socket is open."""
        while b"\r\n\r\n" not in self._heard:
            self._heard += self._line.recv(4_096)
        self._heard = self._heard.partition(b"\r\n\r\n")[2]


@contextmanager
def asking(
    port: int,
    *,
    path: str = "/ws",
    answers: tuple[bytes, ...] = (REPLY,),
    **hello: Any,  # noqa: ANN401 - what JSON holds
) -> Generator[Asker]:
    """Connect to a server on this machine and greet it."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(HANDSHAKE.format(port=port, path=path).encode())
        asker = Asker(line, answers)
        asker.hear_handshake()
        asker.ask(json.dumps({"type": "hello", "id": 1} | hello).encode())
        yield asker
