"""What a database's own errors mean here."""

from sqlalchemy.exc import DBAPIError

from chinwag.errors import StorageFailed, Unavailable

_TRY_AGAIN = 5.0
_FULL = ("SQLITE_FULL",)
BROKEN = ("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN")
_READ_ONLY = ("SQLITE_READONLY",)


def name_of(error: BaseException) -> str:
    """Return SQLite's name of an error, such as `SQLITE_FULL`; empty for others."""
    name: object = getattr(error, "sqlite_errorname", "")
    return name if isinstance(name, str) else ""


def translate(error: DBAPIError) -> Exception:
    """Return what is to be raised instead of a driver's error.

    A full disk is `Unavailable`: it may have room again. A disk that fails is
    `StorageFailed`: what it has kept is unknown. Anything else is a bug of ours.
    """
    name = name_of(error.orig) if error.orig is not None else ""
    if name.startswith(_FULL):
        return Unavailable(
            "The disk is full; nothing was saved.", retry_after=_TRY_AGAIN
        )
    if name.startswith(_READ_ONLY):
        return Unavailable(
            "The disk is read-only; nothing was saved.", retry_after=_TRY_AGAIN
        )
    if name.startswith(BROKEN):
        return StorageFailed(f"The disk failed: {error.orig}.")
    return error
