"""Copies of sound histories, to be spoilt in one place each."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tests.faults.checks.findings import Kind
from tests.faults.history import History, Record

T = TypeVar("T")


class Nowhere(Exception):
    """There is no place in this history where it could be spoilt so."""


@dataclass(frozen=True)
class Broken:
    """A history, how it is broken, and what must be said of it."""

    name: str
    kind: Kind
    history: History


@dataclass
class Said:
    """A command and its answer."""

    invoke: Record
    answer: Record

    @property
    def fields(self) -> Record:
        """What was said."""
        return self.invoke["command"]

    @property
    def result(self) -> Record:
        """What came of it."""
        return self.answer["result"]


@dataclass
class Seen:
    """An event in a record."""

    record: Record
    event: Record

    @property
    def seq(self) -> int:
        """Where it is said to stand."""
        return self.event["seq"]


@dataclass
class Stretch:
    """An opening with what was delivered on it, and the command that it answers."""

    invoke: Record
    opened: Record
    batches: list[Record]


class Copy:
    """A history of its own, and chance to choose a place in it."""

    def __init__(self, text: str, seed: int) -> None:
        self.history = History()
        self.records: list[Record] = json.loads(text)
        self.history.records = self.records
        self.chance = Random(seed)  # noqa: S311 - the same break every time

    def one_of(self, places: Iterable[T]) -> T:
        """Return one of the places, or raise `Nowhere`."""
        found = list(places)
        if not found:
            raise Nowhere
        return self.chance.choice(found)

    def before(self, record: Record) -> float:
        """Return a moment just before a record."""
        return record["t"] - 1e-9

    # What there is

    def of(self, *kinds: str) -> list[Record]:
        """Return the records of some kinds."""
        return [record for record in self.records if record["what"] in kinds]

    def logs(self) -> dict[str, Record]:
        """Return the rooms' final logs."""
        return {record["room"]: record for record in self.of("log")}

    def logged(self, *kinds: str) -> list[Seen]:
        """Return the events of some kinds in the final logs."""
        return [
            Seen(record, event)
            for record in self.of("log")
            for event in record["events"]
            if event["kind"] in kinds
        ]

    def final(self, room: str, seq: int) -> Record:
        """Return an event as the log has it."""
        return self.logs()[room]["events"][seq - 1]

    def views(self, *whats: str) -> list[Seen]:
        """Return the events that were seen, in records of some kinds."""
        return [
            Seen(record, event)
            for record in self.of(*(whats or ("delivered", "page")))
            for event in record["events"]
        ]

    def said(self, *types: str) -> list[Said]:
        """Return the acknowledged commands of some types."""
        invokes = {record["op"]: record for record in self.of("invoke")}
        return [
            Said(invokes[answer["op"]], answer)
            for answer in self.of("ok")
            if invokes[answer["op"]]["command"]["type"] in types
        ]

    def fresh(self) -> list[Said]:
        """Return the posts that were acknowledged as new, and never edited since."""
        return [
            said
            for said in self.said("post_message")
            if not said.result["duplicate"]
            and "changed" not in self.final(said.fields["room"], said.result["seq"])
        ]

    def attempts(self, said: Said) -> list[Record]:
        """Return all records of all commands to post this message."""
        person = self.person_of(said.invoke["device"])
        ops = {
            record["op"]
            for record in self.of("invoke")
            if record["command"]["type"] == "post_message"
            and record["command"]["cmid"] == said.fields["cmid"]
            and record["command"]["room"] == said.fields["room"]
            and self.person_of(record["device"]) == person
        }
        return [record for record in self.records if record.get("op") in ops]

    def person_of(self, device: str) -> str:
        """Return who a device is."""
        return next(r["id"] for r in self.of("person") if r["device"] == device)

    def stretches(self) -> list[Stretch]:
        """Return the openings, each with all that was delivered on it."""
        found: list[Stretch] = []
        now: dict[tuple[str, str], Stretch] = {}
        invokes: dict[int, Record] = {}
        answered: dict[str, Record] = {}
        for record in self.records:
            device, key = record["device"], (record["device"], record.get("room", ""))
            match record["what"]:
                case "invoke":
                    invokes[record["op"]] = record
                case "ok":
                    answered[device] = invokes[record["op"]]
                case "opened":
                    now[key] = Stretch(answered[device], record, [])
                    found.append(now[key])
                case "delivered":
                    now[key].batches.append(record)
                case _:
                    pass
        return found

    def pages(self) -> list[Stretch]:
        """Return the pages, each with the command that it answers."""
        commands = {said.answer["t"]: said for said in self.said("history")}
        last: dict[str, Record] = defaultdict(dict)
        found: list[Stretch] = []
        for record in self.records:
            if record["what"] == "ok" and record["t"] in commands:
                last[record["device"]] = commands[record["t"]].invoke
            elif record["what"] == "page":
                found.append(Stretch(last[record["device"]], record, []))
        return found

    def told_before(self, record: Record) -> int:
        """Return the last event of its room that its device had been sent by then."""
        return max(
            (
                other["events"][-1]["seq"]
                for other in self.of("delivered")
                if other["device"] == record["device"]
                and other["room"] == record["room"]
                and other["t"] < record["t"]
            ),
            default=0,
        )

    def own_before(self, page: Stretch) -> list[int]:
        """Return where the asker's own posts stood when a page was asked for."""
        person = self.person_of(page.invoke["device"])
        return [
            said.result["seq"]
            for said in self.said("post_message")
            if said.answer["t"] < page.invoke["t"]
            and said.fields["room"] == page.opened["room"]
            and self.person_of(said.invoke["device"]) == person
        ]

    # What can be done

    def cut(self, room: str, head: int) -> None:
        """Let the log end earlier, on the disk, too."""
        log = self.logs()[room]
        del log["events"][head:]
        del log["raw"][head:]

    def append(self, room: str, event: Record) -> None:
        """Let the log end with one event more, on the disk, too."""
        log = self.logs()[room]
        last = log["events"][-1]
        event |= {"seq": last["seq"] + 1, "at": last["at"]}
        log["events"].append(event)
        log["raw"].append({name: event[name] for name in ("seq", "by", "kind", "at")})

    def replace(self, room: str, seq: int, event: Record) -> None:
        """Put another event into the log, the disk and everybody's sight."""
        old = self.final(room, seq)
        event |= {"seq": seq, "at": old["at"]}
        for seen in [*self.views(), *(Seen(r, e) for r, e in self._in_log(room))]:
            if seen.record["room"] == room and seen.seq == seq:
                seen.event.clear()
                seen.event.update(event)
        raw = self.logs()[room]["raw"][seq - 1]
        raw.update({"by": event["by"], "kind": event["kind"]})

    def _in_log(self, room: str) -> list[tuple[Record, Record]]:
        log = self.logs()[room]
        return [(log, event) for event in log["events"]]


Break = Callable[[Copy], None]
BREAKS: list[tuple[Kind, Break]] = []
"""Every way to spoil a history, with what must be found in it then."""


def breaks(kind: Kind) -> Callable[[Break], Break]:
    """Note a way to spoil a history."""

    def note(break_it: Break) -> Break:
        BREAKS.append((kind, break_it))
        return break_it

    return note
