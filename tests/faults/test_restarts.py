"""Being stopped in good order fails nothing, and a crash is soon over: P9, P10."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.faults.bulk import fill
from tests.faults.conftest import Length
from tests.faults.device import Device
from tests.faults.figures import percentile, tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.storm import ONLY_POSTS, Storm, Weather, storm
from tests.faults.supervisor import Supervisor
from tests.live.servers import Server

RESTARTING = 1012
STOPPED_WITHIN = 5.0
BACK_WITHIN = 10.0
START_GOAL = 2.0
START_AT_MOST = 10.0
MEGABYTE = 2**20

pytestmark = pytest.mark.timeout(3_600)


async def stop_and_start(talk: Storm, supervisor: Supervisor) -> tuple[float, float]:
    """Return how many seconds it took to stop, and to have everybody back."""
    there = [device for device in talk.devices if device.connected]
    lost = {device.name: len(device.ends) for device in there}
    supervisor.note("stop")
    status, seconds = await asyncio.to_thread(supervisor.server.stop)
    assert status == 0, supervisor.server.complaint
    await talk.until(lambda: all(len(d.ends) > lost[d.name] for d in there))
    assert {device.ends[lost[device.name]] for device in there} == {RESTARTING}
    await supervisor.start()
    before = time.monotonic()
    await talk.until(lambda: all(device.connected for device in talk.devices))
    return seconds, time.monotonic() - before


async def test_a_stop_under_load_fails_nothing_and_all_are_soon_back(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int, length: Length
) -> None:
    weather = Weather(
        seed=seed,
        people=length.of(25, campaign=100),
        rooms=length.of(25, campaign=100),
        members=3,
        rate=20,
        mix=ONLY_POSTS,
    )
    await supervisor.start()
    took: list[tuple[float, float]] = []
    async with storm(supervisor.server, history, weather) as talk:
        for _ in range(length.of(5, campaign=100)):
            await talk.until_acknowledged(500)
            took.append(await stop_and_start(talk, supervisor))
        await talk.finish()
    stopped, back = zip(*took, strict=True)
    tell(f"stopped within {max(stopped):.2f} s, served {max(supervisor.starts):.2f} s")
    tell(f"after it was started, all back {max(back):.2f} s later")
    tell(judge(history, tmp_path))
    assert max(stopped) <= STOPPED_WITHIN
    assert max(back) <= BACK_WITHIN
    assert list(history.of("fail")) == []


async def test_a_crash_with_a_large_log_is_soon_over(
    supervisor: Supervisor, history: History, tmp_path: Path, length: Length
) -> None:
    empty = Supervisor(Server(tmp_path / "empty"), history)
    await empty.start()
    empty.server.end()
    await supervisor.start()
    ada = Device("Ada/1", supervisor.server.port, history)
    async with ada.socket():
        room = (await ada.ask("start_room"))["room"]["id"]
    supervisor.kill()
    megabytes = length.of(200, campaign=1_000)
    head = await asyncio.to_thread(fill, supervisor.server.data, room, megabytes, 64)
    left = (supervisor.server.data / "chinwag.db-wal").stat().st_size
    assert left >= 64 * MEGABYTE
    supervisor.starts.clear()
    for _ in range(length.of(3, campaign=200)):
        await supervisor.start()
        supervisor.kill()
    await supervisor.start()
    async with ada.socket():
        posted = await ada.ask("post_message", room=room, cmid="1", text="Still here")
    assert posted["seq"] == head + 1
    first, slowest = supervisor.starts[0], percentile(supervisor.starts, 99)
    tell(f"{megabytes} MB, {left / MEGABYTE:.0f} MB of log: up after {first:.2f} s,")
    tell(f"p99 {slowest:.2f} s; with nothing {empty.starts[0]:.2f} s")
    assert first - empty.starts[0] <= START_GOAL
    assert slowest <= START_AT_MOST
