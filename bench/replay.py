"""A day of real conversation through real sockets, and whether everybody got it all."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bench.corpus import Day, Saying
from chinwag.trial.client import Client, Frame, Refused, talking, to_address

READERS = 20
WINDOW = 64
PATIENCE = 30.0
TURN = 0.05
PAGE = 200
Told = tuple[str, str, str]
"""Person, cmid and text of a message."""


@dataclass
class Reader:
    """Somebody who only reads, and notes every event."""

    seqs: list[int] = field(default_factory=list[int])
    heard: list[Told] = field(default_factory=list[Told])

    def hear(self, frame: Frame) -> None:
        """Note what is told of the room."""
        if frame["type"] == "events":
            self.note(frame["events"])

    def note(self, events: Sequence[Frame]) -> None:
        """Note these events."""
        self.seqs += [event["seq"] for event in events]
        self.heard += [
            (event["by"], event["cmid"], event["text"])
            for event in events
            if event["kind"] == "message"
        ]


@dataclass
class Replay:
    """What came of it.

    Attributes:
        day: What was played.
        link: The way into the room.
        seconds: How long it took, from the first post to the last answer.
        said: What was posted, by person: cmids and texts in their order.
        refused: What the server refused: nick, text, and why.
        readers: Those who were there all the time.
        late: What somebody reads who comes afterwards.
    """

    day: Day
    link: str = ""
    seconds: float = 0.0
    said: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[str, str]]](list)
    )
    refused: list[str] = field(default_factory=list[str])
    readers: list[Reader] = field(default_factory=list[Reader])
    late: Reader = field(default_factory=Reader)

    @property
    def posted(self) -> int:
        """How many messages are in the room's log."""
        return sum(map(len, self.said.values()))

    def faults(self) -> list[str]:
        """Return what is wrong; nothing, if all is well."""
        first = self.readers[0].heard if self.readers else self.late.heard
        everybody = [
            *((f"reader {place}", each) for place, each in enumerate(self.readers)),
            ("the latecomer", self.late),
        ]
        found = [fault for name, each in everybody for fault in self._check(name, each)]
        found += [
            f"{name} heard another order than reader 0"
            for name, each in everybody
            if each.heard != first
        ]
        return found + [f"refused: {each}" for each in self.refused]

    def _check(self, name: str, reader: Reader) -> list[str]:
        faults: list[str] = []
        if reader.seqs:
            due = list(range(reader.seqs[0], reader.seqs[0] + len(reader.seqs)))
            if reader.seqs != due:
                faults.append(f"{name}: the seqs have gaps or repetitions")
        if len(reader.heard) != self.posted:
            faults.append(f"{name}: {len(reader.heard)} of {self.posted} messages")
        heard: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for person, cmid, text in reader.heard:
            heard[person].append((cmid, text))
        if heard != self.said:
            faults.append(f"{name}: somebody's messages differ from what they said")
        return faults


async def replay(  # noqa: PLR0913 - a replay has so many choices
    port: int,
    day: Day,
    *,
    readers: int = READERS,
    speed: float | None = None,
    window: int = WINDOW,
    link: str | None = None,
    on_link: Callable[[str], None] = lambda _: None,
) -> Replay:
    """Play a day into a room of a server on this machine.

    Args:
        port: The server's.
        day: What to say.
        readers: How many only read.
        speed: How many times faster than it was; None: as fast as acknowledged.
        window: How many messages may be unacknowledged at a time; one nick has one.
        link: The way into a room that is there already; None: a new one.
        on_link: Told the way into the room before the first word.
    """
    result = Replay(day)
    async with AsyncExitStack() as stack:
        way = link or await _found(stack, port, day)
        result.link = way
        on_link(way)
        for number in range(readers):
            reader = Reader()
            client, _ = await stack.enter_async_context(
                talking(to_address(port), reader.hear, name=f"Reader {number}")
            )
            await patiently(lambda c=client: c.ask("join_room", key=way))
            result.readers.append(reader)
        speakers = [await _bring(stack, port, nick, way) for nick in day.nicks]
        by_nick = dict(zip(day.nicks, speakers, strict=True))
        begun = time.monotonic()
        await _speak_all(result, by_nick, speed, window)
        result.seconds = time.monotonic() - begun
        await _wait_for_all(result)
        await _come_late(stack, port, result)
    return result


async def _found(stack: AsyncExitStack, port: int, day: Day) -> str:
    founder, _ = await stack.enter_async_context(
        talking(to_address(port), name="Founder")
    )
    started = await founder.ask("start_room", name=f"As it was on {day.name}")
    return started["link"]


async def patiently(ask: Callable[[], Awaitable[Frame]]) -> Frame:
    """Ask, and ask again where it was too often, as the server says."""
    while True:
        try:
            return await ask()
        except Refused as refused:
            if refused.code != "rate_limited":
                raise
            await asyncio.sleep(refused.retry_after)


@dataclass
class Speaker:
    """One nick of the day, with a socket and one post at a time."""

    client: Client
    person: str
    room: str
    turn: asyncio.Lock
    count: int = 0


async def _bring(stack: AsyncExitStack, port: int, nick: str, link: str) -> Speaker:
    client, welcome = await stack.enter_async_context(
        talking(to_address(port), name=nick[:40])
    )
    opened = await patiently(lambda: client.ask("join_room", key=link))
    return Speaker(client, welcome["me"]["id"], opened["room"]["id"], asyncio.Lock())


async def _speak_all(
    result: Replay, speakers: dict[str, Speaker], speed: float | None, window: int
) -> None:
    """Say everything, each nick in its order."""
    room_for = asyncio.Semaphore(window)
    begun = time.monotonic()
    sayings = result.day.sayings
    async with asyncio.TaskGroup() as tasks:
        for saying in sayings:
            if speed is not None:
                due = begun + (saying.minute - sayings[0].minute) * 60 / speed
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            await room_for.acquire()
            speaking = tasks.create_task(_speak(result, speakers[saying.nick], saying))
            speaking.add_done_callback(lambda _: room_for.release())


async def _speak(result: Replay, speaker: Speaker, saying: Saying) -> None:
    # Locks are taken in the order in which they were asked for.
    async with speaker.turn:
        speaker.count += 1
        cmid = f"{result.day.name}-{speaker.count}"
        try:
            await patiently(
                lambda: speaker.client.ask(
                    "post_message", room=speaker.room, cmid=cmid, text=saying.text
                )
            )
        except Refused as refused:
            result.refused.append(f"{saying.nick}: {saying.text[:60]!r}: {refused}")
        else:
            result.said[speaker.person].append((cmid, saying.text))


async def _wait_for_all(result: Replay) -> None:
    for _ in range(int(PATIENCE / TURN)):
        if all(len(reader.heard) >= result.posted for reader in result.readers):
            break
        await asyncio.sleep(TURN)
    # What comes twice comes late.
    await asyncio.sleep(0.2)


async def _come_late(stack: AsyncExitStack, port: int, result: Replay) -> None:
    """Join when all is said, and read the log from its beginning."""
    client, _ = await stack.enter_async_context(
        talking(to_address(port), name="Latecomer")
    )
    opened = await patiently(lambda: client.ask("join_room", key=result.link))
    room, after, more = opened["room"]["id"], 0, True
    while more:
        page = await client.ask("history", room=room, after=after, limit=PAGE)
        result.late.note(page["events"])
        after, more = result.late.seqs[-1], page["more"]
