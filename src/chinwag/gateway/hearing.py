"""What hears a socket: bytes become whole texts, and what breaks the rules ends it.

It knows frames, their limits and UTF-8 (RFC 6455, section 5), nothing of what is said,
and never touches the network. What is rare, such as what closes say, is the library's
affair; reading a frame is not (ADR 0016).
"""

import zlib

from websockets.exceptions import ProtocolError
from websockets.frames import Close as Goodbye
from websockets.frames import CloseCode, Opcode

from chinwag.protocol.envelope import MAX_CLIENT_FRAME

try:
    from websockets.speedups import apply_mask
except ImportError:  # pragma: no cover - where the library was built without C
    from websockets.utils import apply_mask

MOST_FRAGMENTS = 1_024
"""Frames that one message may come in."""
_FIN, _RESERVED, _DEFLATED = 0x80, 0x70, 0x40
_OPCODE, _CONTROL, _MASKED = 0x0F, 0x08, 0x80
_SHORT = 125
"""Bytes whose number fits the second byte, and that a control frame may have."""
_CONT, _TEXT, _BINARY = int(Opcode.CONT), int(Opcode.TEXT), int(Opcode.BINARY)
_CLOSE, _PING, _PONG = int(Opcode.CLOSE), int(Opcode.PING), int(Opcode.PONG)
_MASKED_HEAD = 6
"""Bytes of a frame without content: two, and the mask."""
_WHOLE_TEXT = _FIN | _TEXT
"""How nearly all frames begin: a text that is not compressed, whole."""
_OPCODES = frozenset(map(int, Opcode))
_WINDOW_BITS = -15
_FLUSHED = b"\x00\x00\xff\xff"
"""What the sender of a compressed message leaves out at its end (RFC 7692)."""


class Hearing:
    """One client's frames.

    Attributes:
        begun: Whether whatever is half there has begun with the bytes heard last.
        open: Whether neither side has said goodbye.
        inflates: Whether messages may come compressed.
    """

    __slots__ = (
        "_deflated",
        "_out",
        "_parts",
        "_rest",
        "_size",
        "_whole",
        "begun",
        "inflates",
        "open",
    )
    most_bytes = MAX_CLIENT_FRAME

    def __init__(self, *, inflates: bool = False) -> None:
        self.inflates = inflates
        # Whether the message that is being heard is compressed.
        self._deflated = False
        self.begun = False
        self.open = True
        # The start of a frame that is not whole yet.
        self._rest: bytearray | None = None
        # The fragments of a message that is not whole yet, and their bytes.
        self._parts: list[bytes] | None = None
        self._size = 0
        self._whole: list[bytes] | None = None
        self._out: list[bytes] | None = None

    def is_sign_of_life(self, data: bytes) -> bool:
        """Tell whether bytes are nothing but the answer to our ping.

        Most of what most clients ever say is that.
        """
        return (
            len(data) == _MASKED_HEAD
            and data[0] == _FIN | _PONG
            and data[1] == _MASKED
            and self._rest is None
            and self.open
        )

    def hear(self, data: bytes) -> list[bytes]:
        """Take bytes in; return the texts that are whole now, in order."""
        self.begun = False
        heard: bytes | bytearray = data
        if self._rest is not None:
            self._rest += data
            heard = self._rest
        at, size = 0, len(heard)
        while at < size and self.open and (end := self._take_frame(heard, at)):
            at = end
        if not self.open or at == size:
            self._rest = None
        elif at or self._rest is None:
            self._rest = bytearray(heard[at:])
        whole, self._whole = self._whole, None
        return whole or []

    def _take_frame(self, heard: bytes | bytearray, at: int) -> int:
        """Take the frame that begins at `at`; return its end, 0 if it is not whole."""
        start = at + 2
        if len(heard) < start:
            return 0
        head, size = heard[at], heard[at + 1]
        whole = head == _WHOLE_TEXT and size & _MASKED and self._parts is None
        if not whole and not self._admits(head, size):
            return 0
        size &= ~_MASKED
        if size > _SHORT:
            start += 2 if size == _SHORT + 1 else 8
            # Of a length that is not whole yet this makes a smaller one.
            size = int.from_bytes(heard[at + 2 : start])
            if size + self._size > self.most_bytes:
                self.fail(CloseCode.MESSAGE_TOO_BIG, "Too long.")
                return 0
        end = start + 4 + size
        if len(heard) < end:
            return 0
        payload = apply_mask(heard[start + 4 : end], heard[start : start + 4])
        if whole:
            self._take_message(payload)
            self.begun = True
        else:
            self._take(head, payload)
        return end

    def _admits(self, head: int, size: int) -> bool:
        """Tell whether a frame may begin like this; say goodbye if it may not."""
        opcode = head & _OPCODE
        reserved = head & _RESERVED and not self._may_deflate(head)
        if reserved or opcode not in _OPCODES or not size & _MASKED:
            self.fail(CloseCode.PROTOCOL_ERROR, "No such frame.")
        elif opcode & _CONTROL and (size > _MASKED | _SHORT or not head & _FIN):
            self.fail(CloseCode.PROTOCOL_ERROR, "Control frames are short and whole.")
        return self.open

    def _may_deflate(self, head: int) -> bool:
        """Tell whether reserved bits say nothing but that a message is compressed.

        It is said with the first of a message's frames.
        """
        begins = head & _OPCODE in {_TEXT, _BINARY}
        return self.inflates and begins and head & _RESERVED == _DEFLATED

    def _take(self, head: int, payload: bytes) -> None:
        opcode = head & _OPCODE
        if opcode & _CONTROL:
            self._take_control(opcode, payload)
        else:
            if opcode != _CONT:
                self._deflated = bool(head & _DEFLATED)
            self._take_data(opcode, payload, whole=bool(head & _FIN))
        if self._parts is None:
            self.begun = True

    def _take_data(self, opcode: int, payload: bytes, *, whole: bool) -> None:
        parts = self._parts
        if (opcode == _CONT) == (parts is None):
            self.fail(CloseCode.PROTOCOL_ERROR, "Fragments are out of order.")
        elif opcode == _BINARY:
            self.fail(CloseCode.UNSUPPORTED_DATA, "Text frames only.")
        elif parts is None and whole:
            self._take_whole(payload)
        else:
            self._take_part(parts or [], payload, whole=whole)

    def _take_part(self, parts: list[bytes], payload: bytes, *, whole: bool) -> None:
        parts.append(payload)
        self._parts, self._size = parts, self._size + len(payload)
        if self._size > self.most_bytes:
            self.fail(CloseCode.MESSAGE_TOO_BIG, "Too long.")
        elif whole:
            self._parts, self._size = None, 0
            self._take_whole(b"".join(parts))
        elif len(parts) >= MOST_FRAGMENTS:
            self.fail(CloseCode.MESSAGE_TOO_BIG, "Too many fragments.")

    def _inflate(self, deflated: bytes) -> bytes | None:
        """Return what was compressed, never more than a message may have."""
        inflater = zlib.decompressobj(_WINDOW_BITS)
        try:
            text = inflater.decompress(deflated + _FLUSHED, self.most_bytes + 1)
        except zlib.error:
            self.fail(CloseCode.INVALID_DATA, "Not compressed as agreed.")
            return None
        if len(text) > self.most_bytes:
            self.fail(CloseCode.MESSAGE_TOO_BIG, "Too long.")
            return None
        return text

    def _take_whole(self, payload: bytes) -> None:
        message = self._inflate(payload) if self._deflated else payload
        if message is not None:
            self._take_message(message)

    def _take_message(self, text: bytes) -> None:
        if not text.isascii():
            try:
                text.decode()
            except UnicodeDecodeError:
                self.fail(CloseCode.INVALID_DATA, "Not UTF-8.")
                return
        if self._whole is None:
            self._whole = []
        self._whole.append(text)

    def _take_control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._say(_PONG, payload)
        elif opcode == _CLOSE:
            try:
                Goodbye.parse(payload)
            except UnicodeDecodeError:
                self.fail(CloseCode.INVALID_DATA, "Not UTF-8.")
            except ProtocolError:
                self.fail(CloseCode.PROTOCOL_ERROR, "No such goodbye.")
            else:
                self._close(payload)

    def _close(self, goodbye: bytes) -> None:
        if self._parts is None:
            self._part(goodbye)
        else:
            self.fail(CloseCode.PROTOCOL_ERROR, "A message is not whole.")

    @property
    def half(self) -> bool:
        """Whether part of a message or frame is here, and the rest is not."""
        return self._parts is not None or self._rest is not None

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._say(_PING, b"")

    def fail(self, code: int, reason: str) -> None:
        """Say goodbye, and hear nothing more."""
        if self.open:
            self._part(Goodbye(code, reason).serialize())

    def _part(self, goodbye: bytes) -> None:
        """Say goodbye, in answer or first: a server need not wait for the other."""
        self._say(_CLOSE, goodbye)
        self.open = False
        self._parts = self._rest = None
        if self._out is not None:
            self._out.append(b"")

    def _say(self, opcode: int, payload: bytes) -> None:
        if self._out is None:
            self._out = []
        self._out.append(b"%c%c%b" % (_FIN | opcode, len(payload), payload))

    def data_to_send(self) -> list[bytes]:
        """Return what frames have to be answered with; an empty one is the end."""
        out, self._out = self._out, None
        return out or []
