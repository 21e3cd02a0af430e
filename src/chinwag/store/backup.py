"""A copy of the database while it is in use, and the way back from it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from chinwag.errors import AlreadyRunning, DataNotWritable, NotADatabase
from chinwag.store.engine import COPIER, WRITER, open_engine
from chinwag.store.files import (
    DATABASE,
    Lock,
    check_file,
    make_private,
    sync_directory,
    trouble_with,
)
from chinwag.store.sqlite import start_error
from chinwag.store.tables import meta


def backup(data: Path, target: Path) -> None:
    """Write a whole, consistent copy to `target`; nobody has to stop for it.

    Raises:
        NotADatabase: There is nothing to copy.
        DataNotWritable: `target` exists already, or can't be written.
        DiskFull: There is no room for it.
    """
    source = data / DATABASE
    if not source.exists():
        raise NotADatabase(f"There is no database in {data} yet.")
    check_file(source)
    if target.exists():
        raise _exists_already(target)
    engine = open_engine(source, COPIER, begin="BEGIN")
    try:
        # An empty file is taken for none, and is readable for its owner alone.
        make_private(target)
        with engine.connect() as connection:
            # VACUUM refuses to run inside a transaction.
            connection.connection.cursor().execute("VACUUM INTO ?", (str(target),))
        _sync(target)
    except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        target.unlink(missing_ok=True)
        raise start_error(target, DBAPIError(None, None, error)) from error
    except FileExistsError:
        raise _exists_already(target) from None
    except OSError as error:
        target.unlink(missing_ok=True)
        raise trouble_with(target, error) from error
    finally:
        engine.dispose()


def _exists_already(target: Path) -> DataNotWritable:
    return DataNotWritable(f"{target} exists already; nothing was overwritten.")


def restore(data: Path, source: Path, *, new_epoch: Callable[[], str]) -> Path | None:
    """Put a backup in the database's place; return where the old one is kept.

    The epoch changes, so that clients forget what they remember of the log. A crash
    in the midst leaves either the old database or the new one.

    Raises:
        AlreadyRunning: Chinwag runs on this data directory, or is being backed up.
        NotADatabase: `source` is no backup of ours, or a damaged one.
    """
    if not source.exists():
        raise NotADatabase(f"There is no file {source}.")
    check_file(source)
    lock = Lock(data)
    target = data / DATABASE
    draft, old = data / f"{DATABASE}.restored", data / f"{DATABASE}.old"
    try:
        _discard(draft)
        make_private(draft)
        shutil.copyfile(source, draft)
        _set_epoch(draft, new_epoch())
        kept = _put_aside(target, old)
        draft.replace(target)
        sync_directory(data)
    except DBAPIError as error:
        raise start_error(source, error) from error
    except OSError as error:
        raise trouble_with(data, error) from error
    finally:
        _discard(draft)
        lock.release()
    return kept


def _discard(draft: Path) -> None:
    """Remove a draft with all that SQLite keeps beside it.

    A log that a crash has left there would be taken for the next draft's.
    """
    for beside in ("-wal", "-shm", "-journal", ""):
        draft.with_name(draft.name + beside).unlink(missing_ok=True)


def _put_aside(target: Path, old: Path) -> Path | None:
    if not target.exists():
        return None
    _fold_log(target)
    old.unlink(missing_ok=True)
    os.link(target, old)
    return old


def _set_epoch(path: Path, epoch: str) -> None:
    engine = open_engine(path, WRITER, begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                raise NotADatabase(f"The backup is damaged: {found}.")
            here = meta.c.key == "epoch"
            connection.execute(update(meta).where(here).values(value=epoch))
    finally:
        engine.dispose()
    _fold_log(path)
    _sync(path)


def _fold_log(path: Path) -> None:
    """Move all of the write-ahead log into the file, and leave none beside it."""
    engine = open_engine(path, {}, begin="BEGIN IMMEDIATE")
    try:
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA journal_mode = DELETE")
            cursor.close()
    except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        raise AlreadyRunning(f"Another program has {path} open: {error}.") from error
    finally:
        engine.dispose()


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
    sync_directory(path.parent)
