"""A disk that is full, and has room again: P12, on a small file system in memory."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

from tests.faults.history import History
from tests.faults.rounds import NotHere, Outcome, finish, judge, serving
from tests.faults.storm import Storm, Weather, storm
from tests.live.guests import Guest, Refused, Room

SIZE = "24m"
ANSWER_SECONDS = 1.0
BACK_SECONDS = 5.0
STILL_SECONDS = 30.0
ROOM_LEFT = 64 * 1024


@contextlib.contextmanager
def small_disk(place: Path) -> Generator[Path]:
    """Mount a file system that is soon full."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise NotHere("only root can mount a small disk")
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "small", place],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        raise NotHere(f"a small disk can't be mounted: {done.stderr.decode()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4_096))
    return ballast


async def play_full_disks(place: Path, seed: int, *, times: int = 3) -> Outcome:
    """Fill the disk so many times under a storm, and make room again."""
    history, outcome = History(), Outcome()
    weather = Weather(seed=seed, people=3, devices=1, rooms=2, window=4, rate=50)
    with small_disk(place / "disk") as disk, serving(disk / "data") as server:
        async with storm(server, history, weather) as talk:
            ada = await Guest("Ada", server.port).connect()
            room = await ada.start_room()
            await ada.post(room, "Before")
            for n in range(times):
                await talk.until_acknowledged(30)
                history.note("", "fault", fault="full", facts={})
                ballast = await asyncio.to_thread(fill, disk)
                try:
                    await _see_it_full(ada, room, n, outcome)
                finally:
                    ballast.unlink()
                await _see_it_back(ada, room, talk, n, outcome)
            outcome.expect(server.runs, "It has ended.")
            await finish(talk, outcome)
            await ada.drop()
    return judge(history, outcome)


async def _see_it_full(ada: Guest, room: Room, n: int, outcome: Outcome) -> None:
    """What is posted is refused soon, and what is there can be read."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + STILL_SECONDS
    refused = 0
    number = 0
    while refused < 5 and loop.time() < deadline:
        number += 1
        begun = loop.time()
        try:
            await ada.post(room, f"{n}/{number} " + "x" * 5_000)
        except Refused as no:
            refused += 1
            outcome.expect(no.code == "unavailable", f"Refused with {no.code}.")
        taken = loop.time() - begun
        outcome.expect(taken <= ANSWER_SECONDS, f"An answer took {taken:.1f} s.")
    outcome.expect(refused, "The disk was never full.")
    outcome.counts["disks filled"] += 1
    outcome.counts["refused for want of room"] += refused
    page = await ada.ask("history", room=room.id, limit=50)
    outcome.expect(page["events"], "Nothing could be read.")


async def _see_it_back(
    ada: Guest, room: Room, talk: Storm, n: int, outcome: Outcome
) -> None:
    """With room again it goes on by itself."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() - begun < 2 * BACK_SECONDS:
        with contextlib.suppress(Refused):
            await ada.post(room, f"Back {n}")
            break
        await asyncio.sleep(0.05)
    taken = loop.time() - begun
    outcome.expect(taken <= BACK_SECONDS, f"It was back after {taken:.1f} s.")
    try:
        await talk.until_acknowledged(1, patience=STILL_SECONDS)
    except TimeoutError:
        outcome.faults.append("The others are not back.")
