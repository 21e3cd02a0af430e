"""Rows that outlive a batch, so that the next one need not ask for them again.

One connection alone writes. What a batch changes is forgotten at once, and what it knew
when it was durable is remembered: so nothing here is ever newer or older than the disk.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from chinwag.domain.model import Head, Membership, Room
from chinwag.ids import PersonId, RoomId

MOST_MEMBERSHIPS = 4_096
MOST_ROOMS = 2_048

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Rows of one table by their key; those not asked for the longest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[K, V] = {}

    def recall(self, wanted: Iterable[K], known: dict[K, V | None]) -> list[K]:
        """Put into `known` what is remembered of `wanted`; return what is missing."""
        missing: list[K] = []
        for key in wanted:
            if key in known:
                continue
            row = self._rows.get(key)
            if row is None:
                missing.append(key)
            else:
                known[key] = row
        return missing

    def forget(self, key: K) -> None:
        """Forget a row that is about to change."""
        self._rows.pop(key, None)

    def forget_where(self, is_meant: Callable[[K], bool]) -> None:
        """Forget all rows that are meant."""
        for key in [key for key in self._rows if is_meant(key)]:
            del self._rows[key]

    def items(self) -> list[tuple[K, V]]:
        """Return all that is remembered, the longest unasked first."""
        return list(self._rows.items())

    def remember(self, known: Mapping[K, V | None]) -> None:
        """Take over what a batch knew once it is durable."""
        rows = self._rows
        for key, row in known.items():
            rows.pop(key, None)
            if row is not None:
                rows[key] = row
        while len(rows) > self._most:
            del rows[next(iter(rows))]


class Memory:
    """What the batches of one store remember.

    Attributes:
        memberships: Who is what in which room.
        rooms: What rooms are called.
        heads: Where their logs end.
    """

    def __init__(self) -> None:
        self.memberships: Remembered[tuple[RoomId, PersonId], Membership] = Remembered(
            MOST_MEMBERSHIPS
        )
        self.rooms: Remembered[RoomId, Room] = Remembered(MOST_ROOMS)
        self.heads: Remembered[RoomId, Head] = Remembered(MOST_ROOMS)
