"""A server whose sockets say again what they hear: for tests of the framing alone.

    python -m tests.security.echo

The listener, the handshake, the frames and their limits are the product's own; only
what is done with a whole message is not. Two differences, so that framing is what is
tested: binary messages are heard too (the product refuses them with 1003), and messages
may be as large as Autobahn's largest.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from typing import Any, NoReturn

import uvloop
from typing_extensions import override
from websockets.frames import BINARY, CONT, TEXT, Frame, Opcode

from chinwag.clock import SystemClock
from chinwag.domain.rates import Rate
from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.hearing import Hearing
from chinwag.gateway.hub import Hub
from chinwag.gateway.listener import Listener
from chinwag.gateway.peers import Arrivals
from chinwag.gateway.port import bind
from chinwag.protocol.site import Site

MOST_BYTES = 16 * 2**20


class EchoHearing(Hearing):
    """Hears binary messages as well, and says again whatever is whole."""

    __slots__ = ("_kind",)
    most_bytes = MOST_BYTES

    def __init__(self, *, inflates: bool = False) -> None:
        super().__init__(inflates=inflates)
        # What a text is that comes whole: nobody is told of its frame.
        self._kind = TEXT

    @override
    def _take_data(self, opcode: int, payload: bytes, *, whole: bool) -> None:
        if opcode != CONT:
            self._kind = Opcode(opcode)
        taken = TEXT if opcode == BINARY else opcode
        super()._take_data(taken, payload, whole=whole)

    @override
    def _take_message(self, text: bytes) -> None:
        if self._kind is BINARY:
            self._echo(text)
            return
        super()._take_message(text)
        if self._whole is not None:
            self._whole = None
            self._echo(text)

    def _echo(self, data: bytes) -> None:
        # In its place among the pongs.
        if self._out is None:
            self._out = []
        self._out.append(Frame(self._kind, data).serialize(mask=False))
        self._kind = TEXT


class Echo(Connection):
    """A socket of this server."""

    hears = EchoHearing


class Nobody:
    """Whatever a connection would ask others for: it never does, here."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"An echo asks nobody, and yet it asked for {name}.")


async def refuse_all(_scope: object, _receive: object, _send: object) -> NoReturn:
    """There is no page here."""
    raise AssertionError("An echo has sockets only.")


async def serve(bound: socket.socket) -> None:
    """Say everything again until SIGTERM."""
    clock = SystemClock()
    nobody: Any = Nobody()
    gate = Gate(
        door=nobody,
        hub=Hub(nobody, clock, "echo"),
        site=Site(),
        clock=clock,
        arrivals=Arrivals(Rate(0, 0), clock),
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    listener = Listener(refuse_all, gate, Echo)
    await listener.start(bound)
    print(bound.getsockname()[1], flush=True)  # noqa: T201 - the test reads it
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1)
        gate.beat()
        gate.tick()
        # Nobody says hello to an echo.
        for connection in gate.connections:
            gate.greetings.stop(connection)
    for connection in gate.connections:
        connection.abort()
    listener.stop()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    with contextlib.closing(bind("127.0.0.1", 0)) as bound:
        uvloop.run(serve(bound))
