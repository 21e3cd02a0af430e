"""Only members see a room, and what ends somebody's access bites at once: P7."""

from pathlib import Path

import pytest

from tests.faults.conftest import Length
from tests.faults.figures import percentile, tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.revoking import Revoker
from tests.faults.storm import ONLY_POSTS, Weather, storm
from tests.faults.supervisor import Supervisor

CLOSED_WITHIN = 1.0

pytestmark = pytest.mark.timeout(3_600)


async def test_whoever_lost_access_is_told_nothing_more_amid_hundreds_a_second(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int, length: Length
) -> None:
    times = length.of(40, campaign=2_000)
    noise = Weather(
        seed=seed, people=4, devices=1, rooms=1, rate=100, window=8, mix=ONLY_POSTS
    )
    await supervisor.start()
    async with storm(supervisor.server, history, noise) as talk:
        revoker = Revoker(supervisor.server, talk)
        await revoker.let_leave(3 * times)
        await revoker.end_sessions(times)
        await revoker.replace_links(times)
        await talk.finish()
    report = judge(history, tmp_path)
    tell(report)
    assert percentile(revoker.seconds, 99) <= CLOSED_WITHIN, sorted(revoker.seconds)
