"""What batches remember is what stands on the disk, whatever went wrong meanwhile."""

import contextlib
import random
from pathlib import Path

import pytest

from chinwag.domain.model import Head, Membership, Role, Room, RoomKind
from chinwag.errors import Unavailable
from chinwag.ids import PersonId, RoomId
from chinwag.protocol.commands import (
    AnyCommand,
    Hello,
    JoinRoom,
    LeaveRoom,
    MarkRead,
    OpenRoom,
    PostMessage,
    RenameMe,
    RenameRoom,
)
from chinwag.protocol.door import Caller
from chinwag.store.members import Members
from chinwag.store.memory import Memory, Remembered
from chinwag.store.work import Work
from tests.support.asking import ask_at_once, join, person_of, start_room
from tests.support.counting import counting
from tests.support.database import looking_into
from tests.support.server import Server, serving

ROUNDS = 60


def look_up(path: Path) -> tuple[dict[object, object], ...]:
    """Return memberships, rooms and heads as the disk has them."""
    with looking_into(path) as connection:
        memberships = connection.execute(
            "SELECT room, person, name, role, read, read_messages"
            " FROM memberships JOIN people ON people.id = person"
        )
        rooms = connection.execute("SELECT id, name, topic, kind FROM rooms")
        heads = connection.execute(
            "SELECT room, head, last_at, messages, members FROM heads"
        )
        return (
            {
                (room, person): Membership(room, person, name, Role(role), read, to)
                for room, person, name, role, read, to in memberships
            },
            {
                room: Room(room, name, topic, RoomKind(kind))
                for room, name, topic, kind in rooms
            },
            {row[0]: Head(*row) for row in heads},
        )


def compare(server: Server) -> int:
    """Hold what is remembered against the disk; return how much it is."""
    memory = server.store.memory
    count = 0
    remembered = (memory.memberships, memory.rooms, memory.heads)
    for kept, rows in zip(remembered, look_up(server.store.path), strict=True):
        for key, row in kept.items():
            assert rows.get(key) == row
            count += 1
    return count


def anything(dice: random.Random, room: str, key: str, n: int) -> AnyCommand:
    """Return a command that changes or reads what is remembered."""
    return dice.choice(
        [
            PostMessage(id=1, room=room, cmid=f"c{n}", text=f"Word {n}"),
            PostMessage(id=1, room=room, cmid=f"d{n}", text="Well", reply_to=n * 7),
            MarkRead(id=1, room=room, seq=dice.randint(1, n + 1), unread=True),
            OpenRoom(id=1, room=room),
            RenameMe(id=1, name=f"Name {n}"),
            RenameRoom(id=1, room=room, name=f"Room {n}"),
            LeaveRoom(id=1, room=room),
            JoinRoom(id=1, key=key),
        ]
    )


async def test_it_is_what_stands_on_the_disk_whatever_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(5)  # noqa: S311 - the same every time
    commit, get = Work.commit, Members.list_places

    async def commit_or_not(work: Work) -> bool:
        if dice.random() < 0.2:
            raise Unavailable
        return await commit(work)

    def get_or_not(self: Members, person: PersonId) -> object:
        # Amid a command that has written something, such as another name.
        if dice.random() < 0.3:
            raise ZeroDivisionError
        return get(self, person)

    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        started = [await start_room(server, ada) for _ in range(3)]
        people = [ada]
        for number in range(4):
            people.append(server.caller())
            await server.ask(people[-1], Hello(id=1, name=f"Guest {number}"))
            await join(server, people[-1], started[0].key)
        monkeypatch.setattr(Work, "commit", commit_or_not)
        monkeypatch.setattr(Members, "list_places", get_or_not)
        most = 0
        for n in range(ROUNDS):
            asked: list[tuple[Caller, AnyCommand]] = []
            for _ in range(dice.randint(1, 6)):
                room = dice.choice(started)
                command = anything(dice, room.room.id, room.key, len(asked) + 10 * n)
                asked.append((dice.choice(people), command))
            await ask_at_once(server, asked)
            server.dispatch.save_marks()
            await server.settle()
            most = max(most, compare(server))
    assert most > len(started) + len(people)


async def test_what_was_read_amid_what_came_to_nothing_is_not_remembered(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        started = await start_room(server, ada)
        room, person = RoomId(int(started.room.id, 16)), person_of(ada)
        work = server.store.begin()
        with contextlib.suppress(ZeroDivisionError), work.attempt():
            work.people.put_name(person, "Eve")
            work.members.forget_names(person)
            known = work.members.get_membership(room, person)
            assert known is not None
            assert known.name == "Eve"
            raise ZeroDivisionError
        await work.commit()
        compare(server)


async def test_what_is_remembered_is_not_asked_for(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        await server.ask(ada, OpenRoom(id=1, room=room))
        with counting() as counted:
            await server.ask(ada, MarkRead(id=1, room=room, seq=1))
            await server.ask(ada, OpenRoom(id=1, room=room))
        assert counted.statements == []


def test_a_row_is_remembered_until_it_changes() -> None:
    rows: Remembered[int, str] = Remembered(3)
    known: dict[int, str | None] = {}
    assert rows.recall([1, 2], known) == [1, 2]
    rows.remember({1: "one", 2: None})
    assert rows.recall([1, 2], known) == [2]
    assert known == {1: "one"}
    rows.forget(1)
    assert rows.recall([1], {}) == [1]
    # What the batch knows is newer.
    rows.remember({1: "one"})
    known = {1: "another"}
    assert rows.recall([1], known) == []
    assert known == {1: "another"}


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    rows: Remembered[int, str] = Remembered(3)
    rows.remember(dict.fromkeys((1, 2, 3), "x"))
    rows.remember({1: "x"})
    rows.remember({4: "x"})
    assert [key for key, _ in rows.items()] == [3, 1, 4]
    rows.forget_where(lambda key: key > 2)
    assert [key for key, _ in rows.items()] == [1]


def test_there_is_a_bound_for_each_kind() -> None:
    memory = Memory()
    memory.heads.remember({n: Head(n) for n in range(5_000)})  # type: ignore[misc, arg-type]
    assert len(memory.heads.items()) < 5_000
