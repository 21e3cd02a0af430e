"""Disks that are slower than this one."""

from collections.abc import Mapping
from pathlib import Path

from bench.compiling import build

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
