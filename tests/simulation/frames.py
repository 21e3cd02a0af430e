"""What goes over a wire, and what is kept of it on both ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

Json = dict[str, Any]
TWO_BYTES = 126
"""From here on a frame's length takes more than one byte (RFC 6455, section 5.2)."""
_TEXT, _CLOSE, _PING = 1, 8, 9
_decode = msgspec.json.Decoder(Json).decode


@dataclass(slots=True)
class Asked:
    """A command that was sent.

    Attributes:
        floor: The newest `seq` of its room that anybody knew to be acknowledged.
        then: What its device does with the answer.
        answered: Whether the server has written an answer.
    """

    command: Json
    floor: int
    then: Callable[[Json], None] | None = None
    answered: bool = False


@dataclass(slots=True)
class Opened:
    """One opening on one socket: what comes next, and what its first page shows."""

    next: int
    head: int


@dataclass(slots=True)
class Ledger:
    """What one socket was told."""

    name: str
    epoch: str
    person: int = 0
    opened: dict[str, Opened] = field(default_factory=dict[str, Opened])
    told: dict[str, int] = field(default_factory=dict[str, int])
    posted: dict[str, tuple[int, int]] = field(
        default_factory=dict[str, tuple[int, int]]
    )
    paused_at: float = 0.0
    late: set[str] = field(default_factory=set[str])


class Frames:
    """What one write of the server holds, read once for all who get it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.texts: list[Json] = []
        self.closes = False
        self.pings = 0
        at = 0
        while at < len(data):
            kind, size = data[at] & 15, data[at + 1]
            at += 2
            if size >= TWO_BYTES:
                width = 2 if size == TWO_BYTES else 8
                size = int.from_bytes(data[at : at + width], "big")
                at += width
            if kind == _TEXT:
                self.texts.append(_decode(data[at : at + size]))
            elif kind == _CLOSE:
                self.closes = True
            elif kind == _PING:
                self.pings += 1
            at += size
