"""What a database's own errors mean here."""

from sqlalchemy.exc import DBAPIError

from chinwag.errors import StorageFailed, Unavailable

_TRY_AGAIN = 5.0
# Growing the shared memory file beside the log is the first to notice a full disk.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_BROKEN = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN")
_READ_ONLY = ("SQLITE_READONLY",)
_PASSING = {
    _FULL: "The disk is full; nothing was saved.",
    _READ_ONLY: "The disk is read-only; nothing was saved.",
    _BUSY: "Another program holds the database; nothing was saved.",
}


def name_of(error: BaseException) -> str:
    """Return SQLite's name of an error, such as `SQLITE_FULL`; empty for others."""
    name: object = getattr(error, "sqlite_errorname", "")
    return name if isinstance(name, str) else ""


def is_broken(error: BaseException) -> bool:
    """Tell whether it is the disk that failed; a full one has not."""
    name = name_of(error)
    return name.startswith(_BROKEN) and not name.startswith(_FULL)


def translate(error: DBAPIError) -> Exception:
    """Return what is to be raised instead of a driver's error.

    A full disk is `Unavailable`: it may have room again. A disk that fails is
    `StorageFailed`: what it has kept is unknown. Anything else is a bug of ours.
    """
    name = name_of(error.orig) if error.orig is not None else ""
    for names, sentence in _PASSING.items():
        if name.startswith(names):
            return Unavailable(sentence, retry_after=_TRY_AGAIN)
    if name.startswith(_BROKEN):
        return StorageFailed(f"The disk failed: {error.orig} ({name}).")
    return error
