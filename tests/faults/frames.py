"""Frames as simply as can be, without a library that checks or copies (RFC 6455)."""

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


def frame(kind: int, payload: bytes) -> bytes:
    """Return a client's frame; its mask changes nothing."""
    length = len(payload)
    if length < 126:
        size = bytes([0x80 | length])
    else:
        size = bytes([0x80 | 126]) + length.to_bytes(2)
    return bytes([kind]) + size + bytes(4) + payload


def first_frame(said: bytes | bytearray) -> tuple[int, int, int] | None:
    """Return the kind of the first frame, and where its payload begins and ends."""
    if len(said) < 2:
        return None
    start, length = 2, said[1]
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(said[2:start])
    if len(said) < start + length:
        return None
    return said[0], start, start + length
