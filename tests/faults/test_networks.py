"""Through bad networks everything comes once, and in the order in which it was said."""

from pathlib import Path

import pytest

from tests.faults.networks import play_losses, play_networks
from tests.faults.rounds import NotHere


async def test_twenty_people_on_bad_networks_lose_nothing(tmp_path: Path) -> None:
    seen = await play_networks(tmp_path, 7, posts=150)
    assert seen.faults == []
    assert seen.counts["connections spoilt"] > 20
    assert seen.counts["acknowledged"] > 500


async def test_lost_packets_lose_no_message(tmp_path: Path) -> None:
    try:
        seen = await play_losses(tmp_path, 7, percent=15)
    except NotHere as missing:
        pytest.skip(f"NOT PROVED HERE: P18, lost packets: {missing}")
    assert seen.faults == []
    assert seen.counts["acknowledged"] >= 150
