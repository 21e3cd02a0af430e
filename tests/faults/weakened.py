"""Chinwag made worse on purpose, to see that the instruments notice.

Each function is run in a server's process before anything else. The first one makes
nothing worse: it lets happen within seconds what else takes minutes.
"""

from sqlalchemy.exc import DBAPIError

from chinwag.errors import Unavailable
from chinwag.store import engine, sqlite, work


def tidy_often() -> None:
    """Move the write-ahead log into the database after every few messages."""
    sqlite.CHECKPOINT_PAGES = 40
    sqlite.RESTART_PAGES = 400
    sqlite.MEASURE_EVERY = sqlite.GUESS_EVERY = 1


def never_sync() -> None:
    """Leave it to the system when anything comes to the disk."""
    engine.WRITER["synchronous"] = "OFF"


def sync_at_checkpoints() -> None:
    """Make nothing durable that stands in the write-ahead log alone."""
    engine.WRITER["synchronous"] = "NORMAL"


def shrug_at_broken_disks() -> None:
    """Treat a disk that failed as one that may be fine again."""

    def shrug(_: DBAPIError) -> Exception:
        return Unavailable("Something is wrong with the disk.", retry_after=0.1)

    work.__dict__["translate"] = shrug
