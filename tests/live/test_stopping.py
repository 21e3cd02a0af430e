"""Told to stop, the server says goodbye, loses nothing, and is gone in time."""

import asyncio
import signal

import pytest
from websockets.exceptions import ConnectionClosed

from tests.live.conftest import Start
from tests.live.guests import Guest, Refused, Room
from tests.live.servers import Server
from tests.live.wires import Wire

IN_TIME = 5.0


async def stop(server: Server, number: int = signal.SIGTERM) -> tuple[int, float]:
    return await asyncio.to_thread(server.stop, number)


async def stall(server: Server, room: Room, ada: Guest) -> Wire:
    """Leave a socket with more on its way than it takes."""
    wire = await server.socket(window=4_096)
    wire.say("join_room", 1, key=room.key)
    await wire.hear_answer(1)
    for n in range(200, 230):
        wire.say("history", n, room=room.id, limit=200)
    await ada.ask("ping")
    return wire


async def open_stream(server: Server, room: Room, ada: Guest) -> Wire:
    wire = await server.wire()
    wire.ask(
        f"GET /api/rooms/{room.id}/stream HTTP/1.1",
        Host=f"127.0.0.1:{server.port}",
        Authorization=f"Bearer {ada.token}",
    )
    assert (await wire.head())[0] == 200
    return wire


async def ask_whether_ready(server: Server) -> int:
    wire = await server.wire()
    wire.ask("GET /readyz HTTP/1.1", Host=f"127.0.0.1:{server.port}")
    return (await wire.head())[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_is_gone_in_five_seconds_whatever_clients_do(
    start: Start, number: int
) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post_all(room, [f"{n} " + "x" * 5_000 for n in range(100)])
    stalled = await stall(server, room, ada)
    streams = [await open_stream(server, room, ada) for _ in range(3)]
    half = await server.wire()
    half.send(b"GET /up HTTP/1.1\r\n")
    assert await ask_whether_ready(server) == 200
    async with asyncio.TaskGroup() as tasks:
        end = tasks.create_task(ada.hear_end())
        stopped = tasks.create_task(stop(server, number))
        await end
        # The stalled one is given a little time; who asks hears what is the case.
        assert await ask_whether_ready(server) == 503
        assert (await (await server.wire()).upgrade())[0] == 503
    assert end.result() == 1012
    status, seconds = stopped.result()
    assert status == 0
    assert seconds < IN_TIME
    assert server.complaint == ""
    for stream in streams:
        assert b"0\r\n\r\n" in await stream.rest()
    assert await half.rest() == b""
    await stalled.drop()


async def test_without_anybody_in_the_way_it_is_gone_at_once(start: Start) -> None:
    server = start()
    people = [await server.enter(f"Guest {n}") for n in range(50)]
    async with asyncio.TaskGroup() as tasks:
        ends = [tasks.create_task(person.hear_end()) for person in people]
        stopped = tasks.create_task(stop(server))
    assert {end.result() for end in ends} == {1012}
    status, seconds = stopped.result()
    assert status == 0
    assert seconds < 2


async def post_until_the_end(ada: Guest, room: Room) -> dict[str, int]:
    """Post without waiting; return what was acknowledged, and where it stands."""
    said: dict[int, str] = {}
    acknowledged: dict[str, int] = {}
    try:
        for n in range(100_000):
            cmid = f"{ada.name}-{n}"
            asked = await ada.tell("post_message", room=room.id, cmid=cmid, text=f"{n}")
            said[asked] = cmid
            await asyncio.sleep(0)
    except ConnectionClosed:
        pass
    await ada.hear_end()
    for asked, answer in ada.answers.items():
        if asked in said and answer["type"] == "reply":
            acknowledged[said[asked]] = answer["result"]["seq"]
    return acknowledged


async def test_stopping_under_load_loses_nothing_that_was_acknowledged(
    start: Start,
) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    bob = await server.enter("Bob")
    await bob.join(room)
    async with asyncio.TaskGroup() as tasks:
        posting = [
            tasks.create_task(post_until_the_end(person, room)) for person in (ada, bob)
        ]
        await asyncio.sleep(0.4)
        stopped = tasks.create_task(stop(server))
    assert stopped.result()[0] == 0
    acknowledged = posting[0].result() | posting[1].result()
    assert len(acknowledged) > 10
    server.start()
    cleo = await server.enter("Ada", token=ada.token)
    opened = await cleo.open(room, after=0, most=10**9)
    held = await cleo.hear_up_to(room, opened["head"])
    places = {event["cmid"]: event["seq"] for event in held.events if "cmid" in event}
    assert {cmid: places.get(cmid) for cmid in acknowledged} == acknowledged


async def test_how_far_somebody_has_read_is_kept_to_the_last(start: Start) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    bob = await server.enter("Bob")
    await bob.join(room)
    await ada.post_all(room, [f"{n}" for n in range(5)])
    for seq in (4, 5, 6):
        await bob.ask("mark_read", room=room.id, seq=seq)
    await stop(server)
    server.start()
    bob = await server.enter("Bob", token=bob.token)
    (place,) = bob.welcome["rooms"]
    assert (place["read"], place["unread"]) == (6, 1)


async def test_a_guest_who_joined_nothing_is_forgotten_the_others_are_not(
    start: Start,
) -> None:
    server = start()
    ada = await server.enter("Ada")
    await ada.start_room()
    bob = await server.enter("Bob")
    await stop(server)
    server.start()
    again = await server.enter("Somebody", token=ada.token)
    assert (again.id, again.welcome["me"]["name"]) == (ada.id, "Ada")
    with pytest.raises(Refused, match="unauthorized"):
        await server.enter("Bob", token=bob.token)
