"""The search index beside the log: it keeps up, and what happens to it is mended."""

import asyncio
import random
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag.clock import SystemClock
from chinwag.domain.search import Query, SearchAsk, read_query
from chinwag.errors import StorageFailed, Unavailable
from chinwag.ids import PersonId
from chinwag.jobs import indexing
from chinwag.jobs.indexing import PAUSE_SECONDS, Indexing
from chinwag.protocol.commands import DeleteMessage, EditMessage, PostMessage
from chinwag.protocol.door import Caller
from chinwag.protocol.results import Posted
from chinwag.store import search_index
from chinwag.store.search_file import FILE, can_search
from chinwag.store.search_index import MOST_EVENTS, SearchIndex
from chinwag.store.searchers import Searchers
from tests.support.asking import expect, person_of, post, start_room
from tests.support.database import looking_into
from tests.support.server import Server, serving

POSTS, FEW_PARTS = 40, 5


@asynccontextmanager
async def indexed(server: Server, data: Path) -> AsyncGenerator[Indexing]:
    """Keep an index of a server's log."""
    index = Indexing(
        lambda: SearchIndex(data, server.store.epoch),
        Searchers(data),
        SystemClock(),
        able=can_search(),
    )
    server.bus.listen(index.tell)
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(index.run())
            try:
                yield index
            finally:
                running.cancel()
    finally:
        index.close()


async def find(index: Indexing, who: Caller | PersonId, q: str) -> list[str]:
    """Return the texts that somebody finds, once the index knows all."""
    person = person_of(who) if isinstance(who, Caller) else who
    ask = SearchAsk(person=person, query=read_query(q), limit=50)
    async with asyncio.timeout(20):
        while True:
            try:
                hits = await index.search(ask)
            except Unavailable:
                await asyncio.sleep(0.02)
                continue
            if hits.complete:
                break
    return [hit["event"]["text"] for hit in msgspec.json.decode(hits.hits)]


async def find_by_pages(index: Indexing, who: Caller, q: str) -> list[str]:
    """Return the texts that somebody finds, one a page."""
    texts: list[str] = []
    place = None
    for _ in range(20):
        hits = await index.search(
            SearchAsk(person=person_of(who), query=read_query(q), before=place, limit=1)
        )
        texts += [hit["event"]["text"] for hit in msgspec.json.decode(hits.hits)]
        place = hits.before
        if place is None:
            break
    return texts


async def test_what_was_there_before_is_found(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        rooms = [(await start_room(server, ada)).room.id for _ in range(3)]
        for n in range(MOST_EVENTS + 20):
            server.hand_in(
                ada,
                PostMessage(id=1, room=rooms[n % 3], cmid=f"c{n}", text=f"tea {n}"),
            )
        await server.settle()
        async with indexed(server, tmp_path) as index:
            assert await find(index, ada, "500") == ["tea 500"]
            assert index.steps > 1
            # All was said in the same moment: then the newest room comes first.
            await post(server, ada, rooms[2], "more tea")
            assert (await find(index, ada, "tea"))[0] == "more tea"
        # Another start asks for nothing twice.
        async with indexed(server, tmp_path) as index:
            assert await find(index, ada, "more") == ["more tea"]
            assert index.steps == 0


async def test_what_is_said_in_a_row_is_taken_up_together(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, indexed(server, tmp_path) as index:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        await post(server, ada, room, "tea 0")
        await find(index, ada, "tea")
        before, begun = index.steps, asyncio.get_running_loop().time()
        posts = 0
        while asyncio.get_running_loop().time() < begun + 2.5 * PAUSE_SECONDS:
            posts += 1
            await post(server, ada, room, f"tea {posts}")
            await asyncio.sleep(0.01)
        assert posts > 5 * (index.steps - before)
        assert 1 <= index.steps - before <= 3
        # Who searches does not wait for a pause, nor for it to become quiet.
        for _ in range(5):
            await post(server, ada, room, "more tea")
            assert (await find(index, ada, "tea"))[0] == "more tea"
        assert asyncio.get_running_loop().time() < begun + 4.5 * PAUSE_SECONDS


async def test_what_lies_outside_of_a_span_is_no_hit(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, indexed(server, tmp_path) as index:
        ada = await server.meet("Ada")
        quiet, newest, older = [
            (await start_room(server, ada)).room.id for _ in range(3)
        ]
        # They are numbered in this order: the walk from the first falls into the next.
        for room in (quiet, newest, older):
            await post(server, ada, room, "water")
            await find(index, ada, "water")
        for room, text in ((older, "tea 1"), (older, "tea 2"), (newest, "tea 3")):
            server.clock.go_on(1.0)
            await post(server, ada, room, text)
        assert await find(index, ada, "tea") == ["tea 3", "tea 2", "tea 1"]
        assert await find(index, ada, "tea before:2000") == []
        assert await find_by_pages(index, ada, "tea") == ["tea 3", "tea 2", "tea 1"]


async def test_a_file_that_is_no_index_is_made_anew(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        await post(server, ada, (await start_room(server, ada)).room.id, "tea")
        for content in (b"", b"This is no database.", b"SQLite format 3\0" * 99):
            (tmp_path / FILE).write_bytes(content)
            async with indexed(server, tmp_path) as index:
                assert await find(index, ada, "tea") == ["tea"]


async def test_the_index_of_another_database_is_thrown_away(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        await post(server, ada, (await start_room(server, ada)).room.id, "tea")
        async with indexed(server, tmp_path) as index:
            await find(index, ada, "tea")
        with looking_into(tmp_path / FILE) as connection:
            connection.execute("UPDATE facts SET value = 'x' WHERE key = 'epoch'")
            connection.execute("DELETE FROM words")
            connection.commit()
        async with indexed(server, tmp_path) as index:
            assert await find(index, ada, "tea") == ["tea"]


async def test_a_step_that_fails_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(indexing, "ANEW_SECONDS", 0.05)
    update = SearchIndex.update
    errors: list[Exception] = [
        Unavailable("The disk is full."),
        StorageFailed("The disk failed."),
        ZeroDivisionError("A bug."),
    ]

    def update_or_not(self: SearchIndex, behind: set[int]) -> object:
        if errors:
            raise errors.pop(0)
        return update(self, behind)  # type: ignore[arg-type]

    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        async with indexed(server, tmp_path) as index:
            await post(server, ada, room, "green tea")
            assert await find(index, ada, "tea") == ["green tea"]
            monkeypatch.setattr(SearchIndex, "update", update_or_not)
            await post(server, ada, room, "black tea")
            assert await find(index, ada, "tea") == ["black tea", "green tea"]
            assert not errors


async def test_nothing_is_left_of_what_was_deleted(tmp_path: Path) -> None:
    secret = "xylophone"
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        async with indexed(server, tmp_path) as index:
            said = await post(server, ada, room, f"my {secret} is hidden")
            await post(server, ada, room, "something else")
            assert len(await find(index, ada, secret)) == 1
            await server.ask(ada, DeleteMessage(id=1, room=room, seq=said.seq))
            assert await find(index, ada, secret) == []
        with looking_into(tmp_path / FILE) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret.encode() not in (tmp_path / FILE).read_bytes()


WORDS = ("tea", "teapot", "milk", "cup", "\u8336", "caf\u00e9", "no-one")
TOKEN = re.compile("\u8336|[^\\W\u8336]+")


def expected(texts: list[str], query: Query) -> list[str]:
    """Return what a look at every text finds, the newest first."""

    def has(text: str, term: str) -> bool:
        there = TOKEN.findall(text)
        *wanted, last = TOKEN.findall(term.removesuffix("*"))
        fits = str.startswith if term.endswith("*") else str.__eq__
        return any(
            there[at - len(wanted) : at] == wanted and fits(there[at], last)
            for at in range(len(wanted), len(there))
        )

    return [
        text
        for text in reversed(texts)
        if all(has(text, term) for term in query.wanted)
        and not any(has(text, term) for term in query.unwanted)
    ]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_it_finds_what_a_look_at_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - hypothesis keeps the seed
    asyncio.run(_compare(tmp_path_factory.mktemp("any"), dice))


async def _compare(place: Path, dice: random.Random) -> None:
    async with serving(place) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        async with indexed(server, place) as index:
            there = await _chat(server, ada, room, dice)
            for _ in range(20):
                q = " ".join(_ask(dice, n) for n in range(dice.randint(1, 3)))
                assert await find(index, ada, q) == expected(there, read_query(q)), q


def _say(dice: random.Random, most: int) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(1, most)))


def _ask(dice: random.Random, number: int) -> str:
    unwanted = "-" if number and dice.random() < 0.5 else ""
    return unwanted + dice.choice((f'"{_say(dice, 2)}"', _say(dice, 1), "te*"))


async def _chat(
    server: Server, ada: Caller, room: str, dice: random.Random
) -> list[str]:
    """Post, edit and delete; return what is there then, the oldest first."""
    texts: dict[int, str] = {}
    for n in range(30):
        text, seq = _say(dice, 5), dice.choice([*texts, 0])
        if not seq or n % 3:
            said = PostMessage(id=1, room=room, cmid=f"c{n}", text=text)
            texts[expect(await server.ask(ada, said), Posted).seq] = text
        elif dice.random() < 0.5:
            await server.ask(ada, EditMessage(id=1, room=room, seq=seq, text=text))
            texts[seq] = text
        else:
            await server.ask(ada, DeleteMessage(id=1, room=room, seq=seq))
            del texts[seq]
    return list(texts.values())


async def test_what_came_in_many_parts_is_merged_when_there_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "LEAST_UNMERGED", 1)
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        async with indexed(server, tmp_path) as index:
            for n in range(POSTS):
                await post(server, ada, room, f"tea {n}")
                await find(index, ada, "tea")
            async with asyncio.timeout(20):
                # One, and up to a tenth of what is there that is not worth it yet.
                while count_parts(tmp_path) > FEW_PARTS:  # noqa: ASYNC110 - a file has no event
                    await asyncio.sleep(0.02)
            assert len(await find(index, ada, "tea")) == POSTS


def count_parts(data: Path) -> int:
    """Return how many parts the index has, as its own tables tell (FTS5)."""
    with looking_into(data / FILE) as connection:
        parts = connection.execute("SELECT count(DISTINCT segid) FROM words_idx")
        count: int = parts.fetchone()[0]
        return count
