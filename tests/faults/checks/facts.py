"""What a history says was done: who commanded what, and how it ended.

The records are put in the order of their time; a fault names their numbers as the
history has them. A command without an end is unknown.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from tests.faults.history import History, Record

Key = tuple[str, str, str]
"""A message as its sender knows it: room, person, `cmid`."""

NEVER = float("inf")


class Outcome(Enum):
    """How a command ended."""

    OK = auto()
    FAILED = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class Command:
    """One command: `said` and `answered` number its records, `at` and `until` are when.

    `socket` numbers the sockets of the whole history.
    """

    op: int
    type: str
    fields: Record
    device: str
    person: str
    socket: int
    said: int
    at: float
    outcome: Outcome = Outcome.UNKNOWN
    answered: int | None = None
    until: float = NEVER
    result: Record = field(default_factory=dict[str, Any])
    code: str = ""

    @property
    def happened(self) -> bool:
        """Whether it was acknowledged."""
        return self.outcome is Outcome.OK

    @property
    def may_have_happened(self) -> bool:
        """Whether it was not refused."""
        return self.outcome is not Outcome.FAILED

    @property
    def room(self) -> str:
        """Which room it was about, as far as that is known."""
        opened = self.result.get("room")
        return opened["id"] if opened else self.fields.get("room", "")

    @property
    def seq(self) -> int | None:
        """Where what it did stands."""
        return self.result.get("seq")


class Posted:
    """One message: all attempts to post it, in the order of time.

    Attributes:
        key: How its sender knows it.
        attempts: All of them.
        acknowledged: The first attempt that was acknowledged.
        earliest: The first attempt that can have put it into the log.
        exact: The attempt that put it into the log, if that is known.
        socket: The only socket on which it can have been put there, if there is one.
    """

    __slots__ = ("acknowledged", "attempts", "earliest", "exact", "key", "socket")

    def __init__(self, key: Key, attempts: list[Command]) -> None:
        self.key = key
        self.attempts = attempts
        self.acknowledged = next((c for c in attempts if c.happened), None)
        unknown = [c for c in attempts if c.outcome is Outcome.UNKNOWN]
        fresh = [c for c in attempts if c.happened and not c.result["duplicate"]]
        candidates = fresh[:1] or unknown
        self.earliest = next(iter(fresh or self.possible), None)
        self.exact = candidates[0] if len(candidates) == 1 else None
        sockets = {command.socket for command in candidates}
        self.socket = sockets.pop() if len(sockets) == 1 else None

    @property
    def possible(self) -> list[Command]:
        """The attempts that were not refused."""
        return [c for c in self.attempts if c.may_have_happened]

    def texts(self) -> set[str]:
        """Return what its first text can have been."""
        known = self.acknowledged
        if known is not None:
            return {clean_text(known.fields["text"])}
        return {clean_text(command.fields["text"]) for command in self.possible}


@dataclass
class Facts:
    """All commands of a history, and its records in the order of time.

    Attributes:
        records: Each with its number, by time.
        times: When each was, by its number.
        commands: By `op`, by time.
        posts: The messages and who tried when to post them.
        edits: The edits by room, person and target.
        people: Who each device is, and from which record on.
        moves: Who wished to come into or leave which room, which may be unknown.
        logs: The last reading of each room's log, and its number.
    """

    records: list[tuple[int, Record]]
    times: list[float]
    commands: dict[int, Command] = field(default_factory=dict[int, Command])
    posts: dict[Key, Posted] = field(default_factory=dict[Key, Posted])
    people: dict[str, list[tuple[int, str]]] = field(
        default_factory=dict[str, list[tuple[int, str]]]
    )
    logs: dict[str, tuple[int, Record]] = field(
        default_factory=dict[str, tuple[int, Record]]
    )

    edits: dict[tuple[str, str, int], list[Command]] = field(
        default_factory=dict[tuple[str, str, int], list[Command]]
    )

    moves: dict[str, list[Command]] = field(default_factory=dict[str, list[Command]])

    def list_arrivals(self, person: str, room: str, most: int) -> list[float]:
        """Return when somebody can have come into a room at the earliest, each time."""
        moves = [c for c in self.moves.get(person, []) if c.room in {"", room}]
        joins = [c for c in moves if c.type != "leave_room"]
        leaves = [c for c in moves if c.type == "leave_room"]
        arrivals: list[float] = []
        now = 0.0
        while len(arrivals) < most and now < NEVER:
            now = _next_effect(joins, now)
            arrivals.append(now)
            now = _next_effect(leaves, now)
        return arrivals

    def texts_of_edit(
        self, room: str, person: str, target: int, seq: int
    ) -> frozenset[str | None]:
        """Return what the edit at `seq` can have said, by who was to do it."""
        edits = self.edits.get((room, person, target), [])
        sure = [c for c in edits if c.happened and c.seq == seq]
        perhaps = [c for c in edits if c.outcome is Outcome.UNKNOWN]
        return frozenset(clean_text(c.fields["text"]) for c in sure or perhaps)

    def of_type(self, *types: str) -> Iterator[Command]:
        """Return the commands of these types, in the order of time."""
        return (c for c in self.commands.values() if c.type in types)


def clean_text(text: str) -> str:
    """Return a text as the contract says that it is kept."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def clean_line(text: str) -> str:
    """Return a name or topic as the contract says that it is kept."""
    return unicodedata.normalize("NFKC", text).strip()


def gather(history: History) -> Facts:
    """Return what was done."""
    numbered = sorted(enumerate(history.records), key=lambda pair: pair[1]["t"])
    facts = Facts(numbered, [record["t"] for record in history.records])
    sockets: dict[str, int] = {}
    for number, record in numbered:
        _take(facts, sockets, number, record)
    _say_who(facts)
    attempts: dict[Key, list[Command]] = {}
    for command in facts.of_type("post_message"):
        key = command.fields["room"], command.person, command.fields["cmid"]
        attempts.setdefault(key, []).append(command)
    facts.posts = {key: Posted(key, tried) for key, tried in attempts.items()}
    for command in facts.of_type("edit_message"):
        place = command.fields["room"], command.person, command.fields["seq"]
        facts.edits.setdefault(place, []).append(command)
    for command in facts.of_type("join_room", "start_room", "leave_room"):
        if command.may_have_happened:
            facts.moves.setdefault(command.person, []).append(command)
    return facts


def _next_effect(commands: list[Command], now: float) -> float:
    """Return when the first of these commands from now on can have happened."""
    return min((max(c.at, now) for c in commands if c.until >= now), default=NEVER)


def _take(facts: Facts, sockets: dict[str, int], number: int, record: Record) -> None:
    match record["what"]:
        case "invoke":
            _say(facts, sockets, number, record)
        case "ok" | "fail":
            _answer(facts, number, record)
        case "person":
            known = facts.people.setdefault(record["device"], [])
            known.append((number, record["id"]))
        case "lost":
            sockets.pop(record["device"], None)
        case "log":
            facts.logs[record["room"]] = number, record
        case _:
            pass


def _say(facts: Facts, sockets: dict[str, int], number: int, record: Record) -> None:
    op, device, fields = record["op"], record["device"], record["command"]
    # The number of what is said first on a socket is a number for it, too.
    socket = sockets.setdefault(device, number)
    facts.commands[op] = Command(
        op, fields["type"], fields, device, "", socket, number, record["t"]
    )


def _answer(facts: Facts, number: int, record: Record) -> None:
    command = facts.commands[record["op"]]
    command.answered, command.until = number, record["t"]
    if record["what"] == "fail":
        command.outcome, command.code = Outcome.FAILED, record["code"]
        return
    command.outcome, command.result = Outcome.OK, record["result"]


def _say_who(facts: Facts) -> None:
    """Note whose each command is: a device is its last known person's.

    One whose guest was forgotten before it was written down comes back as another.
    """
    for device, known in facts.people.items():
        known.sort()
        facts.people[device] = _without_repetition(known)
    for command in facts.commands.values():
        command.person = who(facts, command.device, command.answered or command.said)


def _without_repetition(known: list[tuple[int, str]]) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for number, person in known:
        if not kept or kept[-1][1] != person:
            kept.append((number, person))
    return kept


def who(facts: Facts, device: str, number: int) -> str:
    """Return who a device is at a record."""
    known = facts.people.get(device, [])
    if not known:
        return ""
    person = known[0][1]
    for since, other in known:
        if since > number:
            break
        person = other
    return person
