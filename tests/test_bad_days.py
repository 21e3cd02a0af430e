"""A start that cannot be: one sentence, a status of its own, and nothing changed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.running import PYTHON_M, clean_environment, running
from tests.talking import talk_to


def start(data: Path, port: int = 0) -> subprocess.CompletedProcess[str]:
    """Start a server that will not get far."""
    return subprocess.run(
        [*PYTHON_M, "serve", "--data", data, "--port", str(port)],
        env=clean_environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_refused(
    ended: subprocess.CompletedProcess[str], status: int, *words: object
) -> None:
    assert ended.returncode == status, ended.stderr
    assert ended.stdout == ""
    (sentence,) = ended.stderr.splitlines()
    assert sentence.endswith(".")
    for word in words:
        assert str(word) in sentence


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_port_that_is_taken_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104 - as the server does
        other.listen()
        port: int = other.getsockname()[1]
        assert_refused(start(tmp_path / "data", port), 4, port)
    assert not (tmp_path / "data").exists()


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert_refused(start(tmp_path / "file/data"), 5, tmp_path / "file/data")
    assert snapshot(tmp_path) == {"file": b"in the way"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_data_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert_refused(start(tmp_path), 5, tmp_path)


def test_a_second_server_is_refused_with_the_process_id_of_the_first(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with running(data) as first:
        assert_refused(start(data), 6, data, first.process.pid)
        with talk_to(first.url, name="Ada") as ada:
            assert ada.ask("ping") == {}


@pytest.mark.parametrize(
    "content",
    [b"not a database" * 1_000, b"SQLite format 3\0" + bytes(4_080)],
    ids=["text", "somebody else's database"],
)
def test_a_file_that_is_no_database_of_ours_is_told_and_left_alone(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "chinwag.db").write_bytes(content)
    assert_refused(start(tmp_path), 7, tmp_path / "chinwag.db")
    assert (tmp_path / "chinwag.db").read_bytes() == content


def test_a_database_of_a_newer_chinwag_is_told_and_left_alone(tmp_path: Path) -> None:
    from chinwag.store.driver import sqlite  # noqa: PLC0415 - the driver that writes it

    data = tmp_path / "data"
    with running(data):
        pass
    database = sqlite.connect(data / "chinwag.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    before = (data / "chinwag.db").read_bytes()
    assert_refused(start(data), 8, "newer", "9999")
    after = sqlite.connect(data / "chinwag.db")
    assert after.execute("SELECT version_num FROM alembic_version").fetchone() == (
        "9999",
    )
    after.close()
    assert len((data / "chinwag.db").read_bytes()) == len(before)


@pytest.fixture(params=["16k", "64k"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Path]:
    """Return a directory on a disk of its own with room for next to nothing."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", disk],
        check=False,
        capture_output=True,
    )
    if not made or made.returncode:
        pytest.skip("a small file system can't be mounted: a full disk is not tested")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told(small_disk: Path) -> None:
    assert_refused(start(small_disk), 9, small_disk)


def test_a_server_killed_right_after_its_first_start_starts_again(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with running(data) as first:
        first.process.kill()
        first.process.wait()
    with running(data) as second, talk_to(second.url, name="Ada") as ada:
        assert ada.ask("ping") == {}


MUTE = ("sh", "-c", 'exec "$@" 2> /dev/full', "sh", *PYTHON_M)
"""A Chinwag whose stderr is a file on a full disk."""


def test_a_server_that_can_write_no_line_of_its_log_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # Of this the job that keeps the index complains as soon as it starts.
    (data / "search.db").mkdir(parents=True)
    with running(data, command=MUTE) as server, talk_to(server.url, name="Ada") as ada:
        room = ada.ask("start_room", name="Tea")["room"]["id"]
        time.sleep(1)
        assert ada.ask("post_message", room=room, cmid="1", text="Still here?")
        assert server.process.poll() is None


def test_a_start_that_cannot_be_told_about_has_its_status_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = subprocess.run(
        [*MUTE, "serve", "--data", tmp_path / "file/data", "--port", "0"],
        env=clean_environment({}),
        timeout=60,
        check=False,
    )
    assert ended.returncode == 5


def test_the_data_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    with running(tmp_path / "data"):
        pass
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
