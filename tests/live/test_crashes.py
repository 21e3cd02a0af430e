"""Killed at any moment: nothing acknowledged is lost, and nothing is there twice."""

import asyncio
import random
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed

from tests.live.conftest import Start
from tests.live.guests import Guest, Held, Room
from tests.live.servers import Server

ROUNDS = 3
TALKERS = 4


@dataclass
class Talker:
    """Somebody who says one thing after the other, and again what got no answer."""

    guest: Guest
    room: Room
    count: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict[str, int])
    repeated: int = 0

    async def talk(self) -> None:
        """Post until the line is cut; what was under way is still to be said."""
        try:
            while True:
                cmid = f"{self.guest.name}-{self.count}"
                posted = await self.guest.post(self.room, f"{self.count}", cmid=cmid)
                assert self.acknowledged.setdefault(cmid, posted["seq"])
                self.repeated += posted["duplicate"]
                self.count += 1
        except ConnectionClosed:
            return

    async def come_back(self) -> None:
        """Resume where the room's log broke off here."""
        await self.guest.connect()
        await self.guest.resume(self.room)


async def crash(server: Server, talkers: list[Talker], seconds: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        for talker in talkers:
            tasks.create_task(talker.talk())
        await asyncio.sleep(seconds)
        server.kill()


async def test_a_server_that_is_killed_again_and_again_keeps_every_message_once(
    start: Start,
) -> None:
    dice = random.Random(14)  # noqa: S311 - moments, not secrets
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room("Tea")
    talkers = [Talker(ada, room)]
    for n in range(1, TALKERS):
        guest = await server.enter(f"Guest {n}")
        await guest.join(room, after=0)
        talkers.append(Talker(guest, room))
    for _ in range(ROUNDS):
        await crash(server, talkers, dice.uniform(0.1, 0.5))
        await asyncio.to_thread(server.start)
        for talker in talkers:
            await talker.come_back()
            # What got no answer is said again, and stands where it stood.
            cmid = f"{talker.guest.name}-{talker.count}"
            await talker.guest.post(room, f"{talker.count}", cmid=cmid)
    await assert_whole(server, talkers, room)


async def assert_whole(server: Server, talkers: list[Talker], room: Room) -> None:
    reader = await server.enter("Ada", token=talkers[0].guest.token)
    opened = await reader.open(room, after=0, most=10**9)
    whole = await reader.hear_up_to(room, opened["head"])
    assert opened["from"] == 1
    assert len(set(whole.cmids)) == len(whole.cmids)
    places = {event["cmid"]: event["seq"] for event in whole.events if "cmid" in event}
    for talker in talkers:
        said = talker.acknowledged
        assert len(said) > 10
        assert {cmid: places.get(cmid) for cmid in said} == said
        mine = [cmid for cmid in whole.cmids if cmid.startswith(talker.guest.name)]
        assert mine == [f"{talker.guest.name}-{n}" for n in range(talker.count + 1)]
        held = await talker.guest.hear_up_to(room, opened["head"])
        assert_same(held, whole)


def assert_same(held: Held, whole: Held) -> None:
    assert held.events == whole.events[-len(held.events) :]
    assert len(held.events) >= len(whole.events) - TALKERS


async def test_a_message_sent_again_after_a_crash_is_the_same_message(
    start: Start,
) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    first = await ada.post(room, "The kettle is on.", cmid="kettle")
    server.kill()
    server.start()
    await ada.connect()
    again = await ada.post(room, "The kettle is on.", cmid="kettle")
    assert again == first | {"duplicate": True}
    assert (await ada.post(room, "Milk?"))["seq"] == first["seq"] + 1


async def test_a_room_outlives_its_founder_and_the_server(start: Start) -> None:
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room("Tea")
    await ada.post(room, "Help yourselves.")
    await ada.ask("leave_room", room=room.id)
    await ada.drop()
    server.kill()
    server.start()
    bob = await server.enter("Bob")
    await bob.join(room)
    held = await bob.hear_up_to(room, 4)
    kinds = [event["kind"] for event in held.events]
    assert kinds == ["joined", "message", "left", "joined"]
    assert (await bob.post(room, "Thank you!"))["seq"] == 5


async def test_what_a_client_holds_is_checked_by_time_as_well(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post(room, "One")
    held = await ada.hear_up_to(room, 2)
    at = held.events[-1]["at"]
    assert not (await ada.open(room, after=2, at=at))["reset"]
    assert (await ada.open(room, after=2, at=at + 1))["reset"]
    assert (await ada.open(room, after=3))["reset"]
    assert (await ada.open(room, after=0, most=1))["reset"]
