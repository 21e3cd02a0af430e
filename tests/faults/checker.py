"""Reads a history and says which promises of the contract it breaks.

It takes time in proportion to the history, and knows nothing of the server: what it
expects is what `docs/reference/protocol.md` says. A command whose answer was lost may
or may not have happened, and either is right. One server that keeps its log is meant:
histories across the restoring of a backup are not, since there `seq`s begin anew.

    report = check(read_history(path))
    assert not report.faults, report
"""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.checks.facts import Facts, gather
from tests.faults.checks.findings import Fault, Kind, Report
from tests.faults.checks.folding import read_log
from tests.faults.checks.logs import check_log
from tests.faults.checks.promises import check_changes, check_posts, check_wishes
from tests.faults.checks.sights import Sights
from tests.faults.history import History, read_history

__all__ = ["Fault", "Kind", "Report", "check"]


def check(history: History) -> Report:
    """Return what is wrong with a history, and how much there was to look at."""
    with _without_collector():
        return _check(history)


def _check(history: History) -> Report:
    report = Report()
    facts = gather(history)
    logs = {room: read_log(facts, room) for room in facts.logs}
    _count(facts, report)
    for log in logs.values():
        check_log(facts, log, report)
    check_posts(facts, logs, report)
    check_changes(facts, logs, report)
    check_wishes(facts, logs, report)
    Sights(facts, logs, report).walk()
    _check_logged(facts, report)
    return report


@contextmanager
def _without_collector() -> Generator[None]:
    """Keep Python from looking for circles in millions of records, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _count(facts: Facts, report: Report) -> None:
    counts = report.counts
    counts["records"] = len(facts.records)
    counts["devices"] = len(facts.people)
    counts["commands"] = len(facts.commands)
    for _, record in facts.records:
        if record["what"] == "fault":
            counts["faults made"] += 1


def _check_logged(facts: Facts, report: Report) -> None:
    rooms = {room for room, _, _ in facts.posts}
    rooms |= {
        record["room"] for _, record in facts.records if record["what"] == "opened"
    }
    for room in sorted(rooms - facts.logs.keys()):
        report.find(Kind.UNLOGGED, room, "nobody read the log at the end")


def main(path: Path) -> int:
    """Say what a history on the disk is worth; return the exit status."""
    report = check(read_history(path))
    sys.stdout.write(f"{report}\n")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
