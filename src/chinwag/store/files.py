"""The data directory: its lock, its secret, and which files are refused untouched."""

import fcntl
import os
from pathlib import Path

from chinwag.errors import AlreadyRunning, DataNotWritable, DiskFull, NotADatabase
from chinwag.ids import Dice

DATABASE = "chinwag.db"
LOCK = "chinwag.lock"
SECRET = "secret"  # noqa: S105 - a file's name
SECRET_BYTES = 32
APPLICATION_ID = 0x43574147
"""`CWAG` in the database's header: a file that is ours says so."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_AT_APPLICATION_ID = slice(68, 72)
_ENOSPC = 28


def trouble_with(path: Path, error: OSError) -> Exception:
    """Return the start error that an operating system's error means."""
    if error.errno == _ENOSPC:
        return DiskFull(f"The disk is full: {path} can't be written.")
    return DataNotWritable(f"Can't write to {path}: {error.strerror}.")


class Lock:
    """Who holds the data directory; nobody else may start on it."""

    def __init__(self, data: Path) -> None:
        """Take the lock, or raise `AlreadyRunning` with the holder's process id."""
        path = data / LOCK
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise trouble_with(data, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held = _held_by_another(data, self._file)
            os.close(self._file)
            raise held from None
        self._note_holder(path)

    def _note_holder(self, path: Path) -> None:
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._file)
            raise trouble_with(path, error) from error

    def release(self) -> None:
        """Let the next one in. The file stays: removing it would race with them."""
        os.close(self._file)


def _held_by_another(data: Path, file: int) -> AlreadyRunning:
    holder = os.pread(file, 32, 0).decode(errors="replace").strip()
    return AlreadyRunning(
        f"Another Chinwag uses {data} already: process {holder or 'unknown'}."
    )


def refuse_if_held(data: Path) -> None:
    """Raise `AlreadyRunning` if somebody holds the data directory; write nothing."""
    try:
        file = os.open(data / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _held_by_another(data, file) from None
    finally:
        os.close(file)


def check_file(path: Path) -> None:
    """Refuse a database file that is not ours, before anything is written.

    Raises:
        NotADatabase: It is something else.
        DataNotWritable: It can't be read or written.
    """
    try:
        with path.open("rb+") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        raise trouble_with(path, error) from error
    if not header:
        return
    mark = int.from_bytes(header[_AT_APPLICATION_ID], "big")
    if header[: len(_MAGIC)] != _MAGIC or mark != APPLICATION_ID:
        raise NotADatabase(f"{path} is not a Chinwag database; it was left as it is.")


def read_secret(data: Path, dice: Dice) -> bytes:
    """Return the secret from which the keys of links are derived, made on first use."""
    path = data / SECRET
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        secret = b""
    except OSError as error:
        raise trouble_with(path, error) from error
    if len(secret) == SECRET_BYTES:
        return secret
    secret = dice.number(8 * SECRET_BYTES).to_bytes(SECRET_BYTES, "big")
    try:
        write_durably(path, secret)
    except OSError as error:
        raise trouble_with(path, error) from error
    return secret


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
    draft.rename(path)
    sync_directory(path.parent)


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read, where there is none."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.close(file)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    file = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
