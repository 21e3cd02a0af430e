"""Whoever stops reading costs the others nothing, and misses nothing."""

from pathlib import Path

from tests.faults.slow_readers import Crowd, play_slow_readers


async def test_frozen_readers_cost_little_and_miss_nothing(tmp_path: Path) -> None:
    crowd = Crowd(readers=10, parties=3, rate=100, messages=500, noise=3)
    seen = await play_slow_readers(tmp_path, 1, crowd=crowd)
    assert seen.faults == []
    assert seen.counts["readers stopped"] == 10
