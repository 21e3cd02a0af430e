"""Where a disk fails nothing more is acknowledged, and nothing is ever lost."""

from pathlib import Path

import pytest

from tests.faults.failing_disks import play_failing_disks
from tests.faults.places import KINDS, Place, Saboteur
from tests.faults.weakened import shrug_at_broken_disks

SYNC = "fdatasync,fsync"
SHARE = 8


@pytest.fixture(autouse=True)
def _strace() -> None:
    if not Saboteur.is_here():
        pytest.skip("NOT PROVED HERE: P13, disks that fail: strace is missing")


@pytest.mark.parametrize(("calls", "error"), KINDS)
async def test_wherever_the_disk_fails_what_was_acknowledged_is_kept(
    tmp_path: Path, calls: str, error: str
) -> None:
    most = KINDS[calls, error]
    places = [
        Place(calls, error, nth, lasting=nth % 3 != 0)
        for nth in range(1, most + 1, max(1, most // SHARE))
    ]
    seen = await play_failing_disks(tmp_path, most, places=places)
    assert seen.faults == []
    assert seen.counts["acknowledged"]
    # Some places may be too far away for a slow machine, but not most.
    assert seen.counts["not reached"] <= len(places) // 2


async def test_a_server_that_shrugs_at_a_broken_disk_is_caught(tmp_path: Path) -> None:
    places = [Place(SYNC, "EIO", 12, lasting=False)]
    seen = await play_failing_disks(
        tmp_path, 1, places=places, plant=shrug_at_broken_disks
    )
    assert f"It went on after {places[0]}." in seen.faults
