"""What goes to many clients: encoded once for each way of sending, and shared."""

import zlib
from collections.abc import Callable

from chinwag.ids import Seq

Encode = Callable[["Frame"], bytes]
"""How a frame looks on the way to one kind of client. Told apart by identity."""
DEFLATE_FROM = 1024
"""Bytes of JSON from which compressing is worth its time."""
_DEFLATE_LEVEL = 1
_WINDOW_BITS = -15
_FLUSHED = b"\x00\x00\xff\xff"
_WHOLE_TEXT = 0x81
_DEFLATED_TEXT = 0xC1
_EXTENDED = 126
_LONG = 1 << 16


class Frame:
    """JSON on its way out.

    Attributes:
        first: The first event's `seq`; 0 where it holds no events.
        last: The last event's `seq`; 0 where it holds no events.
    """

    __slots__ = ("_data", "_head", "_others", "first", "last")

    def __init__(
        self, payload: bytes, *, first: Seq | None = None, last: Seq | None = None
    ) -> None:
        self.first = first or Seq(0)
        self.last = last or Seq(0)
        # Rooms keep frames: what was made a message is kept as that alone.
        self._data = payload
        self._head = 0
        # How it looks otherwise: rarely asked for, and weighs nothing until then.
        self._others: dict[str, bytes] | None = None

    @property
    def payload(self) -> bytes:
        """The JSON text."""
        return self._data[self._head :]

    @property
    def size(self) -> int:
        """How many bytes of JSON it is."""
        return len(self._data) - self._head

    def message(self) -> bytes:
        """Return it as a WebSocket message, made once."""
        if not self._head:
            message = frame_text(self._data)
            self._head = len(message) - len(self._data)
            self._data = message
        return self._data

    def deflated(self) -> bytes:
        """Return it as a compressed WebSocket message, made once (RFC 7692).

        Only events that are many are compressed. All that is told besides is one
        client's, and may hold keys, whose length must not depend on what others said.
        """
        if not self.last or self.size < DEFLATE_FROM:
            return self.message()
        return self._make_once("deflated", lambda: _deflate(self.payload))

    def event(self, epoch: str) -> bytes:
        """Return it as an event of an event stream (HTML standard, section 9.2)."""

        def make() -> bytes:
            mark = f"id: {epoch}:{self.last}\n".encode() if self.last else b""
            return b"%sdata: %s\n\n" % (mark, self.payload)

        return self._make_once("event", make)

    def _make_once(self, kind: str, make: Callable[[], bytes]) -> bytes:
        if self._others is None:
            self._others = {}
        if kind not in self._others:
            self._others[kind] = make()
        return self._others[kind]


def to_message(frame: Frame) -> bytes:
    """Encode for a socket."""
    return frame.message()


def to_deflated(frame: Frame) -> bytes:
    """Encode for a socket whose client asked for compression."""
    return frame.deflated()


SOCKETS: frozenset[Encode] = frozenset((to_message, to_deflated))
"""How frames look for clients that are sockets."""


def event_encoder(epoch: str) -> Encode:
    """Return how to encode for an event stream of this epoch."""

    def to_event(frame: Frame) -> bytes:
        return frame.event(epoch)

    return to_event


def frame_text(payload: bytes, head: int = _WHOLE_TEXT) -> bytes:
    """Return `payload` as an unmasked WebSocket text frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < _EXTENDED:
        return b"%c%c%b" % (head, size, payload)
    if size < _LONG:
        return b"%c\x7e%b%b" % (head, size.to_bytes(2), payload)
    return b"%c\x7f%b%b" % (head, size.to_bytes(8), payload)


def _deflate(payload: bytes) -> bytes:
    """Return a text frame that any client can inflate by itself, without a history."""
    deflater = zlib.compressobj(_DEFLATE_LEVEL, zlib.DEFLATED, _WINDOW_BITS)
    short = deflater.compress(payload) + deflater.flush(zlib.Z_SYNC_FLUSH)
    return frame_text(short.removesuffix(_FLUSHED), _DEFLATED_TEXT)
