"""A server that is used for a while, and must not grow: P23.

People come, found rooms, talk, vanish and leave. Once a second it is measured how much
memory, how many descriptors and how long a write-ahead log the server has.
"""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from pathlib import Path

import httpx2
import psutil

from tests.faults.forks import QuickServer
from tests.faults.rounds import Outcome, serving
from tests.live.guests import Guest, Room

LIVES = 6
WARM_SECONDS = 4.0
REST_LOOKS = 10
SPARE_DESCRIPTORS = 4
SETTLE_SECONDS = 20.0
CACHES_BYTES = 32 * 2**20
"""SQLite keeps 16 MiB of pages for the writer and some for each reader, once read."""
WAL_BYTES = 100 * 2**20


async def play_leaks(place: Path, seed: int, *, seconds: float = 90.0) -> Outcome:
    """Use a server for a while, and see it at rest again."""
    outcome = Outcome()
    with serving(place / "data") as server:
        ada = await Guest("Ada", server.port).connect()
        room = await ada.start_room()
        await ada.ask("close_room", room=room.id)
        # Threads open their files when they are first needed.
        await _use(server, room, f"{seed}/warm", WARM_SECONDS, outcome)
        base = await _come_to_rest(server)
        seen = await _use(server, room, str(seed), seconds, outcome)
        left = await _settle(server, base + SPARE_DESCRIPTORS)
        await ada.drop()
    late = seen[len(seen) // 3 :]
    grown = max(late) - late[0]
    outcome.counts["seconds watched"] = round(seconds)
    outcome.figures["KiB grown when warm"] = grown // 1_024
    outcome.figures["KiB a minute at the end"] = slope_of(seen[len(seen) // 2 :])
    outcome.expect(grown <= CACHES_BYTES, f"It has grown by {grown // 1_024} KiB.")
    outcome.expect(
        left <= base + SPARE_DESCRIPTORS, f"{left} descriptors instead of {base}."
    )
    wal = place / "data/chinwag.db-wal"
    size = wal.stat().st_size if wal.exists() else 0
    outcome.expect(size <= WAL_BYTES, f"The write-ahead log has {size} bytes.")
    return outcome


def _descriptors(server: QuickServer) -> int:
    return psutil.Process(server.pid).num_fds()


async def _use(
    server: QuickServer, room: Room, seed: str, seconds: float, outcome: Outcome
) -> list[int]:
    """Let people live on a server; return its memory, once a second."""
    seen: list[int] = []
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    async with asyncio.TaskGroup() as tasks:
        for n in range(LIVES):
            life = _live(server.port, room, f"{seed}/{n}", deadline, outcome)
            tasks.create_task(life)
        while loop.time() < deadline:
            await asyncio.sleep(1)
            seen.append(psutil.Process(server.pid).memory_info().rss)
    return seen


async def _live(
    port: int, room: Room, seed: str, deadline: float, outcome: Outcome
) -> None:
    """Be one guest after the other, each for a moment, until a time of the loop."""
    dice = random.Random(seed)  # noqa: S311 - the same lives every time
    while asyncio.get_running_loop().time() < deadline:
        guest = Guest(f"Guest {seed}", port)
        try:
            await guest.connect()
            await guest.join(room)
            for _ in range(dice.randint(1, 10)):
                text = f"{outcome.counts['posts']} {'so ' * dice.randint(1, 50)}"
                await guest.post(room, text, cmid=str(dice.getrandbits(60)))
                outcome.counts["posts"] += 1
            if dice.random() < 0.2:
                mine = await guest.start_room()
                await guest.post(mine, "Hello?")
            if dice.random() < 0.5:
                await guest.open(room, after=0, most=10**6)
            if dice.random() < 0.8:
                await guest.ask("leave_room", room=room.id)
            if dice.random() < 0.3:
                await _search(port, guest)
                outcome.counts["searches"] += 1
            outcome.counts["visits"] += 1
        finally:
            with contextlib.suppress(OSError):
                await guest.drop()


async def _search(port: int, guest: Guest) -> None:
    headers = {"Authorization": f"Bearer {guest.token}"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        asked = {"q": "so*", "limit": 5}
        answer = await client.get("/api/search", params=asked, headers=headers)
    # Just after the start there is nothing to search in.
    assert answer.status_code in {200, 503}, answer.text


async def _come_to_rest(server: QuickServer) -> int:
    """Return how many descriptors there are when that has not changed for a second."""
    seen = [_descriptors(server)]
    while len(seen) <= REST_LOOKS or len(set(seen[-REST_LOOKS:])) > 1:
        await asyncio.sleep(0.1)
        seen.append(_descriptors(server))
    return seen[-1]


async def _settle(server: QuickServer, most: int) -> int:
    """Return how many descriptors are left once everybody is gone."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE_SECONDS
    while (left := _descriptors(server)) > most and loop.time() < deadline:  # noqa: ASYNC110 - another process has no event
        await asyncio.sleep(0.1)
    return left


def slope_of(seen: Sequence[int]) -> int:
    """Return by how many KiB it grows in 60 measures, in the least squares."""
    middle = (len(seen) - 1) / 2
    mean = sum(seen) / max(1, len(seen))
    over = sum((n - middle) * (each - mean) for n, each in enumerate(seen))
    slope = over / (sum((n - middle) ** 2 for n in range(len(seen))) or 1)
    return max(0, round(slope * 60 / 1_024))
