"""All that waits is one transaction: counted, poisoned, and full of refusals."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chinwag.errors import (
    BadRequest,
    Internal,
    NotFound,
    OutOfOrder,
    RateLimited,
    Refusal,
    Unavailable,
)
from chinwag.handlers.call import Call
from chinwag.handlers.dispatch import MANY
from chinwag.handlers.messages import post_message
from chinwag.handlers.table import HANDLERS
from chinwag.protocol.commands import (
    AnyCommand,
    AskMe,
    EditMessage,
    Hello,
    JoinRoom,
    LeaveRoom,
    MarkRead,
    PostMessage,
    StartRoom,
)
from chinwag.protocol.door import Answer, Answered, Caller
from chinwag.protocol.results import Changed, Done, Myself, Posted, Result, Started
from chinwag.store.tables import events
from chinwag.store.work import Work
from tests.support.asking import (
    ask_at_once,
    expect,
    person_of,
    post,
    refused,
    room_id,
    start_room,
)
from tests.support.counting import counting
from tests.support.database import dump
from tests.support.server import AS_TOLD, NO_LIMIT, serving

FIFTY = range(1, 51)
POISON = "Who unfolds this napkin breaks the server."
Broken = Callable[..., None]


def saying(room: str, cmid: object, text: str = "", **more: Any) -> PostMessage:  # noqa: ANN401 - any field
    said = text or f"Thing {cmid}"
    return PostMessage(id=1, room=room, cmid=f"c-{cmid}", text=said, **more)


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one text raise what nobody foresaw, after it has written already."""

    def post_or_break(call: Call, command: PostMessage) -> Posted:
        posted = post_message(call, command)
        if command.text == POISON:
            raise ZeroDivisionError
        return posted

    monkeypatch.setitem(HANDLERS, PostMessage, post_or_break)


@pytest.fixture
def break_commit(monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Return a way to let every COMMIT fail that has a certain text in it."""

    def break_it(text: str, error: type[Exception] = Unavailable) -> None:
        commit = Work.commit

        async def commit_or_fail(work: Work) -> bool:
            rows = work.transaction.read(select(events.c.body), {})
            if any(text in body for (body,) in rows):
                raise error("It does not go in.")
            return await commit(work)

        monkeypatch.setattr(Work, "commit", commit_or_fail)

    return break_it


async def test_fifty_posts_in_one_room_are_one_commit_and_four_statements(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        with counting() as counted:
            asked = [(ada, saying(room, n)) for n in FIFTY]
            answers = await ask_at_once(server, list(asked))
        assert [expect(answer, Posted).seq for answer in answers] == [
            n + 1 for n in FIFTY
        ]
        assert counted.commits == 1
        # Cmids, events, heads; and BEGIN. Who is where, and heads, are remembered.
        assert len(counted.statements) == 4, counted.statements
        assert server.dispatch.counts.commits == 2


@pytest.mark.parametrize(("talking", "batches"), [(MANY, 2), (MANY - 1, 3)])
async def test_what_answers_are_answered_with_is_part_of_the_next_batch(
    tmp_path: Path, talking: int, batches: int
) -> None:
    """Otherwise half of all who talk would be decided while the others are told."""
    async with serving(tmp_path) as server:
        ada = server.caller()
        room = (await start_room(server, ada)).room.id
        loop = asyncio.get_running_loop()

        def say(number: int, answered: Answered) -> None:
            server.dispatch.submit(ada, saying(room, number), answered)

        def say_more_in_a_while(_: Answer) -> None:
            # The answer goes out in a turn of the loop, and what follows comes in.
            loop.call_soon(loop.call_soon, lambda: say(0, lambda _: None))

        before = server.dispatch.counts.commits
        for number in range(1, talking + 1):
            say(number, say_more_in_a_while if number == talking else lambda _: None)
        # Somebody comes just too late for that batch.
        loop.call_soon(loop.call_soon, lambda: say(-1, lambda _: None))
        await server.settle()
        assert server.dispatch.counts.commits - before == batches


async def test_how_many_come_in_found_and_leave_makes_no_more_statements(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        tea = await start_room(server, ada)
        counts: list[list[int]] = []
        for many in (2, 40):
            guests = [server.caller() for _ in range(many)]
            asked: list[list[tuple[Caller, AnyCommand]]] = [
                [(guest, Hello(id=1, name="Eve")) for guest in guests],
                [(guest, JoinRoom(id=2, key=tea.key)) for guest in guests],
                [(guest, StartRoom(id=3, name="Nook")) for guest in guests],
                [(guest, LeaveRoom(id=4, room=tea.room.id)) for guest in guests],
            ]
            counts.append([])
            for commands in asked:
                with counting() as counted:
                    for answer in await ask_at_once(server, commands):
                        assert not isinstance(answer, Refusal)
                counts[-1].append(len(counted.statements))
        assert counts[0] == counts[1]
        assert max(counts[0]) <= 14


async def test_who_leaves_and_comes_back_in_one_batch_is_in(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada, eve = await server.meet("Ada"), await server.meet("Eve")
        tea = await start_room(server, ada)
        key, room = tea.key, tea.room.id
        come, go = JoinRoom(id=1, key=key), LeaveRoom(id=2, room=room)
        for commands in ([come, go, come], [go, come, go], [come]):
            await ask_at_once(server, [(eve, command) for command in commands])
        # Ada joined; Eve came, went, came, went, came, went, and came.
        kinds = [row[4] for row in dump(server.store.path)["events"]]
        assert sorted(kinds) == ["joined"] * 5 + ["left"] * 3
        assert len(dump(server.store.path)["memberships"]) == 2
        assert dump(server.store.path)["heads"][0][4] == 2


async def test_fifty_posts_in_fifty_rooms_are_no_more_statements(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        people = [await server.meet(f"Guest {n}") for n in FIFTY]
        rooms = [(await start_room(server, person)).room.id for person in people]
        asked = [
            (person, saying(room, n, behind=None))
            for n, (person, room) in enumerate(zip(people, rooms, strict=True))
        ]
        with counting() as counted:
            answers = await ask_at_once(server, list(asked))
        assert [expect(answer, Posted).seq for answer in answers] == [2] * 50
        assert counted.commits == 1
        assert len(counted.statements) == 4, counted.statements


async def test_a_post_behind_another_costs_no_statement_of_its_own(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        rooms = [(await start_room(server, ada)).room.id for _ in FIFTY]
        await ask_at_once(server, [(ada, saying(room, 1)) for room in rooms])
        with counting() as counted:
            answers = await ask_at_once(
                server, [(ada, saying(room, 2, behind="c-1")) for room in rooms]
            )
        assert [expect(answer, Posted).seq for answer in answers] == [3] * 50
        assert len(counted.statements) == 4, counted.statements


async def test_what_only_reads_is_no_commit_at_all(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        await start_room(server, ada)
        with counting() as counted:
            await ask_at_once(server, [(ada, AskMe(id=n)) for n in FIFTY])
        assert counted.commits == 0


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("place", [0, 1, 25, 49])
async def test_a_poisoned_command_among_fifty_fails_alone(
    tmp_path: Path, place: int
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, saying(room, n, POISON if n == place + 1 else "")) for n in FIFTY
        ]
        answers = await ask_at_once(server, asked)
        failure = refused(answers.pop(place), Internal)
        assert [expect(answer, Posted).seq for answer in answers] == list(range(2, 51))
        texts = [row[-1] for row in dump(server.store.path)["events"]]
        assert len(texts) == 50
        assert not any(POISON in text for text in texts)
        trouble = failure.message.rstrip(".").split()[-1]
        (logged,) = server.logged
        assert logged["id"] == trouble
        assert isinstance(logged["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "failure"), [(Unavailable, Unavailable), (ValueError, Internal)]
)
async def test_where_a_commit_fails_only_the_culprit_fails(
    tmp_path: Path,
    break_commit: Broken,
    error: type[Exception],
    failure: type[Refusal],
) -> None:
    # Rates count a command once, however often its batch is run again.
    async with serving(tmp_path, rates=AS_TOLD) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        break_commit(POISON, error)
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, saying(room, n, POISON if n == 20 else "")) for n in range(1, 41)
        ]
        answers = await ask_at_once(server, asked)
        refused(answers.pop(19), failure)
        assert [expect(answer, Posted).seq for answer in answers] == list(range(2, 41))
        refused(await server.ask(ada, saying(room, "one more")), RateLimited)


async def test_what_is_in_memory_is_taken_back_with_a_batch_that_failed(
    tmp_path: Path, break_commit: Broken
) -> None:
    async with serving(tmp_path) as server:
        ada, eve = await server.meet("Ada"), server.caller()
        room = (await start_room(server, ada)).room.id
        await post(server, ada, room, "One")
        server.news.clear()
        break_commit(POISON)
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, MarkRead(id=1, room=room, seq=2)),
            (eve, Hello(id=1, name="Eve")),
            (ada, saying(room, "poison", POISON)),
        ]
        answers = await ask_at_once(server, asked)
        expect(answers[0], Done)
        refused(answers[2], Unavailable)
        # The mark was made twice and is told once; there is one Eve, and the mark is.
        kinds = [type(item).__name__ for item in server.news]
        assert kinds == ["ReadNews"]
        assert len(server.lobby) == 1
        me = expect(await server.ask(ada, AskMe(id=2)), Myself)
        assert me.rooms[0].read == 2
        assert server.lobby.get(person_of(eve)) is not None


async def test_a_refused_founder_is_nobody_even_in_memory(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        eve = server.caller()
        refused(await server.ask(eve, StartRoom(id=1, name="")), BadRequest)
        assert eve.person is None
        assert len(server.lobby) == 0


async def test_a_command_that_was_undone_leaves_what_others_collected(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, saying(room, 1)),
            (ada, saying(room, 2, behind="never")),
            (ada, saying(room, 3)),
            (ada, EditMessage(id=1, room=room, seq=2, text="Edited")),
            (ada, saying(room, 4, reply_to=99)),
            (ada, EditMessage(id=1, room="ff", seq=2, text="Nowhere")),
            (ada, saying(room, 5)),
        ]
        answers: list[Result | object] = list(await ask_at_once(server, asked))
        assert isinstance(answers[1], OutOfOrder)
        assert isinstance(answers[4], NotFound)
        assert isinstance(answers[5], NotFound)
        seqs = [a.seq for a in answers if isinstance(a, Posted | Changed)]
        assert seqs == [2, 3, 4, 5]
        head = dump(server.store.path)["heads"]
        assert head[0][:2] == (room_id(room), 5)


async def test_drain_waits_for_the_last_half(
    tmp_path: Path, break_commit: Broken
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        break_commit(POISON)
        answers = [
            server.hand_in(ada, saying(room, n, POISON if n == 1 else ""))
            for n in range(8)
        ]
        await server.dispatch.drain()
        assert all(answer.done() for answer in answers)


async def test_marks_of_thousands_are_all_written_within_a_second(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        rooms = [(await start_room(server, ada)).room.id for _ in range(3)]
        for room in rooms:
            await post(server, ada, room, "One")
        for number in range(2_500):
            server.marks.mark(room_id(rooms[0]), person_of(ada), number, 0)  # type: ignore[arg-type]
        await server.wait(1)
        assert len(server.marks) == 0


async def test_a_started_room_is_there_for_the_next_command_of_its_batch(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, rates=(NO_LIMIT, NO_LIMIT)) as server:
        ada = server.caller()
        asked: list[tuple[Caller, AnyCommand]] = [
            (ada, Hello(id=1, name="Ada")),
            (ada, StartRoom(id=2, name="Tea", cmid="r")),
            (ada, StartRoom(id=3, name="Tea", cmid="r")),
            (ada, AskMe(id=4)),
        ]
        answers = await ask_at_once(server, asked)
        first, again = expect(answers[1], Started), expect(answers[2], Started)
        assert first.room.id == again.room.id
        assert first.key == again.key
        assert len(expect(answers[3], Myself).rooms) == 1
