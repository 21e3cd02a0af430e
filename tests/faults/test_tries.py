"""What is said five times on two sockets, through kills, is there once: P4."""

from pathlib import Path

import pytest

from tests.faults.conftest import Length
from tests.faults.figures import tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.storm import ONLY_POSTS, Weather, storm
from tests.faults.supervisor import Supervisor

pytestmark = pytest.mark.timeout(3_600)


async def test_a_message_that_is_tried_again_and_again_is_there_once(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int, length: Length
) -> None:
    messages = length.of(20_000, campaign=200_000)
    weather = Weather(
        seed=seed,
        people=4,
        rooms=4,
        members=1,
        window=64,
        tries=5,
        mix=ONLY_POSTS,
    )
    await supervisor.start()
    async with storm(supervisor.server, history, weather) as talk:
        for part in range(1, 5):
            some = messages * part // 4
            await talk.until(lambda some=some: talk.said >= some, patience=3_000)
            await supervisor.restart()
        await talk.finish()
    report = judge(history, tmp_path)
    tell(report)
    kept = sum(
        event["kind"] == "message"
        for log in history.of("log")
        for event in log["events"]
    )
    tried = sum(
        record["command"]["type"] == "post_message" for record in history.of("invoke")
    )
    tell(f"{kept} messages, tried {tried} times")
    assert kept == talk.said >= messages
    assert tried > 2 * kept
