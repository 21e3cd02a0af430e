"""What SQLite is told on every connection, before the first statement."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from chinwag.store.driver import sqlite
from chinwag.store.files import APPLICATION_ID
from chinwag.store.handle import BEGIN, Handle

NEW_FILE = {
    # Only an empty file takes this one, so it comes first.
    "auto_vacuum": "INCREMENTAL",
    "application_id": str(APPLICATION_ID),
}
WRITER = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "wal_autocheckpoint": "0",
    "cache_size": "-8192",
    "temp_store": "MEMORY",
}
READER = {"query_only": "ON", "wal_autocheckpoint": "0", "cache_size": "-2048"}
# VACUUM INTO writes elsewhere only, and yet `query_only` would forbid it.
COPIER = {"wal_autocheckpoint": "0"}
_BUSY_SECONDS = 5.0


def connect(path: Path, pragmas: Mapping[str, str], *, begin: str) -> Connection:
    """Return a connection to be kept, the only one of its engine; see `disconnect`."""
    return open_engine(path, pragmas, begin=begin).connect()


def disconnect(connection: Connection) -> None:
    """Close the file that `connect` opened."""
    connection.close()
    connection.engine.dispose()


def open_engine(
    path: Path, pragmas: Mapping[str, str], *, begin: str, connections: int = 1
) -> Engine:
    """Return an engine of so many connections, which open transactions with `begin`.

    They are to be kept: each new `Connection` of SQLAlchemy leaves listeners behind
    that refer to each other.
    """
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=sqlite,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={
            # One thread at a time uses it, but not always the same one.
            "check_same_thread": False,
            "isolation_level": None,
            "timeout": _BUSY_SECONDS,
            "cached_statements": 512,
        },
    )

    def set_pragmas(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's
        record.info[BEGIN] = begin
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}")

    def say_begin(connection: Connection) -> None:
        Handle(connection).begin()

    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", say_begin)
    return engine
