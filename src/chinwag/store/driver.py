"""Which SQLite is used: the bundled one where there is a wheel, else Python's own."""

from types import ModuleType

sqlite: ModuleType
try:
    from pysqlite3 import dbapi2 as sqlite  # pyright: ignore[reportMissingTypeStubs] - it has none
except ImportError:
    import sqlite3 as sqlite

sqlite_version: tuple[int, ...] = tuple(sqlite.sqlite_version_info)
_BUG_SINCE, _BUG_UNTIL = (3, 7, 0), (3, 51, 2)


def has_wal_reset_bug(version: tuple[int, ...] = sqlite_version) -> bool:
    """Tell whether this SQLite may corrupt a database with several writers.

    Here one connection alone writes and checkpoints, which avoids it.
    """
    return _BUG_SINCE <= version <= _BUG_UNTIL
