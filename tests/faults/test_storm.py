"""A short storm on a real server, found sound by the checker; and spoilt, not."""

import asyncio
import json
import random

import pytest

from tests.faults.breaks import folding, orders, promises, sights
from tests.faults.breaks.copies import Break, Copy
from tests.faults.checker import Kind, check
from tests.faults.device import GONE, Device, Refused
from tests.faults.history import History, Record, read_history
from tests.faults.last_look import note_log, read_disk, read_log
from tests.live.servers import Server

SEED = 20_241
PATIENCE = 30.0
WORDS = 60
PAUSE = 0.008


class Storm:
    """Four people in one room, each with one device, who do all that one can do."""

    def __init__(self, server: Server, history: History) -> None:
        self.server = server
        self.history = history
        self.chance = random.Random(SEED)  # noqa: S311 - the same storm every time
        self.people = [
            Device(f"{name}/1", server.port, history)
            for name in ("Ada", "Bob", "Eve", "Joe")
        ]
        self.room = self.key = ""

    async def gather(self, lives: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Let all come into one new room, and live from then on."""
        living: list[asyncio.Task[None]] = []
        for person in self.people:
            living.append(lives.create_task(person.live(self.chance)))
            await person.wait_until(lambda p=person: bool(p.person), PATIENCE)
            if self.room:
                await person.ask("join_room", key=self.key)
                continue
            started = await person.ask("start_room", name="Storm")
            self.room, self.key = started["room"]["id"], started["key"]
        return living

    def _places(self) -> list[int]:
        """Return where messages stand, as far as anybody was told."""
        delivered = self.history.of("delivered")
        events = (event for record in delivered for event in record["events"])
        return [event["seq"] for event in events if event["kind"] == "message"]

    async def talk(self, person: Device) -> None:
        """Post, and edit, delete and react now and then."""
        for number in range(WORDS):
            text = f"{person.name} says {number}"
            person.say("post_message", room=self.room, cmid=str(number), text=text)
            places = self._places()
            if places and number % 3 == 0:
                self._change(person, self.chance.choice(places[-30:]), text)
            if number % 20 == 10:
                await self._look(person)
            await asyncio.sleep(self.chance.uniform(0, 2 * PAUSE))

    def _change(self, person: Device, seq: int, text: str) -> None:
        where = {"room": self.room, "seq": seq}
        match self.chance.randrange(4):
            case 0:
                person.say("delete_message", **where)
            case 1:
                on = self.chance.random() < 0.7
                person.say("react", emoji="\U0001f375", on=on, **where)
            case _:
                person.say("edit_message", text=f"{text}, rather", **where)

    async def _look(self, person: Device) -> None:
        try:
            await person.ask("history", room=self.room, limit=20)
        except (*GONE, Refused):
            return

    async def leave_and_come_back(self, person: Device) -> None:
        """Go out of the room, and in again by its link, whatever happens meanwhile."""
        await self._insist(person, "leave_room", room=self.room)
        person.held.pop(self.room, None)
        await asyncio.sleep(10 * PAUSE)
        await self._insist(person, "join_room", key=self.key)

    async def _insist(self, person: Device, command: str, **fields: object) -> None:
        while True:
            try:
                await person.ask(command, **fields)
            except Refused as refused:
                if refused.code == "not_found":
                    return
            except GONE:
                pass
            else:
                return
            await asyncio.sleep(PAUSE)

    async def kill(self) -> None:
        """End the server without notice, and start it again."""
        self.history.note("", "fault", fault="kill -9", facts={})
        self.server.kill()
        await asyncio.to_thread(self.server.start)

    async def blow(self) -> None:
        """Talk, leave, be killed; return when all is said and answered."""
        async with asyncio.TaskGroup() as deeds:
            for person in self.people:
                deeds.create_task(self.talk(person))
            await asyncio.sleep(WORDS * PAUSE / 3)
            deeds.create_task(self.leave_and_come_back(self.people[3]))
            await asyncio.sleep(WORDS * PAUSE / 4)
            await self.kill()
        for person in self.people:
            await person.wait_until(lambda p=person: p.unsaid == 0, PATIENCE)

    async def rage(self) -> list[Record]:
        """Do it all; return the log as it is at the end."""
        async with asyncio.TaskGroup() as lives:
            living = await self.gather(lives)
            await self.blow()
            reader = Device("Ada/log", self.server.port, History())
            reader.token = self.people[0].token
            await reader.connect()
            listening = lives.create_task(reader.listen())
            await reader.greet()
            events = await read_log(reader, self.room)
            for device in (*self.people, reader):
                device.drop()
            for task in (*living, listening):
                task.cancel()
        return events


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """One storm for all tests, written down and read again."""
    folder = tmp_path_factory.mktemp("storm")
    server = Server(folder / "data")
    server.start()
    history = History()
    storm = Storm(server, history)
    try:
        events = asyncio.run(storm.rage())
        server.stop()
    finally:
        server.end()
    note_log(history, storm.room, events, read_disk(server.data, storm.room))
    history.write(folder / "history.jsonl")
    return read_history(folder / "history.jsonl")


def test_a_storm_with_a_kill_is_sound(history: History) -> None:
    report = check(history)
    assert report.faults == [], report
    counts = report.counts
    assert counts["acknowledged"] + counts["refused"] == 4 * WORDS
    for what in ("delivered", "pages", "openings", "changes acknowledged"):
        assert counts[what] > 0, report


SPOILT: dict[Kind, Break] = {
    Kind.LOST: promises.an_acknowledged_message_has_another_text,
    Kind.DUPLICATE: promises.a_message_stands_twice_in_the_log,
    Kind.PHANTOM: promises.nobody_said_what_is_in_the_log,
    Kind.GAP: sights.a_batch_lacks_an_event,
    Kind.CURSOR: sights.a_batch_came_twice,
    Kind.OWN_WRITES: sights.a_page_is_older_than_what_its_reader_wrote,
    Kind.NON_MEMBER: sights.a_reader_never_came_in,
    Kind.RESET: sights.an_opening_goes_on_from_another_time,
    Kind.ORDER: orders.a_rooms_time_goes_back,
    Kind.SENDER_ORDER: orders.one_device_was_overtaken_by_itself,
    Kind.REAL_TIME: orders.what_was_said_later_by_another_stands_before,
    Kind.DIVERGED: folding.the_log_has_forgotten_an_edit,
}


@pytest.mark.parametrize("kind", SPOILT)
def test_the_same_storm_spoilt_in_one_place_is_not(
    history: History, kind: Kind
) -> None:
    copy = Copy(json.dumps(history.records), SEED)
    SPOILT[kind](copy)
    assert kind in check(copy.history).kinds
