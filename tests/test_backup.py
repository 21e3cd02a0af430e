"""Backing up while people talk, restoring, and what either refuses."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import PYTHON_M, clean_environment, running
from tests.talking import talk_to


def chinwag_does(verb: str, file: Path, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON_M, verb, file, "--data", data],
        env=clean_environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_backup_of_a_running_server_has_all_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    texts = [f"Message {number}" for number in range(100)]
    with (
        running(data, "--rate-messages", "0") as server,
        talk_to(server.url, name="Ada") as ada,
    ):
        started = ada.ask("start_room", name="Tea")
        room = started["room"]["id"]
        for number, text in enumerate(texts):
            ada.ask("post_message", room=room, cmid=str(number), text=text)
        done = chinwag_does("backup", copy, data)
        assert done.returncode == 0, done.stderr
        ada.ask("post_message", room=room, cmid="late", text="After the backup")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(data / "secret", elsewhere)
    done = chinwag_does("restore", copy, elsewhere)
    assert done.returncode == 0, done.stderr
    with running(elsewhere) as server, talk_to(server.url, name="Eve") as eve:
        joined = eve.ask("join_room", key=started["link"], after=0)
        assert joined["room"]["name"] == "Tea"
        assert eve.hear_texts(100) == texts


def test_restoring_changes_the_epoch_and_keeps_what_was_there(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with running(data) as server, talk_to(server.url, name="Ada") as ada:
        before = ada.welcome["epoch"]
        ada.ask("start_room", name="Tea")
        assert chinwag_does("backup", copy, data).returncode == 0
    done = chinwag_does("restore", copy, data)
    assert done.returncode == 0, done.stderr
    assert f"{data / 'chinwag.db.old'}" in done.stdout
    assert (data / "chinwag.db.old").is_file()
    with running(data) as server, talk_to(server.url, name="Ada") as ada:
        assert ada.welcome["epoch"] != before


def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with running(data):
        pass
    copy.write_text("precious")
    done = chinwag_does("backup", copy, data)
    assert done.returncode == 5
    assert f"{copy} exists already" in done.stderr
    assert copy.read_text() == "precious"


def test_a_backup_of_nothing_is_told(tmp_path: Path) -> None:
    done = chinwag_does("backup", tmp_path / "copy.db", tmp_path / "data")
    assert done.returncode == 7
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_restoring_under_a_running_server_is_refused_with_its_process(
    tmp_path: Path,
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with running(data) as server:
        assert chinwag_does("backup", copy, data).returncode == 0
        done = chinwag_does("restore", copy, data)
        assert done.returncode == 6
        assert str(server.process.pid) in done.stderr
        with talk_to(server.url, name="Ada") as ada:
            assert ada.ask("ping") == {}


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0?", b"x" * 9_999])
def test_restoring_what_is_no_backup_is_refused_and_changes_nothing(
    content: bytes, tmp_path: Path
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with running(data):
        pass
    before = (data / "chinwag.db").read_bytes()
    copy.write_bytes(content)
    done = chinwag_does("restore", copy, data)
    assert done.returncode == 7, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (data / "chinwag.db").read_bytes() == before
