"""What Chinwag stands on here, looked at without changing anything."""

import os
import resource
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chinwag.config import Settings
from chinwag.store import driver

PAGE = Path(__file__).with_name("page") / "index.html"
FEW_DESCRIPTORS = 4_096
LITTLE_ROOM = 256 * 1024 * 1024


class Verdict(StrEnum):
    """How a thing was found."""

    GOOD = "good"
    WARNING = "warn"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in a sentence for the operator."""

    verdict: Verdict
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Return everything that was looked at, good or not."""
    _, descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [
        look_at_sqlite(driver.sqlite_version),
        *look_at_data(settings.data),
        look_at_descriptors(descriptors),
        look_at_page(PAGE),
    ]


def look_at_sqlite(version: tuple[int, ...]) -> Finding:
    """Return whether this SQLite has the bug that can corrupt a database."""
    name = f"SQLite {'.'.join(map(str, version))}"
    if not driver.has_wal_reset_bug(version):
        return Finding(Verdict.GOOD, f"{name} has no bug that we know of.")
    return Finding(
        Verdict.WARNING,
        f"{name} can corrupt a database that several connections write (the WAL-reset "
        "bug of 3.7.0 to 3.51.2). Chinwag writes through one alone, which avoids it: "
        "let no other program write to chinwag.db.",
    )


def look_at_data(data: Path) -> Iterable[Finding]:
    """Yield whether the data directory can be used, and how much room it has."""
    there = data
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield Finding(Verdict.BAD, f"The data directory {data} can't be written.")
        return
    state = "can be written" if there == data else "can be made"
    yield Finding(Verdict.GOOD, f"The data directory {data} {state}.")
    room = shutil.disk_usage(there).free
    yield Finding(
        Verdict.GOOD if room >= LITTLE_ROOM else Verdict.WARNING,
        f"Its disk has room for {room // 1024**2:,} MiB more.",
    )


def look_at_descriptors(most: int) -> Finding:
    """Return how many connections the system lets one process have."""
    if most == resource.RLIM_INFINITY or most > sys.maxsize:
        return Finding(Verdict.GOOD, "The number of connections has no limit.")
    if most >= FEW_DESCRIPTORS:
        return Finding(Verdict.GOOD, f"There may be about {most:,} connections.")
    return Finding(
        Verdict.WARNING,
        f"There may be no more than about {most:,} connections: raise the limit of "
        "open files (`ulimit -Hn`, or LimitNOFILE under systemd).",
    )


def look_at_page(page: Path) -> Finding:
    """Return whether the page that browsers open was built."""
    if page.is_file():
        return Finding(Verdict.GOOD, "The page is there.")
    return Finding(Verdict.BAD, "The page is missing: in a checkout, `make setup`.")
