"""What a checker has to say: which promise is broken, where, and what proves it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from typing_extensions import override

Counts = Counter[str]


class Kind(StrEnum):
    """The ways in which a history can break the contract.

    Attributes:
        LOST: Acknowledged, and not in the log as it was promised.
        DUPLICATE: One wish, two events; or a repetition of what never was.
        PHANTOM: Seen, and not in the log so; or in the log, and nobody's wish.
        GAP: A log, a page or an opening that does not go on where it should.
        ORDER: Two saw different things at one `seq`, or a room's time went back.
        SENDER_ORDER: One device's words stand in another order than it said them.
        REAL_TIME: Said later than what stood in the log, and yet before it.
        CURSOR: Somebody was taken back behind what they had been told.
        OWN_WRITES: Somebody read, and missed what they had written themselves.
        NON_MEMBER: Somebody saw what is for members, and was none.
        DIVERGED: A message as it was told is not what its changes make of it.
        RESET: A client went on from where the log does not lead, or was sent back
            from where it does.
        UNLOGGED: Nobody read a room's log at the end: nothing is proved about it.
    """

    LOST = "lost"
    DUPLICATE = "duplicate"
    PHANTOM = "phantom"
    GAP = "gap"
    ORDER = "order"
    SENDER_ORDER = "sender order"
    REAL_TIME = "real-time order"
    CURSOR = "cursor going back"
    OWN_WRITES = "read your writes"
    NON_MEMBER = "seen by a non-member"
    DIVERGED = "diverged"
    RESET = "reset"
    UNLOGGED = "unlogged"


@dataclass(frozen=True)
class Fault:
    """One broken promise; `records` are the numbers of those that prove it, from 0."""

    kind: Kind
    room: str
    sentence: str
    records: tuple[int, ...] = ()

    @override
    def __str__(self) -> str:
        where = ", ".join(map(str, self.records))
        return f"{self.kind} in {self.room or 'no room'}: {self.sentence} [{where}]"


@dataclass
class Report:
    """What came of a history: no faults, if all is well, and how much was looked at."""

    faults: list[Fault] = field(default_factory=list[Fault])
    counts: Counts = field(default_factory=Counts)

    @property
    def kinds(self) -> set[Kind]:
        """The kinds of fault that were found."""
        return {fault.kind for fault in self.faults}

    def find(
        self, kind: Kind, room: str, sentence: str, records: Iterable[int | None] = ()
    ) -> None:
        """Note a fault."""
        proof = tuple(sorted({n for n in records if n is not None}))
        self.faults.append(Fault(kind, room, sentence, proof))

    @override
    def __str__(self) -> str:
        counted = ", ".join(f"{n} {what}" for what, n in self.counts.items())
        return "\n".join([counted, *map(str, self.faults)])
