"""On a full disk reading works and posting fails fast, and nothing is lost."""

from pathlib import Path

import pytest

from tests.faults.full_disks import play_full_disks
from tests.faults.rounds import NotHere


async def test_a_disk_that_is_full_three_times_loses_nothing(tmp_path: Path) -> None:
    try:
        seen = await play_full_disks(tmp_path, 7)
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P12, full disks: {missing}")
    assert seen.faults == []
    assert seen.counts["disks filled"] == 3
    assert seen.counts["refused for want of room"] >= 3
