"""Whether a room's final log is a sound log by itself, and what stands on the disk."""

from tests.faults.checks.facts import Facts
from tests.faults.checks.findings import Kind, Report
from tests.faults.checks.folding import Log
from tests.faults.history import Record

_AFTER_DELETION = frozenset({"edited", "reacted"})


def check_log(facts: Facts, log: Log, report: Report) -> None:
    """Find what no log may look like."""
    record = facts.logs[log.room][1]
    report.counts["events in logs"] += len(record["events"])
    _check_places(log, record["events"], report, "the log")
    _check_times(log, report)
    _check_folding(log, report)
    _check_reactions(log, report)
    if record.get("raw") is not None:
        _check_disk(log, record["raw"], report)


def _check_places(log: Log, events: list[Record], report: Report, what: str) -> None:
    for place, event in enumerate(events, 1):
        if event["seq"] != place:
            report.find(
                Kind.GAP,
                log.room,
                f"{what} has {event['seq']} where {place} should be",
                (log.number,),
            )
            return


def _check_times(log: Log, report: Report) -> None:
    last = 0
    for seq in sorted(log.events):
        at = log.events[seq]["at"]
        if at < last:
            report.find(
                Kind.ORDER,
                log.room,
                f"time goes back from {last} to {at} at {seq}",
                (log.number,),
            )
        last = max(last, at)


def _check_folding(log: Log, report: Report) -> None:
    for seq, event in log.events.items():
        wrong = wrong_text(log, event, log.head)
        if event["kind"] == "message":
            last = log.states[seq][-1]
            wrong = last.differs(event)
            if event.get("changed", 0) != last.changed:
                wrong = "changed"
        elif event["kind"] in _AFTER_DELETION:
            gone = log.deleted.get(event["target"])
            if gone is not None and gone < seq:
                wrong = "place: its message was deleted before it"
        if wrong:
            report.find(
                Kind.DIVERGED,
                log.room,
                f"the {event['kind']} at {seq} has another {wrong}",
                (log.number,),
            )


def wrong_text(log: Log, edit: Record, head: int) -> str | None:
    """Tell what is wrong with an edit that was read when the log ended at `head`."""
    if edit["kind"] != "edited":
        return None
    gone = log.deleted.get(edit["target"])
    if edit["text"] is None:
        return "text: none" if gone is None else None
    if gone is not None and gone <= head:
        return "text: it was deleted"
    texts = log.edits.get(edit["seq"])
    return "text" if texts and edit["text"] not in texts else None


def _check_reactions(log: Log, report: Report) -> None:
    """See that no reaction is there that changes nothing."""
    on: set[tuple[int, str, str]] = set()
    for seq in sorted(log.events):
        event = log.events[seq]
        if event["kind"] != "reacted":
            continue
        one = event["target"], event["emoji"], event["by"]
        if (one in on) == event["on"]:
            report.find(
                Kind.DUPLICATE,
                log.room,
                f"the reaction at {seq} changes nothing",
                (log.number,),
            )
        (on.add if event["on"] else on.discard)(one)


def _check_disk(log: Log, raw: list[Record], report: Report) -> None:
    _check_places(log, raw, report, "the disk")
    on_disk = {row["seq"]: row for row in raw}
    for seq in on_disk.keys() - log.events.keys():
        report.find(
            Kind.GAP, log.room, f"{seq} is on the disk and was not read", (log.number,)
        )
    for seq, event in log.events.items():
        row = on_disk.get(seq)
        if row is None or any(
            row[name] != event[name] for name in ("by", "kind", "at")
        ):
            report.find(
                Kind.PHANTOM,
                log.room,
                f"the {event['kind']} at {seq} is not so on the disk: {row}",
                (log.number,),
            )
