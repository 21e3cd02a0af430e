"""People who talk all at once, whatever happens to the server that they talk to.

A storm has a seed: who says what next is drawn from it. When it is answered depends on
the machine, so that a storm that is run again resembles the first, and is not its twin.

    async with storm(server, history, Weather(seed=7)) as talk:
        await talk.until_acknowledged(1_000)
        server.kill()
        server.start()
        await talk.finish()  # all is answered, and the history has the rooms' logs
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.device import Device
from tests.faults.ending import end_tasks
from tests.faults.history import History
from tests.faults.raw import read_raw
from tests.live.servers import Server

NAMES = "Ada Bob Cleo Dan Eve Finn Gwen Hal Ida Joe Kim Lea Max Nia Otto Pia".split()
EMOJI = "👍 🎉 ☕ 🐍".split()
PATIENCE = 60.0

MIX = {
    "post": 100,
    "edit": 6,
    "delete": 2,
    "react": 6,
    "rename": 1,
    "leave": 1,
    "close": 1,
    "page": 3,
    "read": 3,
    "drop": 1,
    "away": 1,
    "nap": 1,
}
"""How often what is done, relative to the rest."""
ONLY_POSTS: Mapping[str, int] = {"post": 1}


@dataclass(frozen=True)
class Weather:
    """What a storm is like.

    Attributes:
        seed: From which everything is drawn.
        people: How many talk.
        devices: How many each of them has.
        rooms: How many rooms there are.
        members: How many of the people are in each room; 0 for all.
        window: How many commands a device has under way.
        tries: How often a message is said at most, over the devices of its author.
        rate: How many things a device does in a second; None for as many as it can.
        mix: How often what is done.
    """

    seed: int = 1
    people: int = 4
    devices: int = 2
    rooms: int = 2
    members: int = 0
    window: int = 16
    tries: int = 1
    rate: float | None = None
    mix: Mapping[str, int] = field(default_factory=lambda: MIX)


@dataclass(frozen=True)
class Room:
    """A room of the storm, and how one comes in."""

    id: str
    link: str


@dataclass
class Person:
    """Somebody who talks on several devices."""

    devices: list[Device]
    rooms: list[Room]
    said: int = 0

    @property
    def name(self) -> str:
        """What they are called."""
        return self.devices[0].name.partition("/")[0]


class Storm:
    """People, their devices and their rooms, on one server."""

    def __init__(self, server: Server, history: History, weather: Weather) -> None:
        self.history = history
        self.rooms: list[Room] = []
        self.people: list[Person] = []
        self._server = server
        self._weather = weather
        self._witness = Device("Witness/1", server.port, history)
        self._talking = True
        self._talkers = 0

    @property
    def devices(self) -> list[Device]:
        """All devices of all people."""
        return [device for person in self.people for device in person.devices]

    @property
    def acknowledged(self) -> int:
        """How many posts were answered, those of messages said again as well."""
        return sum(device.answers["post_message"] for device in self.devices)

    @property
    def said(self) -> int:
        """How many messages there are."""
        return sum(person.said for person in self.people)

    @property
    def resumed(self) -> int:
        """How often a device went on in a room from what it held."""
        return sum(device.resumed for device in self.devices)

    # Coming

    async def gather(self) -> None:
        """Let everybody found or join their rooms."""
        weather = self._weather
        for n in range(weather.people):
            name = NAMES[n % len(NAMES)] + ("" if n < len(NAMES) else f" {n}")
            devices = [
                Device(
                    f"{name}/{each}",
                    self._server.port,
                    self.history,
                    window=weather.window,
                )
                for each in range(1, weather.devices + 1)
            ]
            self.people.append(Person(devices, []))
        for n in range(weather.rooms):
            await self._found(n)
        async with self._witness.socket():
            for room in self.rooms:
                await self._witness.ask("join_room", key=room.link)

    async def _found(self, number: int) -> None:
        weather = self._weather
        members = weather.members or weather.people
        room = None
        for each in range(members):
            first_in = number * weather.people // weather.rooms
            person = self.people[(first_in + each) % weather.people]
            first = person.devices[0]
            async with first.socket():
                if room is None:
                    started = await first.ask("start_room", name=f"Room {number}")
                    room = Room(started["room"]["id"], started["link"])
                else:
                    await first.ask("join_room", key=room.link)
            person.rooms.append(room)
            for other in person.devices:
                other.token = first.token
        if room is not None:
            self.rooms.append(room)

    # Talking

    async def talk(self, person: Person, device: Device) -> None:
        """Do one thing after the other on a device until nobody shall say more."""
        if not person.rooms:
            return
        weather = self._weather
        dice = random.Random(f"{weather.seed}/{device.name}")  # noqa: S311 - the same storm every time
        kinds, weights = list(weather.mix), list(weather.mix.values())
        self._talkers += 1
        while self._talking:
            await device.below(2 * weather.window)
            if weather.rate is not None:
                await asyncio.sleep(dice.expovariate(weather.rate))
            kind = dice.choices(kinds, weights)[0]
            room = dice.choice(person.rooms)
            await self._do(kind, person, device, room, dice)
            # Whoever has nothing to wait for still lets the others have their turn.
            await asyncio.sleep(0)
        self._talkers -= 1

    async def _do(
        self,
        kind: str,
        person: Person,
        device: Device,
        room: Room,
        dice: random.Random,
    ) -> None:
        match kind:
            case "post":
                self._post(person, device, room, dice)
            case "leave":
                if room is not person.rooms[0]:
                    device.say("leave_room", room=room.id)
                    await asyncio.sleep(dice.uniform(0, 0.1))
                    device.say("join_room", key=room.link)
            case "rename":
                device.say("rename_room", room=room.id, name=f"Tea at {dice.random()}")
            case "close" | "drop" | "away" | "nap":
                await self._do_to_socket(kind, device, room, dice)
            case _:
                self._do_to_message(kind, device, room, dice)

    async def _do_to_socket(
        self, kind: str, device: Device, room: Room, dice: random.Random
    ) -> None:
        match kind:
            case "close":
                device.shut.add(room.id)
                device.say("close_room", room=room.id)
                await asyncio.sleep(dice.uniform(0, 0.2))
                device.shut.discard(room.id)
                device.say("open_room", room=room.id)
            case "drop":
                device.drop()
            case "away":
                device.go_away()
                await asyncio.sleep(dice.expovariate(4))
                device.come_home()
            case "nap":
                device.nap()
                await asyncio.sleep(dice.uniform(0, 0.5))
                device.wake()
            case _:
                pass

    def _post(
        self, person: Person, device: Device, room: Room, dice: random.Random
    ) -> None:
        person.said += 1
        cmid = str(person.said)
        text = f"{person.name} says {person.said}" + " so" * dice.randrange(20)
        tries = dice.randint(1, self._weather.tries)
        for on in [device, *dice.choices(person.devices, k=tries - 1)]:
            on.say("post_message", room=room.id, cmid=cmid, text=text)

    def _do_to_message(
        self, kind: str, device: Device, room: Room, dice: random.Random
    ) -> None:
        last = device.held.get(room.id)
        newest = 1 if last is None else last["seq"]
        seq = max(1, newest - int(dice.expovariate(0.1)))
        own = device.own.get(room.id)
        match kind:
            case "edit" if own:
                text = f"On second thoughts {dice.random()}"
                device.say(
                    "edit_message", room=room.id, seq=dice.choice(own), text=text
                )
            case "delete" if own:
                device.say("delete_message", room=room.id, seq=dice.choice(own))
            case "react":
                said = {"room": room.id, "seq": seq, "emoji": dice.choice(EMOJI)}
                device.say("react", on=True, **said)
                if dice.random() < 0.3:
                    device.say("react", on=False, **said)
            case "read":
                device.say("mark_read", room=room.id, seq=seq)
            case "page":
                side = dice.choice(("before", "after", "around"))
                device.say("history", room=room.id, **{side: seq}, limit=20)
            case _:
                pass

    async def until_acknowledged(self, more: int, patience: float = PATIENCE) -> None:
        """Wait until so many more posts are answered."""
        enough = self.acknowledged + more
        await self.until(lambda: self.acknowledged >= enough, patience)

    async def until(self, done: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until it is so, or raise `TimeoutError`."""
        async with asyncio.timeout(patience):
            while not done():  # noqa: ASYNC110 - many devices, no one event
                await asyncio.sleep(0.01)

    # Ending

    async def finish(self, patience: float = PATIENCE) -> None:
        """Stop talking, see everything answered and everybody up to date, read all."""
        await self.drain(patience)
        await self.read_log()
        await self.catch_up(patience)

    async def drain(self, patience: float = PATIENCE) -> None:
        """Say nothing new, and wait until all that was said is answered."""
        self._talking = False
        for device in self.devices:
            device.wake()
            device.come_home()
            device.shut.clear()
        try:
            await self.until(self._is_all_said, patience)
        except TimeoutError:
            left = {d.name: d.unsaid for d in self.devices if d.unsaid}
            refused = sum((d.answers for d in self.devices), Counter[str]())
            raise AssertionError(f"not answered: {left}, {refused}") from None

    def _is_all_said(self) -> bool:
        return not self._talkers and not any(each.unsaid for each in self.devices)

    async def read_log(self) -> None:
        """Note each room as it is now, as a member reads it and as it is kept."""
        for room in self.rooms:
            reader = Device("Witness/log", self._server.port, self.history)
            reader.token = self._witness.token
            await self._read_room(reader, room.id)

    async def _read_room(self, reader: Device, room: str) -> None:
        async with reader.socket():
            opened = await reader.ask("open_room", room=room, after=0, most=10**9)
            head = opened["head"]
            await reader.wait_until(lambda: _last(reader, room) >= head, PATIENCE)
        self.history.note(
            reader.name,
            "log",
            room=room,
            events=_whole(self.history, reader.name, room),
            raw=read_raw(self._server.data, room),
        )

    async def catch_up(self, patience: float = PATIENCE) -> None:
        """Wait until every open room of every device is there up to its head."""
        heads = {
            log["room"]: log["events"][-1]["seq"] for log in self.history.of("log")
        }
        try:
            await self.until(lambda: not self._list_behind(heads), patience)
        except TimeoutError:
            behind = "; ".join(self._list_behind(heads))
            raise AssertionError(f"not caught up: {behind}") from None

    def _list_behind(self, heads: Mapping[str, int]) -> list[str]:
        gone = [device.name for device in self.devices if not device.connected]
        return gone + [
            f"{device.name} has {_last(device, room)} of {heads[room]} in {room}"
            for device in self.devices
            for room in device.open
            if _last(device, room) < heads[room]
        ]


@contextlib.asynccontextmanager
async def storm(
    server: Server, history: History, weather: Weather
) -> AsyncGenerator[Storm]:
    """Let people talk on a server that runs, until the block is left."""
    talk = Storm(server, history, weather)
    await talk.gather()
    dice = random.Random(weather.seed)  # noqa: S311 - the same storm every time
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(task)
            for person in talk.people
            for device in person.devices
            for task in (
                device.live(random.Random(dice.random())),  # noqa: S311 - as above
                talk.talk(person, device),
            )
        ]
        try:
            yield talk
        finally:
            await end_tasks(running)
            # What was cut off is closed in the loop's next turns.
            await asyncio.sleep(0.01)


def _last(device: Device, room: str) -> int:
    event = device.held.get(room)
    return 0 if event is None else event["seq"]


def _whole(history: History, device: str, room: str) -> Sequence[dict[str, Any]]:
    """Return what a device was delivered of a room on its last opening."""
    found: list[list[dict[str, Any]]] = []
    for record in reversed(history.records):
        if record["device"] != device or record.get("room") != room:
            continue
        if record["what"] == "opened":
            break
        if record["what"] == "delivered":
            found.append(record["events"])
    return [event for events in reversed(found) for event in events]
