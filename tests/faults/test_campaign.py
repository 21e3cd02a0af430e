"""Runs of a campaign add up, and what went wrong is told with how to see it again."""

from pathlib import Path

from tests.faults.campaign.ledger import Run, add_up, begin_run, keep_run, read_runs
from tests.faults.campaign.playing import draw_seed, replay
from tests.faults.campaign.report import write_report


def made_up(began: str, kills: int, *faults: str) -> Run:
    kept = {
        "rounds": 1,
        "seconds": 60.0,
        "counts": {"kills": kills},
        "figures": {},
        "faults": [{"seed": 7, "sentences": list(faults)}] if faults else [],
    }
    run = begin_run("by hand", 1)
    return run | {"began": began, "scenarios": {"kills": kept}, "moments": [[3, 90]]}


def test_runs_add_up_and_the_same_run_counts_once(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    keep_run(made_up("monday", 5), ledger)
    keep_run(made_up("tuesday", 20), ledger)
    keep_run(made_up("tuesday", 30), ledger)
    assert add_up(read_runs(ledger))["kills"] == 35


def test_a_violation_stands_in_the_report_with_its_seed(tmp_path: Path) -> None:
    runs = [made_up("monday", 5), made_up("tuesday", 5, "lost in R: message 4 [1]")]
    page = tmp_path / "report.md"
    write_report(runs[:1], page)
    assert "None." in page.read_text("utf-8")
    write_report(runs, page)
    said = page.read_text("utf-8")
    assert f"`{replay('kills', 7)}`: lost in R: message 4 [1]" in said
    assert "| P1 | An acknowledged message survives kill -9 | 10 kills | 1 |" in said
    assert (tmp_path / "acknowledged.svg").read_text("utf-8").count("<rect") == 4


def test_what_was_run_since_the_last_fault_is_told_by_itself(tmp_path: Path) -> None:
    monday, tuesday, wednesday = (
        made_up("monday", 5),
        made_up("tuesday", 50, "lost in R: message 4 [1]"),
        made_up("wednesday", 7),
    )
    page = tmp_path / "report.md"
    write_report([monday], page)
    assert "Since the last fault" not in page.read_text("utf-8")
    write_report([monday, tuesday | {"note": "It was loud."}], page)
    assert "Nothing was run since." in page.read_text("utf-8")
    assert "| a fault: It was loud. |" in page.read_text("utf-8")
    write_report([monday, tuesday, wednesday], page)
    assert "from wednesday on found none: 1.0 minutes of scenarios, 7 kills" in (
        page.read_text("utf-8")
    )


def test_a_seed_gives_the_same_rounds_again() -> None:
    assert draw_seed(1, "kills", 1) == draw_seed(1, "kills", 1)
    assert len({draw_seed(1, name, n) for name in "abc" for n in range(9)}) == 27
