"""Every statement finds its rows by an index, whatever the tables' size."""

import re
from pathlib import Path

from chinwag.protocol.commands import (
    AnyCommand,
    AskHistory,
    AskMe,
    DeleteMessage,
    EditMessage,
    Hello,
    LeaveRoom,
    LookAtLink,
    MarkRead,
    OpenRoom,
    PostMessage,
    React,
    RenameMe,
    RenameRoom,
    SetTopic,
    ShowLink,
    StartRoom,
)
from chinwag.store.tables import metadata
from tests.support.asking import join, start_room
from tests.support.counting import counting
from tests.support.database import looking_into
from tests.support.server import Server, serving

TABLES = {table.name for table in metadata.sorted_tables} - {"meta"}
SCAN = re.compile(r"SCAN (?!CONSTANT)(\w+)")


async def use_everything(server: Server) -> None:
    """Run every statement there is."""
    ada, eve = await server.meet("Ada"), server.caller()
    started = await start_room(server, ada)
    room, key = started.room.id, started.key
    await server.ask(eve, Hello(id=1, name="Eve"))
    await join(server, eve, key)
    for command in commands_for(room, key):
        await server.ask(ada, command)
    known = server.caller(token=f"{4:043d}", strict=False)
    await server.ask(known, Hello(id=1))
    server.dispatch.end_session(f"{4:043d}", lambda: None)
    await server.wait(1)


def commands_for(room: str, key: str) -> list[AnyCommand]:
    """Return everything that a member may say."""
    return [
        PostMessage(id=1, room=room, cmid="a", text="One"),
        PostMessage(id=1, room=room, cmid="a", text="One"),
        PostMessage(id=1, room=room, cmid="b", text="Two", reply_to=3, behind="a"),
        EditMessage(id=1, room=room, seq=3, text="Three"),
        PostMessage(id=1, room=room, cmid="a", text="One"),
        React(id=1, room=room, seq=3, emoji="\U0001f44d", on=True),
        React(id=1, room=room, seq=3, emoji="\U0001f44d", on=False),
        DeleteMessage(id=1, room=room, seq=3),
        MarkRead(id=1, room=room, seq=4),
        OpenRoom(id=1, room=room, after=3, at=1),
        AskHistory(id=1, room=room),
        ShowLink(id=1, room=room, replace=True),
        LookAtLink(id=1, key=key),
        RenameMe(id=1, name="Ada L."),
        RenameRoom(id=1, room=room, name="Coffee"),
        SetTopic(id=1, room=room, topic="Beans"),
        StartRoom(id=1, name="Nook", cmid="n"),
        StartRoom(id=1, name="Nook", cmid="n"),
        AskMe(id=1),
        LeaveRoom(id=1, room=room),
    ]


async def test_no_statement_walks_through_a_table(server: Server) -> None:
    with counting() as counted:
        await use_everything(server)
    asked = {
        statement
        for statement in counted.statements
        if statement.split()[0] in {"SELECT", "UPDATE", "DELETE"}
    }
    # Lists of keys count once for each size that is asked for.
    assert len(asked) >= 25
    touched: set[str] = set()
    paged = False
    with looking_into(server.store.path) as connection:
        for statement in asked:
            blanks = [None] * statement.count("?")
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", blanks)
            steps = [str(row[3]) for row in plan]
            walked = {name for step in steps for name in SCAN.findall(step)}
            assert not walked & TABLES, (statement, steps)
            if "group_concat" in statement:
                # A page comes as it lies; to sort it would cost more than to read it.
                assert not any("TEMP B-TREE" in step for step in steps), steps
                paged = True
            touched |= {name for name in TABLES if name in statement}
    assert touched == TABLES
    assert paged


async def test_a_full_batch_takes_no_more_statements_than_it_has_tables(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as server:
        ada = await server.meet("Ada")
        room = (await start_room(server, ada)).room.id
        per_count: list[int] = []
        for count in (1, 200):
            with counting() as counted:
                for n in range(count):
                    cmid = f"{count}-{n}"
                    command = PostMessage(id=1, room=room, cmid=cmid, text="Hi")
                    server.hand_in(ada, command)
                await server.settle()
            per_count.append(len(counted.statements))
        assert per_count == [4, 4]
