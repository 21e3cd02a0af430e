"""A transport that remembers, a door that answers when told, and a gate around them."""

import asyncio
import json
from typing import Any

from typing_extensions import override
from websockets.frames import PING, PONG, TEXT, Close, Frame, Opcode

from chinwag.domain.rates import Rate
from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.hub import Hub
from chinwag.gateway.peers import Arrivals
from chinwag.protocol.commands import AnyCommand
from chinwag.protocol.door import Answer, Answered, Caller, Newcomer
from chinwag.protocol.results import Done, Me, ServerView, Welcome
from chinwag.protocol.site import Site
from tests.gateway.fakes import Log
from tests.support.time import FakeClock

ADDRESS = "192.0.2.7"


class FakeTransport(asyncio.Transport):
    """Takes bytes, as strict as the real one: nothing after its end."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.reading = True
        self.ended = False
        self.aborted = False

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.ended:
            raise RuntimeError("Cannot call write() after write_eof()")
        self.written += data

    @override
    def write_eof(self) -> None:
        self.ended = True

    @override
    def can_write_eof(self) -> bool:
        return True

    @override
    def pause_reading(self) -> None:
        self.reading = False

    @override
    def resume_reading(self) -> None:
        self.reading = True

    @override
    def is_closing(self) -> bool:
        return self.aborted

    @override
    def abort(self) -> None:
        self.aborted = True

    @override
    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        assert high is not None
        assert low is not None
        assert high > low

    def take(self) -> list[tuple[int, bytes]]:
        """Return the frames that were written, and forget them."""
        data, self.written = self.written, b""
        frames: list[tuple[int, bytes]] = []
        while data:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            frames.append((data[0] & 15, data[start : start + size]))
            data = data[start + size :]
        return frames


class SlowDoor:
    """Takes commands; a test says when they are answered."""

    def __init__(self) -> None:
        self.waiting: list[tuple[AnyCommand, Answered]] = []

    def submit(self, caller: Caller, command: AnyCommand, answered: Answered) -> None:
        """Take a command in."""
        del caller
        self.waiting.append((command, answered))

    def end_session(self, token: str, ended: object) -> None:
        """Nobody does it here."""
        raise NotImplementedError

    def answer(self, answer: Answer | None = None) -> None:
        """Answer the oldest command."""
        _, answered = self.waiting.pop(0)
        answered(answer or Done())


class Socket:
    """One connection with everything around it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.door = SlowDoor()
        self.hub = Hub(Log(), self.clock, "epoch")
        self.gate = Gate(
            door=self.door,
            hub=self.hub,
            site=Site(),
            clock=self.clock,
            arrivals=Arrivals(Rate(50, 500), self.clock),
        )
        self.transport = FakeTransport()
        caller = Caller(address=ADDRESS, site="http://a", newcomer=Newcomer.GUEST)
        self.gate.arrivals.sockets.enter(ADDRESS)
        self.connection = Connection(self.gate, caller, self.transport)

    def say(self, command: str, **fields: object) -> None:
        """Let the client send a command."""
        text = json.dumps({"type": command, "id": 1} | fields).encode()
        self.frame(TEXT, text)

    def frame(self, opcode: Opcode, data: bytes, *, fin: bool = True) -> None:
        """Let the client send a frame."""
        whole = Frame(opcode, data, fin=fin).serialize(mask=True)
        self.connection.data_received(whole)

    async def greet(self) -> None:
        """Say hello, and be welcome."""
        self.say("hello")
        await self.turn()
        self.door.answer(welcome())
        await self.turn()
        self.transport.take()

    async def turn(self) -> None:
        """Let the loop turn a few times."""
        for _ in range(4):
            await asyncio.sleep(0)

    async def wait(self, seconds: int, *, pongs: bool = False) -> None:
        """Let time pass, a second at a time."""
        for _ in range(seconds):
            self.clock.go_on(1)
            self.gate.beat()
            self.gate.tick()
            if pongs:
                self.frame(PONG, b"")
            await self.turn()

    @property
    def pings(self) -> int:
        """How many pings were written."""
        return sum(opcode == PING for opcode, _ in self.transport.take())

    @property
    def code(self) -> int | None:
        """With which code the socket was closed, if it was."""
        for opcode, data in self.transport.take():
            if opcode == 8:
                return Close.parse(data).code
        return None

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The texts that were written."""
        frames = self.transport.take()
        return [json.loads(data) for opcode, data in frames if opcode == TEXT]


def welcome() -> Welcome:
    """Return what hello is answered with."""
    return Welcome(
        me=Me("1", "Ada", guest=True),
        version=1,
        rooms=(),
        epoch="epoch",
        server=ServerView("1", 10_000, 131_072, 25),
    )
