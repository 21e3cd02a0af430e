"""What goes to many clients: encoded once for each way of sending, and shared."""

from collections.abc import Callable

from websockets.frames import TEXT
from websockets.frames import Frame as WebSocketFrame

from chinwag.ids import Seq

Encode = Callable[["Frame"], bytes]
"""How a frame looks on the way to one kind of client. Told apart by identity."""


class Frame:
    """JSON on its way out.

    Attributes:
        payload: The JSON text.
        first: The first event's `seq`; 0 where it holds no events.
        last: The last event's `seq`; 0 where it holds no events.
    """

    __slots__ = ("_event", "_message", "first", "last", "payload")

    def __init__(
        self, payload: bytes, *, first: Seq | None = None, last: Seq | None = None
    ) -> None:
        self.payload = payload
        self.first = first or Seq(0)
        self.last = last or Seq(0)
        self._message: bytes | None = None
        self._event: bytes | None = None

    def message(self) -> bytes:
        """Return it as an unmasked WebSocket text frame (RFC 6455, section 5.2)."""
        if self._message is None:
            self._message = frame_text(self.payload)
        return self._message

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
    """Return `payload` as an unmasked WebSocket text frame."""
    return WebSocketFrame(TEXT, payload).serialize(mask=False)
