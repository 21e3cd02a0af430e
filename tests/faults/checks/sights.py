"""What every device was told, opening by opening and page by page, as time went by."""

from dataclasses import dataclass, field

from tests.faults.checks.facts import Command, Facts, who
from tests.faults.checks.findings import Kind, Report
from tests.faults.checks.folding import Log
from tests.faults.checks.orders import Orders
from tests.faults.checks.pages import check_extent
from tests.faults.checks.views import Views
from tests.faults.history import Record

NEWEST = 50
MOST = 2_000
_OPENERS = frozenset({"start_room", "join_room", "open_room"})


@dataclass(slots=True)
class _Opening:
    """What is to come next on it, and after what its reader may see nothing."""

    head: int
    next: int
    until: int | None
    number: int


@dataclass(slots=True)
class _Asked:
    """What a device had been told when it asked, and what it had written."""

    told: int
    own: int
    told_in: int
    own_in: int


@dataclass(slots=True)
class _Mark:
    seq: int = 0
    number: int = -1

    def rise(self, seq: int, number: int) -> None:
        if seq > self.seq:
            self.seq, self.number = seq, number


@dataclass
class _Device:
    """One device at one moment of the history."""

    openings: dict[str, _Opening] = field(default_factory=dict[str, _Opening])
    told: dict[str, _Mark] = field(default_factory=dict[str, _Mark])
    wrote: dict[str, _Mark] = field(default_factory=dict[str, _Mark])
    answered: Command | None = None


class Sights:
    """A walk through a history in the order of time."""

    def __init__(self, facts: Facts, logs: dict[str, Log], report: Report) -> None:
        self._facts = facts
        self._logs = logs
        self._report = report
        self._views = Views(facts, logs, report)
        self._orders = Orders(facts, logs, report)
        self._devices: dict[str, _Device] = {}
        self._own: dict[tuple[str, str], _Mark] = {}
        self._own_at: dict[tuple[str, str], dict[int, int]] = {}
        self._asked: dict[int, _Asked] = {}

    def walk(self) -> None:
        """Judge every record."""
        for number, record in self._facts.records:
            device = self._devices.setdefault(record["device"], _Device())
            match record["what"]:
                case "invoke":
                    self._invoke(device, self._facts.commands[record["op"]])
                case "ok":
                    command = self._facts.commands[record["op"]]
                    self._answer(device, command, number, record["t"])
                case "opened":
                    self._open(device, number, record)
                case "delivered":
                    self._deliver(device, number, record)
                case "page":
                    self._read(device, number, record)
                case "lost":
                    device.openings.clear()
                    device.wrote.clear()
                case _:
                    pass

    # What it says

    def _invoke(self, device: _Device, command: Command) -> None:
        self._orders.say(command)
        room = command.room
        if command.type in _OPENERS or command.type == "history":
            told = device.told.get(room, _Mark())
            own = self._own.get((command.person, room), _Mark())
            same = device.wrote.get(room, _Mark())
            if same.seq > own.seq:
                own = same
            self._asked[command.op] = _Asked(told.seq, own.seq, told.number, own.number)
        elif command.happened and command.seq is not None:
            # Whatever the socket says after it must see it, answered or not.
            device.wrote.setdefault(room, _Mark()).rise(command.seq, command.said)

    def _answer(
        self, device: _Device, command: Command, number: int, at: float
    ) -> None:
        device.answered = command
        room, seq = command.room, command.seq
        if command.type == "close_room":
            device.openings.pop(room, None)
        if seq is None or command.type in {"hello", "mark_read"}:
            return
        self._tell(device, room, seq, number, at)
        own = self._own.setdefault((command.person, room), _Mark())
        own.rise(seq, number)
        self._own_at.setdefault((command.person, room), {})[seq] = number

    def _tell(
        self, device: _Device, room: str, seq: int, number: int, at: float
    ) -> None:
        device.told.setdefault(room, _Mark()).rise(seq, number)
        self._orders.told(room, seq, number, at)

    def _find(self, kind: Kind, room: str, sentence: str, *records: int) -> None:
        self._report.find(kind, room, sentence, records)

    # What it is told

    def _check_head(self, record: Record, number: int, asked: _Asked) -> None:
        room, head = record["room"], record["head"]
        if head < asked.told:
            sentence = f"the head is {head} after {asked.told} was told"
            self._find(Kind.CURSOR, room, sentence, asked.told_in, number)
        if head < asked.own:
            sentence = f"the head is {head}, and the asker's own {asked.own} is missing"
            self._find(Kind.OWN_WRITES, room, sentence, asked.own_in, number)
        log = self._logs.get(room)
        if log is not None and head > log.head:
            sentence = f"a head of {head}, where the log ends at {log.head}"
            self._find(Kind.PHANTOM, room, sentence, number, log.number)

    def _take_answered(self, device: _Device, *types: str) -> Command | None:
        """Return the command to which what comes is the answer."""
        command, device.answered = device.answered, None
        return command if command is not None and command.type in types else None

    def _open(self, device: _Device, number: int, record: Record) -> None:
        self._report.counts["openings"] += 1
        room, head = record["room"], record["head"]
        command = self._take_answered(device, *_OPENERS)
        if command is not None:
            self._check_head(record, number, self._asked[command.op])
        self._check_reset(record, number, command.fields if command else {})
        self._check_from(record, number)
        until = self._check_member(record, number)
        device.openings[room] = _Opening(head, record["from"], until, number)
        self._tell(device, room, head, number, record["t"])

    def _check_from(self, record: Record, number: int) -> None:
        after, start, room = record["after"], record["from"], record["room"]
        if after is not None and not record["reset"]:
            expected = after + 1
            if start <= after:
                sentence = f"an opening after {after} begins at {start}"
                self._find(Kind.CURSOR, room, sentence, number)
        else:
            expected = max(1, record["head"] - NEWEST + 1)
        if start != expected:
            sentence = f"an opening begins at {start} instead of {expected}"
            self._find(Kind.GAP, room, sentence, number)

    def _check_reset(self, record: Record, number: int, fields: Record) -> None:
        after, head, room = record["after"], record["head"], record["room"]
        if after is None:
            return
        leads = after <= head <= after + fields.get("most", MOST)
        at, log = fields.get("at"), self._logs.get(room)
        if leads and at is not None and after > 0 and log is not None:
            event = log.events.get(after)
            leads = event is not None and event["at"] == at
        if leads == record["reset"]:
            sentence = (
                f"an opening after {after} is {'' if record['reset'] else 'not '}reset"
            )
            self._find(Kind.RESET, room, sentence, number)

    def _check_member(self, record: Record, number: int) -> int | None:
        """Return the end of the membership under which somebody reads; None: none."""
        room, head = record["room"], record["head"]
        log = self._logs.get(room)
        if log is None or head >= log.unsure_from:
            return None
        person = who(self._facts, record["device"], number)
        for member in log.members.get(person, []):
            if member.holds_at(head):
                return member.until
        sentence = f"{person or 'nobody'} read the log at {head} and was no member"
        self._find(Kind.NON_MEMBER, room, sentence, number, log.number)
        return 0

    def _deliver(self, device: _Device, number: int, record: Record) -> None:
        room, events = record["room"], record["events"]
        self._report.counts["delivered"] += len(events)
        opening = device.openings.get(room)
        if opening is None:
            sentence = f"events from {record['from']} on belong to no opening"
            self._find(Kind.GAP, room, sentence, number)
            opening = _Opening(0, record["from"], self._end_of(record, number), number)
        if events:
            self._check_batch(opening, record, number)
            last = events[-1]["seq"]
            for event in events:
                since = opening.head if event["seq"] <= opening.head else 0
                self._views.see(room, event, number, since=since, head=None)
            self._tell(device, room, last, number, record["t"])

    def _end_of(self, record: Record, number: int) -> int | None:
        """Return after what a device without an opening may be told nothing."""
        log = self._logs.get(record["room"])
        if log is None:
            return None
        members = log.members.get(who(self._facts, record["device"], number), [])
        return members[-1].until if members else 0

    def _renew(self, opening: _Opening, record: Record, number: int) -> None:
        """Let who can have come in again before it began read all that there is."""
        room, log = record["room"], self._logs[record["room"]]
        person, last = who(self._facts, record["device"], number), record["events"][-1]
        members = log.members.get(person, [])
        arrivals = self._facts.list_arrivals(person, room, len(members))
        for member, arrival in zip(members, arrivals, strict=False):
            late = member.until is None or member.until >= last["seq"]
            if late and arrival < self._facts.times[opening.number]:
                opening.until = member.until
                return

    def _check_batch(self, opening: _Opening, record: Record, number: int) -> None:
        room, events = record["room"], record["events"]
        places = [event["seq"] for event in events]
        first, last = places[0], places[-1]
        expected = list(range(opening.next, opening.next + len(places)))
        if record["from"] != first or places != expected:
            sentence = f"events {first} to {last} where {opening.next} should follow"
            self._find(Kind.GAP, room, sentence, opening.number, number)
        if first < opening.next:
            sentence = f"{first} is told, and {opening.next - 1} was told before"
            self._find(Kind.CURSOR, room, sentence, opening.number, number)
        opening.next = max(opening.next, last + 1)
        if opening.until is not None and last > opening.until:
            self._renew(opening, record, number)
        if opening.until is not None and last > opening.until:
            sentence = f"{last} was told to somebody who was in until {opening.until}"
            self._find(Kind.NON_MEMBER, room, sentence, opening.number, number)

    def _read(self, device: _Device, number: int, record: Record) -> None:
        self._report.counts["pages"] += 1
        room, head = record["room"], record["head"]
        command = self._take_answered(device, "history")
        told = device.told.get(room, _Mark())
        asked = _Asked(told.seq, 0, told.number, -1)
        if command is not None:
            before = self._asked[command.op]
            asked = _Asked(told.seq, before.own, told.number, before.own_in)
            known = max(before.told, before.own)
            self._check_extent(command, record, number, known)
        self._check_head(record, number, asked)
        self._check_member(record, number)
        for event in record["events"]:
            self._views.see(room, event, number, since=head, head=head)
        self._tell(device, room, head, number, record["t"])

    def _check_extent(
        self, command: Command, record: Record, number: int, known: int
    ) -> None:
        missing = check_extent(command.fields, record, known)
        if not missing:
            return
        room = record["room"]
        sentence = f"a page lacks {missing[0]}, or has what it should not"
        self._find(Kind.GAP, room, sentence, command.said, number)
        own = self._own_at.get((command.person, room), {})
        for seq in missing:
            if seq in own and own[seq] < command.said:
                sentence = f"a page lacks {seq}, which its reader wrote"
                self._find(Kind.OWN_WRITES, room, sentence, own[seq], number)
