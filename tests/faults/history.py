"""What clients sent, were promised and saw, held against the log as it is at last."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]


@dataclass
class History:
    """What one client knows. Its messages are numbered: their `cmid` is the number.

    Attributes:
        person: Its id.
        sent: The text of everything that it tried to post.
        acked: The `seq` that it was promised for what it posted.
        seen: What it saw live, by `seq`.
    """

    person: str = ""
    sent: dict[int, str] = field(default_factory=dict[int, str])
    acked: dict[int, int] = field(default_factory=dict[int, int])
    seen: dict[int, Event] = field(default_factory=dict[int, Event])


def list_faults(histories: Sequence[History], log: Sequence[Event]) -> list[str]:
    """Return every promise that was broken, one line each."""
    return [
        *_gaps(log),
        *_doubles(log),
        *(
            fault
            for history in histories
            for fault in (
                *_lost(history, log),
                *_phantoms(history, log),
                *_disorder(history, log),
            )
        ),
    ]


def _gaps(log: Sequence[Event]) -> Iterator[str]:
    for place, event in enumerate(log, start=1):
        if event["seq"] != place:
            yield f"gap: {event['seq']} stands where {place} should"
            return


def _doubles(log: Sequence[Event]) -> Iterator[str]:
    known: set[tuple[str, str]] = set()
    for event in _messages(log):
        name = (event["by"], event["cmid"])
        if name in known:
            yield f"double: {name} again at {event['seq']}"
        known.add(name)


def _lost(history: History, log: Sequence[Event]) -> Iterator[str]:
    places = {event["seq"]: event for event in log}
    for number, seq in history.acked.items():
        event = places.get(seq, {})
        kept = (event.get("by"), event.get("cmid"), event.get("text"))
        if kept != (history.person, str(number), history.sent[number]):
            yield f"lost: {number} of {history.person} was promised {seq}"


def _phantoms(history: History, log: Sequence[Event]) -> Iterator[str]:
    places = {event["seq"]: event for event in log}
    for seq, event in history.seen.items():
        kept = places.get(seq, {})
        if any(kept.get(name) != event[name] for name in ("by", "at", "kind")):
            yield f"phantom: {history.person} saw {seq}, which is something else"
    for event in _messages(log):
        number = int(event["cmid"])
        if event["by"] == history.person and event["text"] != history.sent.get(number):
            yield f"phantom: {history.person} never sent {number}"


def _disorder(history: History, log: Sequence[Event]) -> Iterator[str]:
    mine = [
        int(each["cmid"]) for each in _messages(log) if each["by"] == history.person
    ]
    if mine != sorted(mine):
        yield f"disorder: {history.person} sent in another order"


def _messages(log: Iterable[Event]) -> Iterator[Event]:
    return (event for event in log if event["kind"] == "message")
