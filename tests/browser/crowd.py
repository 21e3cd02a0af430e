"""Devices that talk in a room while a page is in it, in a thread of their own."""

import asyncio
import random
import threading
from collections.abc import Generator
from contextlib import contextmanager

from tests.faults.device import Device
from tests.faults.history import History, Record
from tests.faults.last_look import read_log

PATIENCE = 60.0
PAUSE = 0.06
EMOJI = "\U0001f375"


class Crowd:
    """Ada and Bob, who go on talking, whatever happens to the server."""

    def __init__(self, port: int, history: History, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same talk every time
        self._people = [Device(f"{name}/1", port, history) for name in ("Ada", "Bob")]
        self._here = threading.Event()
        self._enough = threading.Event()
        self.room = self.link = ""
        self.log: list[Record] = []
        self._last = 1

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as lives:
            living = [
                lives.create_task(person.live(self._chance)) for person in self._people
            ]
            await self._gather()
            self._here.set()
            while not self._enough.is_set():
                self._say_something(self._chance.choice(self._people))
                await asyncio.sleep(self._chance.uniform(0, 2 * PAUSE))
            for person in self._people:
                await person.wait_until(lambda p=person: p.unsaid == 0, PATIENCE)
            self.log = await read_log(self._people[0], self.room)
            for task in living:
                task.cancel()
            for person in self._people:
                person.drop()

    async def _gather(self) -> None:
        ada, bob = self._people
        for person in self._people:
            await person.wait_until(lambda p=person: bool(p.person), PATIENCE)
        started = await ada.ask("start_room", name="Storm")
        self.room, self.link = started["room"]["id"], started["link"]
        await bob.ask("join_room", key=self.link)

    def _say_something(self, person: Device) -> None:
        number = self._chance.getrandbits(64)
        last = person.held.get(self.room)
        target = {
            "room": self.room,
            "seq": self._chance.randint(1, (last or {"seq": 1})["seq"]),
        }
        match self._chance.randrange(8):
            case 0:
                person.say("edit_message", text=f"rather {number}", **target)
            case 1:
                person.say(
                    "react", emoji=EMOJI, on=self._chance.random() < 0.7, **target
                )
            case 2:
                person.say("delete_message", **target)
            case _:
                text = f"{person.name} says {number}"
                person.say("post_message", room=self.room, cmid=f"{number}", text=text)

    @contextmanager
    def talking(self) -> Generator[None]:
        """Talk in a new room until the end, then read its log."""
        thread = threading.Thread(target=asyncio.run, args=(self._live(),))
        thread.start()
        try:
            assert self._here.wait(PATIENCE)
            yield
        finally:
            self._enough.set()
            thread.join()
