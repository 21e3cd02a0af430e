"""Rounds and what comes out of them: medians, spread, ratios; as table and as file."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from bench.servers import ROOT

RESULTS = Path(__file__).parent / "results"
LIBRARIES = (
    *("chinwag", "websockets", "uvloop", "msgspec", "sqlalchemy", "pysqlite3"),
    *("uvicorn", "httptools", "litestar"),
)
T = TypeVar("T")
Figures = dict[str, Any]


def interleave(things: Sequence[T], rounds: int) -> list[T]:
    """Return A B C, C B A, A B C and so on: what drifts meanwhile hits all alike."""
    order: list[T] = []
    for each in range(rounds):
        order += things if each % 2 == 0 else list(reversed(things))
    return order


def summarize(values: Sequence[float]) -> Figures:
    """Return median, least and most."""
    return {
        "median": statistics.median(values),
        "least": min(values),
        "most": max(values),
        "runs": len(values),
    }


def spread(summary: Figures, form: str) -> str:
    """Return the least and the most of a summary for a table."""
    return f"{form.format(summary['least'])}-{form.format(summary['most'])}"


def say(text: str = "") -> None:
    """Tell whoever started the benchmark."""
    print(text, flush=True)  # noqa: T201 - a program that speaks to its user


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, numbers to the right."""
    cells = [list(map(str, head)), *(list(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for place, row in enumerate(cells):
        first, *rest = zip(row, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(c.rjust(w) for c, w in rest)]
        say("  ".join(padded).rstrip())
        if place == 0:
            say("  ".join("-" * width for width in widths))


def describe_machine() -> Figures:
    """Return what it ran on, and with which versions."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251 - the day it was measured
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "system": platform.platform(),
        # Who built it with what: that alone is up to half of its speed.
        "python": sys.version.replace("\n", " "),
        "versions": {name: _version(name) for name in LIBRARIES},
        "commit": _commit(),
        "command": ["python", "-m", "bench", *sys.argv[1:]],
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - the developer's own
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or None


def keep(name: str, figures: Mapping[str, Any]) -> Path:
    """Write a scenario's figures down beside the machine that they are of."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    known = {"machine": describe_machine(), **figures}
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return path
