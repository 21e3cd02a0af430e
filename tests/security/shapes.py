"""Frames as nobody should send them, and how the socket ends that they are sent on."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
NAMES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
LARGEST = 128 * 1024
KEY = b"\x0b\xad\xca\xfe"


class Shape(NamedTuple):
    """What is sent, and with which code the server answers."""

    name: str
    data: bytes
    code: int


def build(opcode: int, data: bytes = b"", **odd: int) -> bytes:
    """Return a frame; `odd` says what is wrong with it: `fin` `rsv` `mask` `says`.

    `says` is the length that it claims to have, `wide` the bytes that tell it.
    """
    size = odd.get("says", len(data))
    wide = odd.get("wide", 0 if size < 126 else 2 if size < 65_536 else 8)
    told = {0: size, 2: 126, 8: 127}[wide]
    mask = odd.get("mask", 1)
    head = bytes(
        [odd.get("fin", 1) << 7 | odd.get("rsv", 0) << 4 | opcode, mask << 7 | told]
    )
    head += size.to_bytes(wide, "big") if wide else b""
    if not mask:
        return head + data
    stream = itertools.cycle(KEY)
    return head + KEY + bytes(byte ^ next(stream) for byte in data)


def reserved() -> Iterator[Shape]:
    """Bits that only an extension may set."""
    for rsv, opcode, size in itertools.product(range(1, 8), NAMES, (0, 5)):
        data = build(opcode, b"x" * size, rsv=rsv)
        yield Shape(f"{NAMES[opcode]}, reserved bits {rsv}, {size} bytes", data, 1002)


def unknown() -> Iterator[Shape]:
    """Opcodes that mean nothing."""
    for opcode, fin in itertools.product((3, 4, 5, 6, 7, 11, 12, 13, 14, 15), (0, 1)):
        yield Shape(f"opcode {opcode}, fin {fin}", build(opcode, b"x", fin=fin), 1002)


def unmasked() -> Iterator[Shape]:
    """Frames as only a server may send them."""
    for opcode, size in itertools.product(NAMES, (0, 1, 125, 126, 70_000)):
        if opcode >= CLOSE and size > 125:
            continue
        data = build(opcode, b"x" * size, mask=0)
        yield Shape(f"{NAMES[opcode]} of {size} bytes without a mask", data, 1002)


def controls() -> Iterator[Shape]:
    """Control frames that are too long, or one of several."""
    for opcode in (CLOSE, PING, PONG):
        for size in (126, 127, 1_000, 65_535, 65_536):
            data = build(opcode, b"x" * size)
            yield Shape(f"{NAMES[opcode]} of {size} bytes", data, 1002)
        for size in (0, 2, 125):
            data = build(opcode, b"x" * size, fin=0)
            yield Shape(f"a fragment of a {NAMES[opcode]}, {size} bytes", data, 1002)


def lies() -> Iterator[Shape]:
    """Lengths that nothing of the kind follows."""
    sizes = (LARGEST + 1, 2**20, 2**31, 2**32, 2**40, 2**62, 2**63 - 1)
    for size, opcode in itertools.product(sizes, (TEXT, BINARY)):
        data = build(opcode, says=size, wide=8)
        yield Shape(f"{NAMES[opcode]} that says {size} bytes", data, 1009)
    start = build(TEXT, b"x" * 100, fin=0)
    for size in (LARGEST - 99, 2**32, 2**62):
        data = start + build(CONT, says=size, wide=8)
        yield Shape(f"a continuation that says {size} bytes", data, 1009)


def orphans() -> Iterator[Shape]:
    """Continuations of nothing, and messages amid others."""
    whole = build(TEXT, b'{"type":"ping","id":1}')
    for size, fin, after in itertools.product((0, 1, 200), (0, 1), (b"", whole)):
        name = f"a continuation of nothing, {size} bytes, fin {fin}"
        name += ", after a message" if after else ""
        yield Shape(name, after + build(CONT, b"x" * size, fin=fin), 1002)
    for first, second, fin in itertools.product((TEXT, BINARY), (TEXT, BINARY), (0, 1)):
        amid = build(first, b"{", fin=0) + build(second, b"}", fin=fin)
        name = f"{NAMES[second]}, fin {fin}, amid {NAMES[first]}"
        # A binary message is refused with its first frame, before another is read.
        yield Shape(name, amid, 1003 if first == BINARY else 1002)
    goodbye = build(CLOSE, b"\x03\xe8")
    yield Shape("close amid text", build(TEXT, b"{", fin=0) + goodbye, 1002)
    pings = (build(TEXT, b"{", fin=0) + build(PING, b"1") + build(PING, fin=0),)
    yield Shape("half a ping amid text", pings[0], 1002)


def goodbyes() -> Iterator[Shape]:
    """Close codes that may be said, and those that may not."""
    good = (*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4500, 4999)
    for code, reason in itertools.product(good, ("", "Bye, 🫖.")):
        data = build(CLOSE, code.to_bytes(2, "big") + reason.encode())
        yield Shape(f"close {code} {reason}", data, code)
    bad = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
    for code in bad:
        yield Shape(f"close {code}", build(CLOSE, code.to_bytes(2, "big")), 1002)
    yield Shape("close, half a code", build(CLOSE, b"\x03"), 1002)
    for place, broken in enumerate(BROKEN_UTF8):
        data = build(CLOSE, b"\x03\xe8" + broken)
        yield Shape(f"close with broken UTF-8 {place}", data, 1007)


BROKEN_UTF8 = (
    *(b"\x80", b"\xbf", b"\xc0\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xc3"),
    *(b"\xc3(", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xe2\x82", b"\xe2(\xa1"),
    *(b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80"),
    *(b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf0\x9f\xab", b"\xf0(\x8c\xbc"),
    *(b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80"),
    *(b"\xfc\x84\x80\x80\x80\x80", b"\xfe", b"\xff", b"\xff\xfe{\x00}\x00"),
)


def broken_texts() -> Iterator[Shape]:
    """Invalid UTF-8, whole and split anywhere."""
    for place, broken in enumerate(BROKEN_UTF8):
        text = b'{"id":"' + broken + b'"}'
        yield Shape(f"broken UTF-8 {place}", build(TEXT, text), 1007)
        for split in range(7, 8 + len(broken)):
            data = build(TEXT, text[:split], fin=0) + build(CONT, text[split:])
            yield Shape(f"broken UTF-8 {place}, split at {split}", data, 1007)


def too_much() -> Iterator[Shape]:
    """More than a message may be, in bytes and in pieces; and what is no text."""
    for size in (LARGEST + 1, LARGEST + 2_000):
        yield Shape(f"{size} bytes of text", build(TEXT, b"x" * size), 1009)
    crumbs = build(CONT, b"", fin=0) * 1_100
    yield Shape("1,100 crumbs", build(TEXT, b"", fin=0) + crumbs, 1009)
    for size in (0, 1, 125, 126, 65_536):
        yield Shape(f"{size} bytes of binary", build(BINARY, b"\0" * size), 1003)


SHAPES: list[Shape] = [
    shape
    for shapes in (
        *(reserved, unknown, unmasked, controls, lies),
        *(orphans, goodbyes, broken_texts, too_much),
    )
    for shape in shapes()
]
