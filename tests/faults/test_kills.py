"""kill -9 at any time loses no acknowledged message, and repeats none: P1, P3, P6, P20.

Every device notes all that it says and sees; the checker compares that with the log.
"""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from tests.faults.conftest import Length
from tests.faults.figures import tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.storm import Storm, Weather, storm
from tests.faults.supervisor import Supervisor

AMID_BATCHES = {
    "before-begin": 60,
    "after-decide": 60,
    "before-commit": 60,
    "after-commit": 60,
    "before-replies": 60,
    "between-batches": 60,
    "before-marks": 2,
    "before-checkpoint": 1,
    "after-checkpoint": 1,
}
"""Where a server that is talked to kills itself, and by about the how manieth time."""
ACKS = 1_200

pytestmark = pytest.mark.timeout(1_800)


def loud(seed: int) -> Weather:
    """Return a storm of many, in rooms of a few."""
    return Weather(seed=seed, people=8, devices=1, rooms=6, members=3, window=64)


async def kill_at_random(
    talk: Storm, supervisor: Supervisor, dice: random.Random, kills: int
) -> None:
    for _ in range(kills):
        await talk.until_acknowledged(dice.randrange(2 * ACKS))
        await asyncio.sleep(dice.uniform(0, 0.05))
        await supervisor.restart()
    await talk.until_acknowledged(ACKS)


async def test_kills_at_random_lose_and_repeat_nothing(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int, length: Length
) -> None:
    kills = length.of(14, campaign=120)
    dice = random.Random(seed)  # noqa: S311 - the same storm every time
    await supervisor.start()
    async with storm(supervisor.server, history, loud(seed)) as talk:
        await kill_at_random(talk, supervisor, dice, kills)
        await talk.finish()
    tell(judge(history, tmp_path))
    assert talk.acknowledged > kills * ACKS / 2


async def test_kills_at_every_failpoint_lose_and_repeat_nothing(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same storm every time
    await supervisor.start()
    async with storm(supervisor.server, history, loud(seed)) as talk:
        for point, about in AMID_BATCHES.items():
            await supervisor.die_at(point, dice.randint(1, about))
        await supervisor.start()
        await talk.until_acknowledged(ACKS)
        await talk.finish()
    tell(judge(history, tmp_path))


async def test_a_kill_while_it_stops_loses_nothing(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int
) -> None:
    await supervisor.start("while-stopping=kill")
    async with storm(supervisor.server, history, loud(seed)) as talk:
        await talk.until_acknowledged(ACKS)
        supervisor.server.stop(signal.SIGTERM)
        await supervisor.see_dead()
        await supervisor.start()
        await talk.finish()
    tell(judge(history, tmp_path))


@pytest.mark.parametrize("point", ["at-start", "amid-migration", "before-serving"])
async def test_a_start_that_is_killed_is_begun_again(
    point: str, supervisor: Supervisor, history: History, tmp_path: Path, seed: int
) -> None:
    with pytest.raises(AssertionError, match="did not open"):
        await supervisor.start(f"{point}=kill")
    await supervisor.see_dead()
    await supervisor.start()
    async with storm(supervisor.server, history, Weather(seed=seed)) as talk:
        await talk.until_acknowledged(100)
        await talk.finish()
    tell(judge(history, tmp_path))


async def test_a_commit_that_fails_was_seen_by_nobody(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int
) -> None:
    await supervisor.start()
    async with storm(supervisor.server, history, loud(seed)) as talk:
        await supervisor.restart("before-commit=raise%2")
        await talk.until_acknowledged(2 * ACKS)
        await supervisor.restart()
        await talk.finish()
    tell(judge(history, tmp_path))
    assert any(record["code"] == "internal" for record in history.of("fail"))
