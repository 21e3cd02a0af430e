"""Power cuts: P2, by a trace of all writes and by copies of a file system's image."""

import asyncio
import random
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.faults.device import Device
from tests.faults.forks import Plant, QuickServer
from tests.faults.history import History
from tests.faults.rounds import NotHere, Outcome, serving
from tests.faults.sectors import MOODS, SYNCS, Disk
from tests.faults.storm import ONLY_POSTS, Weather, storm
from tests.faults.told import SENDS, Told, list_missing, read_told
from tests.faults.traces import CALLS, Call, read_trace, trace

WHOLE = ("-y", "-xx", "-s", str(2**20))


async def play_power_cuts(
    place: Path,
    seed: int,
    *,
    cuts: int = 40,
    starts: int = 2,
    posts: int = 400,
    plant: Plant | None = None,
) -> Outcome:
    """Write down a storm, and cut the power at so many points of it.

    At the first `starts` of them a server is started on what is left.
    """
    if shutil.which("strace") is None:
        raise NotHere("strace is what tells which writes were synced")
    dice = random.Random(seed)  # noqa: S311 - the same cuts in the same trace
    outcome = Outcome()
    calls, room, token = await _write_down(place, seed, posts, plant)
    # A server's first seconds are of interest as well, but not that often.
    first = next(call.begin for call in calls if call.name in SENDS)
    for n in range(cuts):
        early = dice.random() < 0.1
        cut = dice.randint(0 if early else first, calls[-1].begin)
        mood = dice.choice(MOODS)
        disk = Disk(place / "data")
        disk.replay(calls, cut)
        data = place / "after"
        _build(data, disk.lose_power(mood, dice))
        told = read_told(calls, cut, room)
        outcome.counts["cuts"] += 1
        outcome.counts[f"writes {mood}"] += 1
        outcome.counts["told before a cut"] += len(told.events)
        faults = list_missing(data, told)
        if n < starts and not faults:
            faults = await _start_on(data, room, token, told)
            outcome.counts["started after a cut"] += 1
        outcome.faults += [f"cut at {cut}, {mood}: {fault}" for fault in faults[:3]]
    return outcome


async def _write_down(
    place: Path, seed: int, posts: int, plant: Plant | None
) -> tuple[list[Call], str, str | None]:
    """Return all that a server did in a storm, the room, and somebody's token."""
    log = place / "strace.log"
    weather = Weather(seed=seed, people=3, devices=1, rooms=1, rate=150, mix=ONLY_POSTS)
    server = QuickServer(place / "data")
    server.plant = plant
    with ExitStack() as stack:

        def watch(pid: int) -> None:
            calls = (*CALLS.split(","), *SYNCS)
            stack.enter_context(trace(pid, log, *calls, options=WHOLE))

        server.watch = watch
        stack.callback(server.end)
        await asyncio.to_thread(server.start)
        async with storm(server, History(), weather) as talk:
            await talk.until_acknowledged(posts)
            server.kill()
            found = talk.rooms[0].id, talk.devices[0].token
    return read_trace(log), *found


def _build(data: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    for name, content in files.items():
        (data / name).write_bytes(content)


async def _start_on(data: Path, room: str, token: str | None, told: Told) -> list[str]:
    """Start a server on what is left, read the room, and go on talking."""
    if not told.events:
        return []
    history = History()
    with serving(data) as server:
        reader = Device("Ada/after", server.port, history)
        reader.token = token
        async with reader.socket():
            opened = await reader.ask("open_room", room=room, after=0, most=10**9)
            await reader.wait_until(
                lambda: (reader.held[room] or {"seq": 0})["seq"] >= opened["head"], 20
            )
            posted = await reader.ask("post_message", room=room, cmid="on", text="On")
    seen = {e["seq"] for r in history.of("delivered") for e in r["events"]}
    faults = [f"not delivered: {seq}" for _, seq in told.events if seq not in seen]
    if posted["seq"] <= max(seq for _, seq in told.events):
        faults.append("a number was given away twice")
    return faults
