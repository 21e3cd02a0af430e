"""What campaigns have shown so far: runs add up, in one file that is kept."""

import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import clock_gettime
from typing import Any

import psutil

from chinwag.store.driver import sqlite_version

ROOT = Path(__file__).parents[3]
LEDGER = ROOT / "docs/proof/ledger.json"
Run = dict[str, Any]


def begin_run(command: str, seed: int) -> Run:
    """Return a run in which nothing was played yet."""
    return {
        "began": _now(),
        "commit": _git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "src")),
        "command": command,
        "seed": seed,
        "machine": _describe_machine(),
        "seconds": 0.0,
        "scenarios": {},
        "suites": {},
        "missing": {},
        "moments": [],
    }


def _now() -> str:
    at = datetime.fromtimestamp(clock_gettime(0), UTC)
    return at.isoformat(timespec="seconds")


def _git(*arguments: str) -> str:
    said = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def _describe_machine() -> dict[str, str]:
    cpu = platform.processor()
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    return {
        "cpu": f"{os.cpu_count()} cores of {cpu}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": ".".join(map(str, sqlite_version)),
        "strace": _version_of("strace"),
    }


def _version_of(program: str) -> str:
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return "missing"
    return said.stdout.splitlines()[0].rpartition(" ")[2]


def read_runs(ledger: Path = LEDGER) -> list[Run]:
    """Return all runs that are kept."""
    if not ledger.exists():
        return []
    runs: list[Run] = json.loads(ledger.read_text(encoding="utf-8"))["runs"]
    return runs


def keep_run(run: Run, ledger: Path = LEDGER) -> list[Run]:
    """Put a run, as it is by now, beside the others; return all."""
    others = [each for each in read_runs(ledger) if each["began"] != run["began"]]
    runs = sorted([*others, run], key=lambda each: each["began"])
    ledger.parent.mkdir(parents=True, exist_ok=True)
    draft = ledger.with_suffix(".new")
    text = json.dumps({"runs": runs}, ensure_ascii=False, indent=1)
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(ledger)
    return runs


def add_up(runs: Sequence[Run], *scenarios: str) -> Counter[str]:
    """Return what was counted in all runs, in some scenarios or in all."""
    total: Counter[str] = Counter()
    for name, kept in played(runs):
        if not scenarios or name in scenarios:
            total.update(kept["counts"])
    return total


def played(runs: Sequence[Run]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what was kept of each scenario of each run."""
    for run in runs:
        yield from run["scenarios"].items()


def list_faults(runs: Sequence[Run]) -> Iterator[tuple[str, int, str]]:
    """Return the scenario, the seed and the words of each fault."""
    for name, kept in played(runs):
        for fault in kept["faults"]:
            for sentence in fault["sentences"]:
                yield name, fault["seed"], sentence


def words_of_command() -> str:
    """Return how this program was called."""
    return " ".join(["python -m tests.faults.campaign", *sys.argv[1:]])
