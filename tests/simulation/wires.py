"""A simulated connection: the server's transport on one end, a device on the other.

Frames go over whole and in order, each way late. A broken wire loses what is sent
after the break; each end learns of it in its own time.
"""

import asyncio
from collections import deque
from typing import Protocol

import msgspec
from typing_extensions import override

from chinwag.gateway.connection import Connection
from tests.simulation.frames import TWO_BYTES, Asked, Frames, Json, Ledger
from tests.simulation.timeline import Process, Timeline

_MASK = bytes(4)
_PONG = b"\x8a\x80" + _MASK
_encode = msgspec.json.Encoder().encode


class End(Protocol):
    """The device's end."""

    def hear(self, frame: Json) -> None:
        """Take a frame from the server."""
        ...

    def lose(self) -> None:
        """Learn that the line is gone."""
        ...


class Watch(Protocol):
    """Who looks at what the server writes."""

    def open_ledger(self) -> Ledger:
        """Begin to keep account of a socket."""
        ...

    def read(self, data: bytes) -> Frames:
        """Return what stands in a write."""
        ...

    def judge(self, wire: "Wire", frames: Frames) -> None:
        """Look at all that was written at once."""
        ...

    def note_pause(self, wire: "Wire") -> None:
        """Note since when a socket should be told no more events."""
        ...

    def note_end(self, wire: "Wire") -> None:
        """Note that whoever asks on a socket may not be answered any more."""
        ...


class Around(Protocol):
    """The world, as far as a wire has to do with it."""

    @property
    def referee(self) -> Watch: ...

    @property
    def timeline(self) -> Timeline: ...

    def draw_delay(self) -> float:
        """Return how long a frame is on its way."""
        ...

    def fail(self, what: str) -> None:
        """Note that something went wrong."""
        ...

    def note_heard(self, wire: "Wire", text: Json, data: bytes) -> None:
        """Note what a device hears."""
        ...


class Wire(asyncio.Transport):
    """One connection.

    Attributes:
        asked: Commands that were sent and wait for their answer, under their `id`.
        draining: Whether the device takes what comes.
        paused: Whether the server was told that it does not.
        dead: Whether the server's end is over.
        lost: Whether the device's end is over.
    """

    def __init__(self, world: Around, process: Process, end: End, high: int) -> None:
        self.asked: dict[int, Asked] = {}
        self.draining = True
        self.paused = False
        self.dead = self.lost = False
        self.connection: Connection | None = None
        self.owner = ""
        self.ledger = world.referee.open_ledger()
        self._world = world
        self._process = process
        self._end = end
        self._high = high
        self._broken = self._closing = self._ended = False
        self._reading = True
        self._up_at = self._down_at = 0.0
        self._unread: deque[bytes] = deque()
        self._unsent: list[Frames] = []
        self._unsent_bytes = 0
        self.in_flight = 0

    def _delay(self, last: float) -> float:
        world = self._world
        return max(last, world.timeline.seconds + world.draw_delay())

    # Up: from the device to the server

    def say(self, asked: Asked) -> None:
        """Send a command."""
        self.asked[asked.command["id"]] = asked
        text = _encode(asked.command)
        size = len(text)
        if size < TWO_BYTES:
            head = bytes((0x81, 0x80 | size))
        else:
            head = b"\x81\xfe" + size.to_bytes(2, "big")
        self._go_up(head + _MASK + text)

    def _go_up(self, data: bytes) -> None:
        if not self._broken:
            self.in_flight += 1
            self._up_at = self._delay(self._up_at)
            self._world.timeline.at(self._up_at, self._arrive, data)

    def _arrive(self, data: bytes) -> None:
        self.in_flight -= 1
        if self.dead or not self._process.alive:
            return
        self._unread.append(data)
        self._process.run(self._feed)

    def _feed(self) -> None:
        connection = self.connection
        while self._unread and self._reading and not self.dead and connection:
            connection.data_received(self._unread.popleft())

    # Down: from the server to the device

    def _send(self, data: bytes) -> None:
        frames = self._world.referee.read(data)
        self._world.referee.judge(self, frames)
        if self._broken and self.draining:
            return
        if self.draining and not self._unsent:
            self._go_down(frames)
            return
        self._unsent.append(frames)
        self._unsent_bytes += len(data)
        if self._unsent_bytes > self._high and not self.paused:
            self.paused = True
            self._world.referee.note_pause(self)
            if self.connection is not None:
                self.connection.pause_writing()

    def _go_down(self, frames: Frames) -> None:
        self.in_flight += 1
        self._down_at = self._delay(self._down_at)
        self._world.timeline.at(self._down_at, self._deliver, frames)

    def _deliver(self, frames: Frames) -> None:
        self.in_flight -= 1
        if self.lost:
            return
        for text in frames.texts:
            self._world.note_heard(self, text, frames.data)
            self._end.hear(text)
            if self.lost:
                return
        for _ in range(frames.pings):
            self._go_up(_PONG)
        if frames.closes:
            self._lose()

    def stop_draining(self) -> None:
        """Take nothing more, as a phone does that sleeps."""
        self.draining = False

    def drain(self) -> None:
        """Take what waits, and what comes."""
        self.draining = True
        unsent, self._unsent = self._unsent, []
        self._unsent_bytes = 0
        if not self._broken:
            for frames in unsent:
                self._go_down(frames)
        if self.paused:
            self.paused = False
            if not self.dead and self.connection is not None:
                self._process.run(self.connection.resume_writing)

    # The end

    def hang_up(self) -> None:
        """Close the device's end."""
        self._lose()

    def snap(self, server_after: float, device_after: float) -> None:
        """Break; each end learns of it after so many seconds."""
        if not self._broken:
            self._broken = True
            after = self._world.timeline.after
            after(server_after, self._process.run, self._die)
            after(device_after, self._lose)

    def _lose(self) -> None:
        if not self.lost:
            self.lost = True
            self._end.lose()
            self.snap(self._world.draw_delay(), 0.0)

    def _die(self) -> None:
        if not self.dead and self._process.alive:
            self.dead = True
            self._world.referee.note_end(self)
            self._unsent.clear()
            if self.connection is not None:
                self.connection.connection_lost(None)

    # What the server's end asks of a transport

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._ended or self.dead:
            self._world.fail(f"{self.ledger.name}: written to after its end")
        elif not self._closing:
            self._send(bytes(data))

    @override
    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """The wire has limits of its own, so that small talks reach them."""

    @override
    def pause_reading(self) -> None:
        self._reading = False

    @override
    def resume_reading(self) -> None:
        self._reading = True
        self._process.call_soon(self._feed)

    @override
    def is_closing(self) -> bool:
        return self._closing or self.dead

    @override
    def can_write_eof(self) -> bool:
        return True

    @override
    def write_eof(self) -> None:
        self._ended = True

    @override
    def close(self) -> None:
        self.abort()

    @override
    def abort(self) -> None:
        self._closing = True
        self._process.call_soon(self._die)
        self.snap(0.0, self._world.draw_delay())
