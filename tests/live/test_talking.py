"""Who is in a room hears all of it, in one order, once."""

import asyncio

from websockets.frames import CLOSE, Close

from tests.live.servers import Server


async def test_somebody_who_comes_by_the_link_hears_all_that_was_said(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room("Tea")
    await ada.post(room, "The kettle is on.")
    bob = await server.enter("Bob")
    await bob.join(room)
    held = await bob.hear_up_to(room, 3)
    assert [event["kind"] for event in held.events] == ["joined", "message", "joined"]
    await ada.hear_up_to(room, 3)


async def test_what_many_say_at_once_reaches_everybody_in_one_order(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    others = [await server.enter(f"Guest {n}") for n in range(7)]
    for other in others:
        await other.join(room)
    people = [ada, *others]

    async def talk(place: int) -> None:
        for n in range(20):
            await people[place].post(room, f"{place}: {n}")

    async with asyncio.TaskGroup() as tasks:
        for place in range(len(people)):
            tasks.create_task(talk(place))
    head = len(people) + 20 * len(people)
    heard = [(await person.hear_up_to(room, head)).texts for person in people]
    common = heard[-1]
    assert all(mine[-len(common) :] == common for mine in heard)
    for place in range(len(people)):
        own = [text for text in common if text.startswith(f"{place}: ")]
        assert own == [f"{place}: {n}" for n in range(20)]


async def test_a_socket_that_has_said_goodbye_costs_the_others_no_message(
    server: Server,
) -> None:
    """Between its goodbye and its end nothing can be written to it any more."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    wire = await server.socket(name="Bob")
    wire.say("join_room", 2, key=room.key)
    await wire.hear_answer(2)
    others = [await server.enter(f"Guest {n}") for n in range(3)]
    for other in others:
        await other.join(room)
    # Bob says goodbye, and keeps his side of the connection open.
    wire.frame(CLOSE, Close(1000, "").serialize())
    assert await wire.end() == 1000
    for n in range(5):
        await ada.post(room, f"After Bob: {n}")
    for person in (ada, *others):
        held = await person.hear_up_to(room, 10)
        assert held.texts == [f"After Bob: {n}" for n in range(5)]
