"""What the time of day does, does not matter: P11.

The server's clock is libfaketime's, which reads a file; its stopwatch is the real one.
"""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.conftest import Length
from tests.faults.figures import tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.storm import Weather, storm
from tests.faults.supervisor import Supervisor

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
HOUR = 3_600
DAY = 24 * HOUR
FROZEN = "2030-01-01 12:00:00"
JUMPS = [f"{sign}{seconds}" for seconds in (HOUR, 3 * DAY) for sign in "+-"]

pytestmark = pytest.mark.timeout(3_600)


class FalseClock:
    """The file that tells what time it is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")
        self.environment = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, said: str) -> None:
        """Let it be another time at once: an offset in seconds, or a fixed moment."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{said}\n")
        draft.rename(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> FalseClock:
    """Return a clock that a server may be given."""
    if LIBRARY is None:
        pytest.skip("NOT PROVED HERE: P11 needs Debian's faketime")
    return FalseClock(tmp_path / "time")


async def test_jumping_and_standing_clocks_lose_nothing_and_never_go_back(
    clock: FalseClock,
    supervisor: Supervisor,
    history: History,
    tmp_path: Path,
    seed: int,
    length: Length,
) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same storm every time
    supervisor.environment = clock.environment
    await supervisor.start()
    jumps = length.of(20, campaign=500)
    async with storm(supervisor.server, history, Weather(seed=seed)) as talk:
        for n in range(jumps):
            said = FROZEN if n % 5 == 4 else dice.choice(JUMPS)
            clock.set(said)
            supervisor.note("clock", said=said)
            await talk.until_acknowledged(50)
            await asyncio.sleep(dice.uniform(0, 0.2))
            if n % 10 == 9:
                await supervisor.restart()
        await talk.finish()
    tell(judge(history, tmp_path))
    times = [event["at"] for log in history.of("log") for event in log["events"]]
    assert max(times) - min(times) > DAY * 1_000, "the clock did not jump"
