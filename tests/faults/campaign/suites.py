"""Other parts of the proof that run by themselves: simulated time, hostile input.

Each is a program of its own, run once in a campaign for a part of its time.
"""

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.faults.campaign.ledger import ROOT, Run, keep_run
from tests.faults.campaign.playing import say

PATIENCE = 3_600.0


@dataclass(frozen=True)
class Suite:
    """A program that proves something.

    Attributes:
        folder: Where it is; where that is not, it isn't run.
        words: What it proves.
        command: How it is called, with a `{seed}`, and a number of `{schedules}`.
    """

    folder: str
    words: str
    command: str


SUITES = {
    "simulation": Suite(
        "tests/simulation",
        "Whole conversations under simulated time (P3–P7, P11, P19, P20)",  # noqa: RUF001 - from one to the other
        "python -m tests.simulation --schedules {schedules} --seed {seed}",
    ),
    "page": Suite(
        "web",
        "The page's socket, queue and windows under simulated time",
        "env SCHEDULES={schedules} SEED={seed} npm --prefix web test -- schedules",
    ),
    "browser": Suite(
        "tests/browser",
        "A page in real Chromium through kills, restarts and reloads",
        "python -m pytest -q --timeout 3000 tests/browser/test_faults.py --campaign",
    ),
    "hostile input": Suite(
        "tests/security",
        "Frames, JSON, Unicode, sizes, rates, origins, guesses",
        "python -m pytest -q tests/security",
    ),
    "faults": Suite(
        "tests/faults",
        "Each scenario by itself, and planted bugs that must be caught",
        "python -m pytest -q --timeout 3000 tests/faults --campaign",
    ),
}


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_suite(name: str, run: Run, schedules: int) -> bool:
    """Run a program, keep how it ended; return whether all was well."""
    suite = SUITES[name]
    if not (ROOT / suite.folder).is_dir():
        run["missing"][name] = f"{suite.folder} is not here"
        return True
    command = suite.command.format(seed=run["seed"], schedules=schedules)
    begun = time.monotonic()
    program, *rest = command.split()
    path = sys.executable if program == "python" else shutil.which(program) or program
    try:
        done = subprocess.run(
            [path, *rest],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        said, status = done.stdout.strip(), done.returncode
    except subprocess.TimeoutExpired:
        said, status = f"not done after {PATIENCE:.0f} s", -1
    kept: dict[str, Any] = {
        "command": command,
        "status": status,
        "seconds": round(time.monotonic() - begun, 1),
        "said": _digest(said),
    }
    run["suites"][name] = kept
    keep_run(run)
    say(f"{name}: {'good' if status == 0 else 'FAULTS'}: {kept['said']}")
    if status:
        say(said[-4_000:])
        say(f"    again:   {command}")
    return status == 0


def _digest(said: str) -> str:
    """Return the one line that says most: how many passed, or the first of a report."""
    lines = said.splitlines() or [""]
    counted = [line for line in lines if " passed" in line or "schedules in" in line]
    return _COLOURS.sub("", (counted or lines)[-1]).strip("= ")
