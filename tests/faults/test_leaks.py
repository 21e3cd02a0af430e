"""A server that was used keeps no descriptor and little memory."""

from pathlib import Path

from tests.faults.leaks import play_leaks, slope_of


async def test_a_server_that_was_used_is_as_before(tmp_path: Path) -> None:
    seen = await play_leaks(tmp_path, 7, seconds=15)
    assert seen.faults == []
    assert seen.counts["visits"] > 10


def test_a_slope_is_seen() -> None:
    assert slope_of([1_024 * n for n in range(30)]) == 60
    assert slope_of([5_000] * 30) == 0
