"""The command line: `python -m tests.faults.campaign --seed S --minutes M`."""

import argparse
import sys

from tests.faults.campaign.ledger import (
    begin_run,
    keep_run,
    read_runs,
    words_of_command,
)
from tests.faults.campaign.playing import Campaign, say
from tests.faults.campaign.report import REPORT, write_report
from tests.faults.campaign.rota import SCENARIOS
from tests.faults.campaign.suites import SUITES, run_suite


def read_command_line() -> argparse.Namespace:
    """Return what was asked for."""
    line = argparse.ArgumentParser(
        prog="python -m tests.faults.campaign",
        description="Put Chinwag's promises to the test, for as long as you like.",
    )
    everything = [*SCENARIOS, *SUITES]
    line.add_argument("--minutes", type=float, default=10.0, help="For how long.")
    line.add_argument("--seed", type=int, default=1, help="From what all is drawn.")
    line.add_argument(
        "--only",
        nargs="+",
        choices=everything,
        default=everything,
        help="Play these alone.",
    )
    line.add_argument(
        "--schedules", type=int, default=5_000, help="So many of simulated time."
    )
    line.add_argument("--replay", type=int, help="Play a round again, by its seed.")
    line.add_argument(
        "--report", action="store_true", help="Write the report and play nothing."
    )
    return line.parse_args()


def main() -> int:
    """Play, keep, report; return the exit status."""
    asked = read_command_line()
    if asked.report:
        write_report(read_runs())
        return 0
    run = begin_run(words_of_command(), asked.seed)
    scenarios = [name for name in SCENARIOS if name in asked.only]
    campaign = Campaign(run, scenarios, asked.minutes * 60)
    if asked.replay is not None:
        wells = [campaign.replay(name, asked.replay) for name in scenarios]
        return 0 if all(wells) else 1
    well = campaign.play()
    for name in SUITES:
        if name in asked.only:
            well &= run_suite(name, run, asked.schedules)
    write_report(keep_run(run))
    say(f"The report is {REPORT}.")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
