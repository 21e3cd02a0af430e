"""The plain thing: a transaction for each message.

python -m bench.disk.one_by_one FOLDER SECONDS
"""

import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.filling import EVENTS
from chinwag.store.driver import sqlite
from chinwag.store.files import DATABASE
from chinwag.store.sqlite import SqliteStore

TEXT = "x" * 150


def post(database: Any, number: int) -> None:  # noqa: ANN401 - the driver's
    """Put a message down for good."""
    body = f'{{"cmid":"c{number}","text":"{TEXT}"}}'
    row = (1, number, number, 1, "message", None, number, os.urandom(16), body)
    database.execute("BEGIN IMMEDIATE")
    database.execute("SELECT head FROM heads WHERE room = 1").fetchone()
    database.execute(EVENTS, row)
    database.execute("UPDATE heads SET head = ? WHERE room = 1", (number,))
    database.execute("COMMIT")


def run(place: Path, seconds: float) -> dict[str, float]:
    """Post for so long; return how many a second became durable."""
    SqliteStore(place, new_epoch=lambda: "plain").close()
    with closing(sqlite.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        database.execute("INSERT INTO heads VALUES (1, 0, 0, 0, 1)")
        begun, cpu, count = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - begun < seconds:
            count += 1
            post(database, count)
        cpu = time.process_time() - cpu
        elapsed = time.perf_counter() - begun
    return {"a_second": count / elapsed, "a_cpu_second": count / cpu}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), float(sys.argv[2]))))
