"""How fast the disk is, and disks that are slower than this one."""

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.compiling import build

SYNCS = 200
SOURCE = Path(__file__).parent / "slow_sync.c"


def slow_disk(milliseconds: float) -> Mapping[str, str]:
    """Return the environment in which each sync of a program takes so much longer.

    Raises:
        FileNotFoundError: There is no compiler.
    """
    if not milliseconds:
        return {}
    library = build("slow-sync", [SOURCE], library=True)
    micros = str(round(milliseconds * 1_000))
    return {"LD_PRELOAD": str(library), "SYNC_MICROSECONDS": micros}


def time_syncs(folder: Path) -> list[float]:
    """Return the milliseconds that the disk takes to keep 4 KiB, each time, sorted."""
    times: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            file.write(bytes(4096))
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1_000)
    return sorted(times)
