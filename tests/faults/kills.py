"""Servers that are killed, frozen and asked to stop, while people talk: P1, P9.

The rounds of a campaign; `test_kills.py` and its like look closer at each case.
"""

import asyncio
import os
import random
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.faults.forks import QuickServer
from tests.faults.history import History
from tests.faults.rounds import Outcome, finish, judge, serving
from tests.faults.storm import MIX, Storm, Weather, storm
from tests.faults.weakened import tidy_often

POINTS = {
    "before-begin": 60,
    "after-decide": 60,
    "before-commit": 60,
    "after-commit": 60,
    "before-replies": 60,
    "between-batches": 60,
    "before-marks": 2,
    "before-index-commit": 3,
}
"""Where a server kills itself, and by about the how manieth time it comes there."""
AT_CHECKPOINTS = {"before-checkpoint": 5, "after-checkpoint": 5}
"""More of them, where it moves its write-ahead log often."""
STAYING = {kind: weight for kind, weight in MIX.items() if kind != "leave"}
"""Nobody leaves on one device what the other opens at the same moment."""
STOP_SECONDS = 5.0
BACK_SECONDS = 10.0


async def play_kills(place: Path, seed: int, *, kills: int = 25) -> Outcome:
    """Kill a server so many times, at any moment and at its failpoints."""
    dice = random.Random(seed)  # noqa: S311 - the same storm every time
    history, outcome = History(), Outcome()
    devices = dice.choice((1, 2))
    weather = Weather(
        seed=seed,
        people=dice.choice((4, 8, 16)),
        devices=devices,
        rooms=dice.choice((1, 2, 6)),
        window=dice.choice((1, 8, 32, 64)),
        tries=dice.choice((1, 1, 3)),
        mix=MIX if devices == 1 else STAYING,
    )
    plant = dice.choice((None, tidy_often))
    points = POINTS if plant is None else POINTS | AT_CHECKPOINTS
    with serving(place / "data", plant=plant) as server:
        async with storm(server, history, weather) as talk:
            for _ in range(kills):
                await _kill(server, talk, dice, points, outcome)
            await talk.until_acknowledged(50)
            await finish(talk, outcome)
    return judge(history, outcome)


async def _kill(
    server: QuickServer,
    talk: Storm,
    dice: random.Random,
    points: Mapping[str, int],
    outcome: Outcome,
) -> None:
    if dice.random() < 0.2:
        os.kill(server.pid, signal.SIGSTOP)
        await asyncio.sleep(dice.uniform(0, 0.2))
        if dice.random() < 0.5:
            os.kill(server.pid, signal.SIGCONT)
    await asyncio.sleep(dice.uniform(0, 0.4))
    talk.history.note("", "fault", fault="kill", facts={})
    server.kill()
    outcome.counts["kills"] += 1
    if dice.random() < 0.5:
        point, about = dice.choice(list(points.items()))
        server.settings["CHINWAG_FAILPOINTS"] = f"{point}=kill@{dice.randint(1, about)}"
        await asyncio.to_thread(server.launch)
        await asyncio.to_thread(server.wait)
        del server.settings["CHINWAG_FAILPOINTS"]
        talk.history.note("", "fault", fault="kill", facts={"point": point})
        outcome.counts["kills"] += 1
        outcome.counts["kills at failpoints"] += 1
    await asyncio.to_thread(server.start)


async def play_graceful_restarts(
    place: Path, seed: int, *, restarts: int = 5
) -> Outcome:
    """Ask a server to stop, so many times: nobody loses or repeats anything."""
    history, outcome = History(), Outcome()
    weather = Weather(seed=seed, people=8, devices=2, rooms=3, rate=30, mix=STAYING)
    loop = asyncio.get_running_loop()
    with serving(place / "data") as server:
        async with storm(server, history, weather) as talk:
            for _ in range(restarts):
                await talk.until_acknowledged(50)
                history.note("", "fault", fault="restart", facts={})
                status, seconds = await asyncio.to_thread(server.stop)
                outcome.counts["graceful restarts"] += 1
                outcome.expect(status == 0, f"It stopped with {status}.")
                outcome.expect(seconds <= STOP_SECONDS, f"It stopped in {seconds} s.")
                await asyncio.to_thread(server.start)
                begun = loop.time()
                for device in talk.devices:
                    await device.wait_until(lambda d=device: d.connected, BACK_SECONDS)
                outcome.expect(
                    loop.time() - begun <= BACK_SECONDS, "People were not back in time."
                )
            await finish(talk, outcome)
    return judge(history, outcome)
