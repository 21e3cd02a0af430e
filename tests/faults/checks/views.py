"""One event as somebody saw it, against the final log and what others saw.

A view tells by `changed` which changes are in it, so that it can be compared with what
the log makes of its message up to there. All that follow are told after it on the same
opening, whose batches have no gap: who is told every view right ends up with the log.
"""

from tests.faults.checks.facts import Facts
from tests.faults.checks.findings import Kind, Report
from tests.faults.checks.folding import Identity, Log, identity
from tests.faults.checks.logs import wrong_text
from tests.faults.history import Record


class Views:
    """All that was seen so far."""

    def __init__(self, facts: Facts, logs: dict[str, Log], report: Report) -> None:
        self._facts = facts
        self._logs = logs
        self._report = report
        self._first: dict[str, dict[int, tuple[Identity, int]]] = {}

    def see(
        self, room: str, event: Record, number: int, *, since: int, head: int | None
    ) -> None:
        """Judge an event in a record.

        Args:
            room: Whose it is.
            event: As the wire had it.
            number: The record.
            since: Changes up to here must be in it.
            head: Where the log ended when it was read, if that is known.
        """
        seq = event["seq"]
        seen = identity(event)
        firsts = self._first.setdefault(room, {})
        first = firsts.get(seq)
        if first is None:
            firsts[seq] = seen, number
            self._check_time(room, event, number)
        elif first[0] != seen:
            sentence = f"{seq} was seen in two ways: {first[0]} and {seen}"
            self._report.find(Kind.ORDER, room, sentence, (first[1], number))
        log = self._logs.get(room)
        if log is None:
            return
        if log.identities.get(seq) != seen:
            sentence = f"the log has not what was seen at {seq}: {seen}"
            self._report.find(Kind.PHANTOM, room, sentence, (number, log.number))
            return
        wrong = self._compare(log, event, since, head)
        if wrong:
            sentence = f"the {event['kind']} at {seq} was told with another {wrong}"
            self._report.find(Kind.DIVERGED, room, sentence, (number, log.number))

    def _check_time(self, room: str, event: Record, number: int) -> None:
        if event["kind"] != "message":
            return
        posted = self._facts.posts.get((room, event["by"], event["cmid"]))
        if posted is None:
            return
        said = posted.attempts[0]
        if said.at > self._facts.times[number]:
            sentence = f"message {event['cmid']} was seen before it was said"
            self._report.find(Kind.PHANTOM, room, sentence, (number, said.said))

    def _compare(
        self, log: Log, event: Record, since: int, head: int | None
    ) -> str | None:
        """Return what of an event is not as the log had it, or None."""
        if event["kind"] != "message":
            return wrong_text(log, event, since)
        changed, states = event.get("changed", 0), log.states[event["seq"]]
        if len(states) == 1 and changed == 0:
            return states[0].differs(event)
        state = log.state_at(event["seq"], changed)
        due = log.state_at(event["seq"], since)
        if state is None or due is None or state.changed != changed:
            return f"change: nothing at {changed} changes it"
        if changed < due.changed or (head is not None and changed > head):
            return f"age: it is as of {changed}, {due.changed} should be in it"
        return state.differs(event)
