"""SQLite: one connection decides and writes; others only read.

Statements run on the loop, where they cost microseconds. Only COMMIT and checkpoints
wait for the disk, and go to a thread.
"""

import contextlib
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.errors import DiskFull, NotADatabase, StartError, StorageFailed
from chinwag.store.driver import sqlite, sqlite_version
from chinwag.store.engine import NEW_FILE, WRITER, open_engine
from chinwag.store.failures import is_broken, name_of
from chinwag.store.files import DATABASE, check_file, make_private, trouble_with
from chinwag.store.handle import Handle
from chinwag.store.memory import Memory
from chinwag.store.migrate import migrate
from chinwag.store.tables import meta
from chinwag.store.threads import Threads
from chinwag.store.work import Work

CHECKPOINT_PAGES = 4_096
"""16 MiB of write-ahead log: from here on it is moved into the database."""
RESTART_PAGES = 16_384
"""64 MiB: from here on readers are waited for, so that the log starts anew."""
INDEX_BYTES = 32 * 1024
"""The least that the index beside the write-ahead log takes."""
_CAN_MEASURE_FROM = (3, 51, 0)
MEASURE_EVERY, GUESS_EVERY = 16, 256
"""After so many batches the log is measured, or moved where SQLite can't tell."""


class SqliteStore:
    """The handlers' `Store` over one file."""

    def __init__(self, data: Path, *, new_epoch: Callable[[], str]) -> None:
        """Open the database, its schema brought up to date, or raise a `StartError`."""
        self.path = data / DATABASE
        check_file(self.path)
        self._engine = open_engine(self.path, WRITER, begin="BEGIN IMMEDIATE")
        with contextlib.ExitStack() as stack:
            stack.callback(self._engine.dispose)
            try:
                _mark_new_file(self.path)
                self._connection = self._engine.connect()
                stack.callback(self._connection.close)
                self._handle = Handle(self._connection)
                migrate(self._connection, new_epoch)
                self.epoch = self._get_epoch()
            except DBAPIError as error:
                raise start_error(self.path, error) from error
            except OSError as error:
                raise trouble_with(self.path, error) from error
            stack.pop_all()
        self._committer = Threads(1, "commit")
        self.memory = Memory()
        self._batches = 0

    def _get_epoch(self) -> str:
        here = select(meta.c.value).where(meta.c.key == "epoch")
        with self._connection.begin():
            return self._connection.execute(here).scalar_one()

    def begin(self) -> Work:
        """Begin a batch; its transaction begins with its first statement."""
        return Work(self._handle, self._committer, self.memory)

    async def tidy(self) -> None:
        """Between batches: move a long write-ahead log into the database."""
        waiting = self._measure()
        if waiting < CHECKPOINT_PAGES:
            return
        mode = "RESTART" if waiting >= RESTART_PAGES else "PASSIVE"
        failpoints.reach("before-checkpoint")
        await self._committer.do(partial(self._checkpoint, mode))
        failpoints.reach("after-checkpoint")

    def _measure(self) -> int:
        """Return how many pages wait in the log; a guess where SQLite can't tell."""
        able = sqlite_version >= _CAN_MEASURE_FROM
        self._batches = (self._batches + 1) % (MEASURE_EVERY if able else GUESS_EVERY)
        if self._batches:
            return 0
        return self._checkpoint("NOOP") if able else CHECKPOINT_PAGES

    def _checkpoint(self, mode: str) -> int:
        cursor = self._connection.connection.cursor()
        try:
            _, pages, moved = cursor.execute(
                f"PRAGMA wal_checkpoint({mode})"
            ).fetchone()
        except sqlite.OperationalError as error:
            if is_broken(error):
                raise StorageFailed(
                    f"The disk failed: {error} ({name_of(error)})."
                ) from error
            # The disk is full, or a reader was in the way: the log can wait.
            return 0
        finally:
            cursor.close()
        return pages - moved

    def close(self) -> None:
        """Finish what runs and close the file."""
        self._committer.close()
        self._connection.close()
        self._engine.dispose()


def _mark_new_file(path: Path) -> None:
    """Write into an empty file that it is ours, before it has a write-ahead log.

    In the log the mark would wait for a checkpoint, and a crash before that would
    leave a file that nobody knows.
    """
    if not path.exists():
        make_private(path)
    elif path.stat().st_size:
        return
    engine = open_engine(path, NEW_FILE, begin="BEGIN IMMEDIATE")
    engine.connect().close()
    engine.dispose()


def start_error(path: Path, error: DBAPIError) -> StartError:
    """Return what it means that the database can't be opened."""
    name = name_of(error.orig) if error.orig is not None else ""
    # Where there is no room for the log's index, SQLite only tells of an I/O error.
    cramped = shutil.disk_usage(path.parent).free < INDEX_BYTES
    if name == "SQLITE_FULL" or (cramped and name.startswith("SQLITE_IOERR")):
        return DiskFull(f"The disk is full: {path} can't be written.")
    return NotADatabase(f"{path} can't be used as a database: {error.orig}.")
