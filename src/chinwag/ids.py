"""The names that integers go by, how ids look outside, and where chance comes from."""

import base64
import os
from functools import lru_cache
from typing import NewType, Protocol

PersonId = NewType("PersonId", int)
RoomId = NewType("RoomId", int)
LinkId = NewType("LinkId", int)
Seq = NewType("Seq", int)
"""A place in a room's log, from 1, without gaps."""
Millis = NewType("Millis", int)
"""Milliseconds since 1970 UTC."""

_CHANCE_BITS = 20
_FETCHED_BYTES = 4096
_LARGEST = 2**63 - 1
_MOST_DIGITS = 16


class Dice(Protocol):
    """Where chance comes from."""

    def token(self) -> str:
        """Return a secret of 256 bits in URL-safe letters; no two are alike."""
        ...

    def number(self, bits: int) -> int:
        """Return an unpredictable integer of at most `bits` bits."""
        ...


class SystemDice:
    """Chance from the operating system, fetched for many at a time.

    Each fetch lets other threads run, and then waits for one of them to let go.
    """

    def __init__(self) -> None:
        self._bytes = b""

    def token(self) -> str:
        """Return a secret of 256 bits in URL-safe letters; no two are alike."""
        return base64.urlsafe_b64encode(self._take(32)).rstrip(b"=").decode()

    def number(self, bits: int) -> int:
        """Return an unpredictable integer of at most `bits` bits."""
        size = (bits + 7) // 8
        return int.from_bytes(self._take(size)) >> (8 * size - bits)

    def _take(self, size: int) -> bytes:
        """Return bytes that nobody else gets."""
        if len(self._bytes) < size:
            self._bytes = os.urandom(_FETCHED_BYTES)
        taken, self._bytes = self._bytes[:size], self._bytes[size:]
        return taken


def make_id(now: Millis, dice: Dice) -> int:
    """Return a new id: time first, so that new rows lie side by side, then chance."""
    return (now << _CHANCE_BITS) | dice.number(_CHANCE_BITS)


def to_text(number: int) -> str:
    """Return how an id looks outside: an opaque string."""
    return f"{number:x}"


def from_text(text: str) -> int | None:
    """Return the id that `text` stands for, or None where no id looks like that."""
    return _read(text) if len(text) <= _MOST_DIGITS else None


@lru_cache(maxsize=4_096)
def _read(text: str) -> int | None:
    try:
        number = int(text, 16)
    except ValueError:
        return None
    # `int` takes capitals, signs, blanks and foreign digits; an id has one spelling.
    return number if 0 < number <= _LARGEST and to_text(number) == text else None
