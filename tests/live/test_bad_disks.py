"""A disk that is full or fails while the server runs."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from chinwag.store.search_file import FILE
from tests.live.conftest import Start
from tests.live.guests import Guest, Refused, Room

SMALL = "6m"
RESERVE = 64 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A file system that is soon full."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only an administrator can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "small", place], check=True
    )
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4_096))
        except OSError:
            return ballast


async def post_until_refused(ada: Guest, room: Room) -> tuple[dict[str, int], Refused]:
    """Post until nothing more is saved; return what was, and the refusal."""
    acknowledged: dict[str, int] = {}
    for n in range(2_000):
        cmid = f"c{n}"
        try:
            posted = await ada.post(room, f"{n} " + "x" * 1_000, cmid=cmid)
        except Refused as refused:
            return acknowledged, refused
        acknowledged[cmid] = posted["seq"]
    raise AssertionError("the disk was never full")


async def test_on_a_full_disk_posting_is_refused_and_reading_goes_on(
    start: Start, small_disk: Path
) -> None:
    server = start(data=small_disk / "data")
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post_all(room, [f"early {n}" for n in range(100)])
    ballast = fill(small_disk)
    acknowledged, refused = await post_until_refused(ada, room)
    assert refused.code == "unavailable"
    assert refused.retry_after
    # It is told at once, again and again, and reading does not mind.
    loop = asyncio.get_running_loop()
    for n in range(5):
        begun = loop.time()
        with pytest.raises(Refused, match="unavailable"):
            await ada.post(room, f"late {n}")
        assert loop.time() - begun < 1
    page = await ada.ask("history", room=room.id, limit=100)
    assert len(page["events"]) == 100
    bob = await server.enter("Ada", token=ada.token)
    opened = await bob.open(room, after=0)
    await bob.hear_up_to(room, opened["head"])
    # Once there is room again it goes on, with the same process.
    ballast.unlink()
    posted = await ada.post(room, "late 0")
    assert not posted["duplicate"]
    held = await bob.hear_up_to(room, posted["seq"])
    assert "late 1" not in held.texts
    places = {event["cmid"]: event["seq"] for event in held.events if "cmid" in event}
    assert acknowledged.items() <= places.items()
    assert server.process.poll() is None


FAILING = (
    *("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"),
    *("-e", "inject=fdatasync,fsync:error=EIO:when=40+"),
)


async def post_until_cut(ada: Guest, room: Room) -> dict[str, int]:
    """Post until the socket is gone; return what was acknowledged."""
    acknowledged: dict[str, int] = {}
    for n in range(200):
        try:
            posted = await ada.post(room, f"{n}", cmid=f"c{n}")
        except ConnectionClosed:
            return acknowledged
        acknowledged[f"c{n}"] = posted["seq"]
    raise AssertionError("the disk never failed")


async def test_when_the_disk_fails_nothing_more_is_acknowledged(start: Start) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is what makes a disk fail here")
    server = start(before=FAILING)
    ada = await server.enter("Ada")
    room = await ada.start_room()
    acknowledged = await post_until_cut(ada, room)
    assert acknowledged
    status = await asyncio.to_thread(server.process.wait, 10)
    assert status == 10
    (sentence,) = server.complaint.splitlines()
    assert sentence.startswith("The disk failed")
    healthy = start()
    reader = await healthy.enter("Ada", token=ada.token)
    opened = await reader.open(room, after=0)
    held = await reader.hear_up_to(room, opened["head"])
    places = {event["cmid"]: event["seq"] for event in held.events if "cmid" in event}
    assert acknowledged.items() <= places.items()


async def test_a_second_start_with_the_same_settings_names_the_first(
    start: Start, tmp_path: Path
) -> None:
    first = start()
    data = _read(first.data)
    second = type(first)(tmp_path / "data")
    for second.port in (first.port, 0):
        status, sentence = await asyncio.to_thread(second.refuse_to_start)
        assert status == 6
        assert len(sentence.splitlines()) == 1
        assert f"process {first.pid}" in sentence
    assert data == _read(first.data)
    ada = await first.enter("Ada")
    assert await ada.ask("ping") == {}


def _read(data: Path) -> dict[str, bytes]:
    """Return all files but the search index, which a server begins beside its work."""
    return {
        path.name: path.read_bytes()
        for path in data.iterdir()
        if not path.name.startswith(FILE)
    }
