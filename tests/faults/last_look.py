"""A room as it is when all is over: what the checker holds everything else against."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.device import Device
from tests.faults.history import History, Record

PAGE = 200


async def read_log(device: Device, room: str) -> list[Record]:
    """Read a room from 1 to its head, a page after the other, as one of its members.

    What the device does is noted in its own history, which need not be the one that is
    checked. Nobody may be writing meanwhile.
    """
    events: list[Record] = []
    while True:
        after = len(events)
        page = await device.ask("history", room=room, after=after, limit=PAGE)
        events += page["events"]
        if len(page["events"]) == 0 or events[-1]["seq"] >= page["head"]:
            return events


def read_disk(data: Path, room: str) -> list[Record]:
    """Return what stands in the database of a server that has ended."""
    with closing(sqlite3.connect(data / "chinwag.db")) as database:
        rows: list[Any] = database.execute(
            "SELECT seq, by, kind, at FROM events WHERE room = ? ORDER BY seq",
            (int(room, 16),),
        ).fetchall()
    return [
        {"seq": seq, "by": f"{by:x}", "kind": kind, "at": at}
        for seq, by, kind, at in rows
    ]


def note_log(
    history: History, room: str, events: list[Record], raw: list[Record] | None = None
) -> None:
    """Put a room's final log into a history."""
    history.note("", "log", room=room, events=events, raw=raw)
