"""The data directory: who may read it, who holds it, and what is written whole."""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from chinwag.errors import AlreadyRunning, DataNotWritable
from chinwag.store.backup import backup, restore
from chinwag.store.files import LOCK, SECRET, Lock, read_secret
from chinwag.store.sqlite import SqliteStore
from tests.support.time import FakeDice

HOLD = """
import sys, time
from pathlib import Path
from chinwag.store.files import Lock
Lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def open_handed() -> Generator[None]:
    """Let new files be for everybody, as on many machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("open_handed")
def test_whatever_is_kept_is_for_its_owner_alone(data: Path) -> None:
    store = SqliteStore(data, new_epoch=lambda: "epoch")
    read_secret(data, FakeDice())
    Lock(data).release()
    backup(data, data / "copy.db")
    modes = {file.name: mode_of(file) for file in data.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}, modes
    assert {"chinwag.db-wal", "secret", "copy.db"} < modes.keys()
    restore(data, data / "copy.db", new_epoch=lambda: "other")
    modes = {file.name: mode_of(file) for file in data.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_new_data_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    Lock(tmp_path / "new").release()
    assert mode_of(tmp_path / "new") == 0o700


def test_the_secret_is_made_once_and_kept(data: Path) -> None:
    dice = FakeDice()
    first = read_secret(data, dice)
    assert len(first) == 32
    assert read_secret(data, dice) == first
    assert (data / SECRET).read_bytes() == first
    assert not list(data.glob("*.new"))


def test_a_secret_that_cannot_be_read_is_told(data: Path) -> None:
    (data / SECRET).mkdir()
    with pytest.raises(DataNotWritable, match="secret"):
        read_secret(data, FakeDice())


def test_a_second_process_is_refused_with_the_id_of_the_first(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, data], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=rf"process {holder.pid}\."):
            Lock(data)
        holder.kill()
    # Whoever dies lets go.
    lock = Lock(data)
    assert (data / LOCK).read_text() == f"{os.getpid()}\n"
    lock.release()
    Lock(data).release()
