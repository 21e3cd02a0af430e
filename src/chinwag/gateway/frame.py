"""What goes to many clients: encoded once for each way of sending, and shared."""

from collections.abc import Callable

from chinwag.ids import Seq

Encode = Callable[["Frame"], bytes]
"""How a frame looks on the way to one kind of client. Told apart by identity."""
_WHOLE_TEXT = 0x81
_EXTENDED = 126
_LONG = 1 << 16


class Frame:
    """JSON on its way out.

    Attributes:
        first: The first event's `seq`; 0 where it holds no events.
        last: The last event's `seq`; 0 where it holds no events.
    """

    __slots__ = ("_data", "_event", "_head", "first", "last")

    def __init__(
        self, payload: bytes, *, first: Seq | None = None, last: Seq | None = None
    ) -> None:
        self.first = first or Seq(0)
        self.last = last or Seq(0)
        # Rooms keep frames: what was made a message is kept as that alone.
        self._data = payload
        self._head = 0
        self._event: bytes | None = None

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

    def event(self, epoch: str) -> bytes:
        """Return it as an event of an event stream (HTML standard, section 9.2)."""
        if self._event is None:
            mark = f"id: {epoch}:{self.last}\n".encode() if self.last else b""
            self._event = b"%sdata: %s\n\n" % (mark, self.payload)
        return self._event


def to_message(frame: Frame) -> bytes:
    """Encode for a socket."""
    return frame.message()


def event_encoder(epoch: str) -> Encode:
    """Return how to encode for an event stream of this epoch."""

    def to_event(frame: Frame) -> bytes:
        return frame.event(epoch)

    return to_event


def frame_text(payload: bytes) -> bytes:
    """Return `payload` as an unmasked WebSocket text frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < _EXTENDED:
        return b"%c%c%b" % (_WHOLE_TEXT, size, payload)
    if size < _LONG:
        return b"%c\x7e%b%b" % (_WHOLE_TEXT, size.to_bytes(2), payload)
    return b"%c\x7f%b%b" % (_WHOLE_TEXT, size.to_bytes(8), payload)
