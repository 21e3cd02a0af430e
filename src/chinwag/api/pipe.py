"""What waits for one reader of an event stream.

It is bounded: what the reader can't take now is read from the log when it can.
"""

import asyncio

from chinwag.protocol.door import Stream, Streams
from chinwag.protocol.results import Me, Opened

FULL_BYTES = 64 * 1024
"""Above so many waiting bytes the stream is told to pause."""
LOW_BYTES = 16 * 1024
"""Below so many it is told to go on."""


class Pipe:
    """Between a stream, which writes when it likes, and a reader, who may be slow."""

    def __init__(self) -> None:
        self._stream: Stream | None = None
        self._waiting: list[bytes] = []
        self._bytes = 0
        self._paused = False
        self._over = False
        self._bell = asyncio.Event()

    def open(self, streams: Streams, me: Me, opened: Opened) -> None:
        """Let a room's events in, from within the answer to its `open_room`."""
        self._stream = streams.open_stream(me, opened, self)
        self._pause_if_full()

    def write(self, data: bytes) -> None:
        """Take whole events for the reader."""
        if self._over:
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._bell.set()
        self._pause_if_full()

    def end(self) -> None:
        """Let the reader finish what waits, and no more."""
        self._over = True
        self._bell.set()

    async def read(self, patience: float) -> bytes | None:
        """Return what waits, nothing after `patience` seconds, or None at the end."""
        if not self._waiting and not self._over:
            self._bell.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._bell.wait()
            except TimeoutError:
                return b""
        if not self._waiting:
            return None
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data

    def taken(self, data: bytes) -> None:
        """Note that the reader has taken what `read` returned."""
        self._bytes -= len(data)
        if self._paused and self._bytes < LOW_BYTES and self._stream is not None:
            self._paused = False
            self._stream.resume()

    def close(self) -> None:
        """Close the stream; nobody reads any more."""
        self.end()
        self._waiting.clear()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _pause_if_full(self) -> None:
        full = self._bytes > FULL_BYTES
        if full and not self._paused and self._stream is not None:
            self._paused = True
            self._stream.pause()
