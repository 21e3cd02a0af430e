"""What stands in a server's database, read from beside it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

_LIST = "SELECT seq, printf('%x', by), kind, at FROM events WHERE room = ? ORDER BY seq"


def read_raw(data: Path, room: str) -> list[dict[str, Any]]:
    """Return the events of a room, as its rows say; nothing is changed."""
    address = f"file:{data / 'chinwag.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        rows = connection.execute(_LIST, (int(room, 16),)).fetchall()
    names = ("seq", "by", "kind", "at")
    return [dict(zip(names, row, strict=True)) for row in rows]
