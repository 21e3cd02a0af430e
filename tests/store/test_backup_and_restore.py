"""Copies of a database in use, and the way back, whenever the machine dies."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chinwag.errors import (
    AlreadyRunning,
    DataNotWritable,
    NotADatabase,
    StartError,
)
from chinwag.protocol.commands import PostMessage
from chinwag.protocol.results import Posted
from chinwag.store import backup as module
from chinwag.store.backup import backup, restore
from chinwag.store.files import DATABASE, Lock
from chinwag.store.sqlite import SqliteStore
from tests.support.asking import expect, post, start_room
from tests.support.database import Dump, dump, looking_into
from tests.support.server import serving

Die = Callable[[], None]


class Died(BaseException):
    """The machine lost its power."""


async def talk(data: Path, *texts: str) -> Dump:
    """Say something in a new room; return all that is kept then."""
    async with serving(data) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        for text in texts:
            await post(server, ada, room, text)
        return dump(server.store.path)


def texts_of(content: Dump) -> list[str]:
    return [str(row[-1]) for row in content["events"]]


async def test_a_backup_under_load_is_whole_and_stops_nobody(
    data: Path, tmp_path: Path
) -> None:
    async with serving(data) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        await post(server, ada, room, "Before")
        copying = threading.Thread(target=backup, args=(data, tmp_path / "copy.db"))
        copying.start()
        answers: list[Posted] = []
        while copying.is_alive() or len(answers) < 50:
            said = PostMessage(
                id=1, room=room, cmid=str(len(answers)), text=f"During {len(answers)}"
            )
            answers.append(expect(await server.ask(ada, said), Posted))
        copying.join()
        everything = dump(server.store.path)
    copied = dump(tmp_path / "copy.db")
    with looking_into(tmp_path / "copy.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (head,) = [row[1] for row in copied["heads"]]
    assert len(copied["events"]) == head >= 2
    # It is a prefix of what came to be: nothing of a half transaction.
    assert set(copied["events"]) <= set(everything["events"])


async def test_a_restore_brings_all_back_in_another_epoch(
    data: Path, tmp_path: Path
) -> None:
    before = await talk(data, "Kept")
    backup(data, tmp_path / "copy.db")
    await talk(data, "Lost")
    aside = restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    restored = dump(data / DATABASE)
    assert restored.pop("meta") == [("epoch", "another")]
    before.pop("meta")
    assert restored == before
    assert aside is not None
    assert any("Lost" in text for text in texts_of(dump(aside)))
    assert sorted(file.name for file in data.iterdir()) == [
        "chinwag.db",
        "chinwag.db.old",
        "chinwag.lock",
        "secret",
    ]


@pytest.mark.parametrize("step", ["copy", "epoch", "aside", "replace", "sync"])
async def test_a_restore_that_dies_leaves_the_old_or_the_new(
    data: Path, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = texts_of(await talk(data, "Old"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    new = texts_of(await talk(elsewhere, "New", "Newer"))
    backup(elsewhere, tmp_path / "copy.db")

    def die(*_: object, **__: object) -> None:
        raise Died

    def leave(_: Path) -> None: ...

    with monkeypatch.context() as patch:
        if step == "copy":
            patch.setattr(shutil, "copyfile", die)
        elif step == "epoch":
            patch.setattr(module, "_fold_log", die)
        elif step == "aside":
            patch.setattr(os, "link", die)
        elif step == "replace":
            patch.setattr(Path, "replace", die)
        else:
            patch.setattr(module, "sync_directory", die)
        # Who is dead tidies nothing up.
        patch.setattr(module, "_discard", leave)
        with pytest.raises(Died):
            restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    async with serving(data) as server:
        assert texts_of(dump(server.store.path)) in (old, new)
    restore(data, tmp_path / "copy.db", new_epoch=lambda: "third")
    assert texts_of(dump(data / DATABASE)) == new
    assert not list(data.glob("*.restored*"))


async def test_a_log_that_a_dead_restore_left_is_not_taken_for_the_next_drafts(
    data: Path, tmp_path: Path
) -> None:
    expected = texts_of(await talk(data, "Mine"))
    backup(data, tmp_path / "copy.db")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    async with serving(elsewhere) as server:
        ada = await server.meet("Ada")
        await start_room(server, ada)
        left = elsewhere / f"{DATABASE}-wal"
        assert left.stat().st_size > 0
        shutil.copy(left, data / f"{DATABASE}.restored-wal")
    restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    assert texts_of(dump(data / DATABASE)) == expected


async def test_a_damaged_backup_is_refused_and_changes_nothing(
    data: Path, tmp_path: Path
) -> None:
    before = await talk(data, *map(str, range(200)))
    backup(data, tmp_path / "copy.db")
    whole = (tmp_path / "copy.db").read_bytes()
    middle = len(whole) // 2
    damaged = whole[:middle] + os.urandom(8_192) + whole[middle + 8_192 :]
    (tmp_path / "copy.db").write_bytes(damaged)
    with pytest.raises(NotADatabase):
        restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    assert dump(data / DATABASE) == before
    assert not list(data.glob("*.restored*"))


async def test_a_restore_while_somebody_reads_is_refused(
    data: Path, tmp_path: Path
) -> None:
    before = await talk(data, "Old")
    backup(data, tmp_path / "copy.db")
    with looking_into(data / DATABASE) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(StartError):
            restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    assert dump(data / DATABASE) == before


def test_a_restore_under_a_running_server_is_refused(
    data: Path, tmp_path: Path
) -> None:
    store = SqliteStore(data, new_epoch=lambda: "epoch")
    backup(data, tmp_path / "copy.db")
    lock = Lock(data)
    with pytest.raises(AlreadyRunning, match=str(os.getpid())):
        restore(data, tmp_path / "copy.db", new_epoch=lambda: "another")
    lock.release()
    store.close()


def test_a_backup_never_overwrites(data: Path, tmp_path: Path) -> None:
    SqliteStore(data, new_epoch=lambda: "epoch").close()
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(DataNotWritable, match="exists already"):
        backup(data, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"precious"
    with pytest.raises(DataNotWritable):
        backup(data, tmp_path / "nowhere" / "copy.db")
