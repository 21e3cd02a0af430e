"""A large database in little time, and a write-ahead log as a crash leaves it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

TEXT = "All work and no tea makes a dull chat. " * 50
BYTES_A_ROW = len(TEXT) + 100
MEGABYTE = 2**20
AT_ONCE = 5_000
_PUT = "INSERT INTO events VALUES (?, ?, ?, ?, 'message', NULL, NULL, ?, ?, ?)"
_COLUMNS = "room seq at by kind changed thread ordinal cmid body".split()


def fill(data: Path, room: str, megabytes: int, logged: int) -> int:
    """Put so much into a room, the last `logged` MB into the log; return its head.

    No server may run. What the log holds is written by a process that dies then, so
    that nobody tidies up behind it.
    """
    database = data / "chinwag.db"
    with closing(sqlite3.connect(database)) as connection:
        _insert(connection, int(room, 16), megabytes - logged)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer = subprocess.run(
        [sys.executable, "-m", __name__, database, room, str(logged)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert writer.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT head FROM heads").fetchone()
    return int(row[0])


def _insert(connection: sqlite3.Connection, room: int, megabytes: int) -> None:
    columns = [row[1] for row in connection.execute("PRAGMA table_info(events)")]
    assert columns == _COLUMNS, "the table is another one by now"
    here = "SELECT head, messages, last_at FROM heads WHERE room = ?"
    head, messages, at = connection.execute(here, (room,)).fetchone()
    by = connection.execute("SELECT id FROM people").fetchone()[0]
    count = megabytes * MEGABYTE // BYTES_A_ROW

    def rows(first: int, last: int) -> Iterator[tuple[object, ...]]:
        for n in range(first, last):
            cmid = f"bulk-{messages + n}"
            body = json.dumps({"cmid": cmid, "text": TEXT})
            digest = (messages + n).to_bytes(16, "big")
            yield room, head + n, at, by, messages + n, digest, body

    for first in range(1, count + 1, AT_ONCE):
        with connection:
            last = min(first + AT_ONCE, count + 1)
            connection.executemany(_PUT, rows(first, last))
            connection.execute(
                "UPDATE heads SET head = ?, messages = ? WHERE room = ?",
                (head + last - 1, messages + last - 1, room),
            )


def main() -> None:
    """Write into the log and die."""
    database, room, megabytes = sys.argv[1:]
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    _insert(connection, int(room, 16), int(megabytes))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
