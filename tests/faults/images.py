"""Power cuts of a whole file system: copies of its image while the server is frozen.

The data directory is on ext4, which is on a loop device, which is a file. What ext4 has
not written to its device when the power goes is in memory only, and gone.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.faults.forks import Plant
from tests.faults.history import History
from tests.faults.rounds import NotHere, Outcome, finish, judge, serving
from tests.faults.storm import Weather, storm
from tests.faults.told import list_missing, told_in

MEMORY = Path("/dev/shm")  # noqa: S108 - much quicker than a disk, and only we are in it
SIZE = 48 * 2**20
COPIES = 20


def require_loops() -> None:
    """Refuse if this machine can't mount a file."""
    if os.geteuid() != 0:
        raise NotHere("only root can mount an image")
    if shutil.which("mkfs.ext4") is None or shutil.which("mount") is None:
        raise NotHere("there is no mkfs.ext4")
    if subprocess.run(["losetup", "-f"], capture_output=True, check=False).returncode:
        raise NotHere("there is no loop device")


@contextlib.contextmanager
def mounted(image: Path, at: Path) -> Generator[Path]:
    """Have an image's files at a place."""
    at.mkdir(exist_ok=True)
    try:
        subprocess.run(
            ["mount", "-o", "loop", image, at], check=True, capture_output=True
        )
    except subprocess.CalledProcessError as error:
        raise NotHere(f"an image can't be mounted: {error.stderr.decode()}") from None
    try:
        yield at
    finally:
        subprocess.run(["umount", at], check=True)


def make_image(image: Path) -> None:
    """Make an empty file system."""
    with image.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)


def copy_still(image: Path, copy: Path) -> None:
    """Copy an image at one moment: until nothing is written to it meanwhile."""
    last = b""
    for _ in range(COPIES):
        whole = image.read_bytes()
        if whole == last:
            copy.write_bytes(whole)
            return
        last = whole
    raise AssertionError("the image is never still")


async def play_image_cuts(
    place: Path,
    seed: int,
    *,
    cuts: int = 3,
    posts: int = 60,
    plant: Plant | None = None,
) -> Outcome:
    """Cut the power so many times, after so many posts each; look what is left."""
    require_loops()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else place) as base:
        return await _play(Path(base), seed, cuts, posts, plant)


async def _play(
    place: Path, seed: int, cuts: int, posts: int, plant: Plant | None
) -> Outcome:
    image, copy = place / "image", place / "copy"
    await asyncio.to_thread(make_image, image)
    history, outcome = History(), Outcome()
    weather = Weather(seed=seed, people=3, devices=1, rooms=2, window=4, rate=200)
    with (
        mounted(image, place / "disk") as disk,
        serving(disk / "data", plant=plant) as server,
    ):
        async with storm(server, history, weather) as talk:
            for _ in range(cuts):
                await talk.until_acknowledged(posts)
                os.kill(server.pid, signal.SIGSTOP)
                so_far = len(history.records)
                history.note("", "fault", fault="power", facts={})
                await asyncio.to_thread(copy_still, image, copy)
                os.kill(server.pid, signal.SIGCONT)
                told = told_in(history.records[:so_far])
                with mounted(copy, place / "after") as after:
                    faults = await asyncio.to_thread(list_missing, after / "data", told)
                outcome.counts["cuts"] += 1
                outcome.counts["told before a cut"] += len(told.events)
                outcome.faults += faults[:3]
            await finish(talk, outcome)
        server.stop()
    return judge(history, outcome)
