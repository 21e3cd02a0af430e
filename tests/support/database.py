"""What stands in a database, all of it, to be compared."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chinwag.store.driver import sqlite
from chinwag.store.tables import metadata

Dump = dict[str, list[tuple[Any, ...]]]


@contextmanager
def looking_into(path: Path) -> Generator[Any]:
    """Open a database file beside whoever uses it."""
    connection = sqlite.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def dump(path: Path) -> Dump:
    """Return every row of every table."""
    with looking_into(path) as connection:
        return {
            table.name: sorted(
                connection.execute(f'SELECT * FROM "{table.name}"'),  # noqa: S608 - our own names
                key=repr,
            )
            for table in metadata.sorted_tables
        }
