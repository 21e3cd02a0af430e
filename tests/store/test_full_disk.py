"""A disk without room: what is acknowledged is kept, and reading goes on."""

import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from chinwag.errors import Unavailable
from chinwag.protocol.commands import (
    AnyCommand,
    AskHistory,
    EditMessage,
    Ping,
    PostMessage,
)
from chinwag.protocol.door import Caller
from chinwag.protocol.results import Changed, Done, History, Posted
from tests.support.asking import ask_at_once, expect, post, refused, start_room
from tests.support.database import dump
from tests.support.server import Server, serving

LARGE = "x" * 9_000
Limit = Callable[[int], None]


@pytest.fixture
def limit() -> Generator[Limit]:
    """Return a way to let the database grow by so many pages, and no further.

    SQLite then says what it says where a statement finds the disk full.
    """
    writers: list[Any] = []

    def note_connection(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
        writers.append(connection)

    event.listen(Engine, "connect", note_connection)

    def limit_writer(pages: int) -> None:
        # The first connection only marks the new file; readers come after the writer.
        writer = writers[1]
        (count,) = writer.execute("PRAGMA page_count").fetchone()
        writer.execute(f"PRAGMA max_page_count = {count + pages}")

    yield limit_writer
    event.remove(Engine, "connect", note_connection)


def say(room: str, cmid: str, text: str) -> PostMessage:
    return PostMessage(id=1, room=room, cmid=cmid, text=text)


def texts(server: Server) -> str:
    return "".join(str(row[-1]) for row in dump(server.store.path)["events"])


async def test_who_fits_is_saved_and_who_does_not_is_told(
    tmp_path: Path, limit: Limit
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        limit(1)
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, say(room, "small 1", "Small 1")),
            (ada, say(room, "large", LARGE)),
            (ada, say(room, "small 2", "Small 2")),
            (ada, Ping(id=1)),
            (ada, AskHistory(id=1, room=room)),
        ]
        answers = await ask_at_once(server, asked)
        assert [expect(answers[n], Posted).seq for n in (0, 2)] == [2, 3]
        failure = refused(answers[1], Unavailable)
        assert "disk is full" in failure.message
        assert failure.retry_after == 5
        expect(answers[3], Done)
        assert expect(answers[4], History).head == 3
        limit(10_000)
        assert expect(await server.ask(ada, say(room, "large", LARGE)), Posted).seq == 4


async def test_what_a_lost_transaction_held_is_never_acknowledged(
    tmp_path: Path, limit: Limit
) -> None:
    """An edit writes at once: where it finds no room, SQLite undoes the whole batch."""
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        await post(server, ada, room, "To be edited")
        limit(1)
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, say(room, "before", "Said before")),
            (ada, EditMessage(id=1, room=room, seq=2, text=LARGE)),
            (ada, say(room, "after", "Said after")),
        ]
        answers = await ask_at_once(server, asked)
        refused(answers[1], Unavailable)
        kept = texts(server)
        for answer, text in ((answers[0], "before"), (answers[2], "after")):
            acknowledged = isinstance(answer, Posted)
            assert (f"Said {text}" in kept) == acknowledged
        assert LARGE not in kept
        heads = dump(server.store.path)["heads"]
        assert heads[0][1] == len(dump(server.store.path)["events"])
        limit(10_000)
        edited = await server.ask(ada, EditMessage(id=1, room=room, seq=2, text=LARGE))
        assert expect(edited, Changed).seq == heads[0][1] + 1


def mount(*how: str | Path) -> bool:
    """Mount something, and tell whether we may."""
    done = subprocess.run(["mount", *how], check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """Return a directory on a disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", disk):
        pytest.skip("NOT PROVED HERE: only an administrator can mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_disk_that_fills_up_stops_writing_and_nothing_else(
    small_disk: Path,
) -> None:
    async with serving(small_disk) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        acknowledged = 0
        for number in range(400):
            answer = await server.ask(ada, say(room, f"c{number}", LARGE))
            if not isinstance(answer, Posted):
                break
            acknowledged += 1
        else:
            pytest.fail("the disk never filled up")
        refused(answer, Unavailable)
        assert acknowledged > 10
        page = expect(await server.ask(ada, AskHistory(id=1, room=room)), History)
        assert page.head == acknowledged + 1
        expect(await server.ask(ada, Ping(id=1)), Done)
        # Room again: it goes on without a restart, and nothing is missing.
        mount("-o", "remount,size=8m", small_disk)
        answer = await server.ask(ada, say(room, "again", "There is room again"))
        assert expect(answer, Posted).seq == acknowledged + 2
        assert len(dump(server.store.path)["events"]) == acknowledged + 2
