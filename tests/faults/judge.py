"""What becomes of a history: it is checked, and kept where the check finds faults."""

from pathlib import Path

from tests.faults.checker import Report, check
from tests.faults.history import History


def judge(history: History, place: Path) -> Report:
    """Return what the history holds; raise `AssertionError` for what is wrong in it."""
    report = check(history)
    if report.faults:
        file = place / "history.jsonl"
        history.write(file)
        first = "\n".join(map(str, report.faults[:10]))
        raise AssertionError(f"{len(report.faults)} faults, see {file}:\n{first}")
    return report
