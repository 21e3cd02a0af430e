"""A room of 100,000 messages opens like any other."""

import asyncio
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path

from tests.live.conftest import Start
from tests.live.guests import Guest, Room
from tests.live.servers import Server

MESSAGES = 100_000
ENOUGH = 18 * 2**20
"""The readers' caches of the file, and some pages; the log has over twice that."""
EVENT = """
INSERT INTO events (room, seq, at, "by", kind, ordinal, body)
SELECT room, ?, at, "by", kind, ?, body FROM events WHERE room = ? AND seq = 2
"""
HEAD = "UPDATE heads SET head = ?, messages = ? WHERE room = ?"


def fill(data: Path, room: Room) -> None:
    """Repeat the room's first message until there are so many."""
    number = int(room.id, 16)
    with closing(sqlite3.connect(data / "chinwag.db")) as database, database:
        rows = ((seq, seq - 1, number) for seq in range(3, MESSAGES + 2))
        database.executemany(EVENT, rows)
        database.execute(HEAD, (MESSAGES + 1, MESSAGES, number))


async def peak(server: Server, doing: Awaitable[object]) -> int:
    """Return by how many bytes the server grows at most while something is done."""
    before, most = server.memory(), 0
    async with asyncio.TaskGroup() as tasks:
        done = asyncio.Event()

        async def do() -> None:
            await doing
            done.set()

        tasks.create_task(do())
        while not done.is_set():
            await asyncio.sleep(0.01)
            most = max(most, server.memory() - before)
    return most


async def open_all(server: Server, ada: Guest, room: Room) -> None:
    reader = await server.enter("Ada", token=ada.token)
    opened = await reader.open(room, after=0, most=MESSAGES * 2)
    assert (opened["from"], opened["reset"]) == (1, False)
    held = await reader.hear_up_to(room, opened["head"])
    assert held.last == MESSAGES + 1
    assert len(held.texts) == MESSAGES


async def open_newest(server: Server, ada: Guest, room: Room) -> None:
    reader = await server.enter("Ada", token=ada.token)
    opened = await reader.open(room, after=0)
    assert (opened["from"], opened["reset"]) == (MESSAGES + 2 - 50, True)
    held = await reader.hear_up_to(room, opened["head"])
    assert len(held.events) == 50


async def leave_unread(server: Server, ada: Guest, room: Room) -> None:
    for _ in range(6):
        wire = await server.socket(window=4_096, token=ada.token)
        wire.say("open_room", 1, room=room.id, after=0, most=MESSAGES * 2)
        assert (await wire.hear_answer(1))["type"] == "reply"
    await asyncio.sleep(0.5)


async def test_a_room_of_100_000_messages_costs_no_more_than_any_other(
    start: Start,
) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post(room, "The same procedure as every year. " * 3)
    await ada.drop()
    await asyncio.to_thread(server.stop)
    fill(server.data, room)
    server.start()
    await open_newest(server, ada, room)
    assert await peak(server, open_newest(server, ada, room)) < ENOUGH
    assert await peak(server, open_all(server, ada, room)) < ENOUGH
    assert await peak(server, leave_unread(server, ada, room)) < ENOUGH
    # And it goes on as every other room does.
    ada = await server.enter("Ada", token=ada.token)
    await ada.open(room)
    assert (await ada.post(room, "Well, I'll do my best."))["seq"] == MESSAGES + 2
