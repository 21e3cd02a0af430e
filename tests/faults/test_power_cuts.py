"""After a power cut all is there that anybody was told of."""

from pathlib import Path

import pytest

from tests.faults.forks import Plant
from tests.faults.images import play_image_cuts
from tests.faults.power import play_power_cuts
from tests.faults.rounds import NotHere
from tests.faults.weakened import never_sync, sync_at_checkpoints, tidy_often

POSTS = 150


@pytest.mark.parametrize("plant", [None, tidy_often])
async def test_a_power_cut_between_any_two_calls_loses_nothing(
    tmp_path: Path, plant: Plant | None
) -> None:
    try:
        seen = await play_power_cuts(
            tmp_path, 2, cuts=40, starts=1, posts=POSTS, plant=plant
        )
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P2, power cuts by a trace: {missing}")
    assert seen.faults == []
    assert seen.counts["told before a cut"] > 10 * POSTS
    assert seen.counts["started after a cut"] == 1


async def test_a_power_cut_of_a_whole_file_system_loses_nothing(tmp_path: Path) -> None:
    try:
        seen = await play_image_cuts(tmp_path, 2)
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P2, power cuts of an image: {missing}")
    assert seen.faults == []
    assert seen.counts["cuts"] == 3
    assert seen.counts["told before a cut"] > 300


@pytest.mark.parametrize("plant", [never_sync, sync_at_checkpoints])
async def test_a_server_that_does_not_sync_is_caught_by_a_trace(
    tmp_path: Path, plant: Plant
) -> None:
    try:
        seen = await play_power_cuts(
            tmp_path, 3, cuts=20, starts=0, posts=POSTS, plant=plant
        )
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P2, power cuts by a trace: {missing}")
    # Not each cut drops what was not synced, but some do.
    assert len(seen.faults) > 2


@pytest.mark.parametrize("plant", [never_sync, sync_at_checkpoints])
async def test_a_server_that_does_not_sync_is_caught_by_an_image(
    tmp_path: Path, plant: Plant
) -> None:
    try:
        seen = await play_image_cuts(tmp_path, 3, cuts=1, plant=plant)
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P2, power cuts of an image: {missing}")
    assert seen.faults != []
