"""The people of a trial: they come into a room of their own, talk, and leave it.

All of them are in this process, which may share the machine with the server: what it
takes itself is in the figures, so that a trial is never better than the truth.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from http import HTTPStatus
from itertools import cycle
from typing import TypeVar, cast

import msgspec
from websockets.exceptions import InvalidStatus, WebSocketException

from chinwag.errors import StartError
from chinwag.trial.client import Client, Frame, Refused, talking
from chinwag.trial.judging import Ear, Step, plan, sum_up

ROOM = "Trial by chinwag bench"
COMING_AT_ONCE = 16
SETTLE_SECONDS, DRAIN_SECONDS = 0.5, 5.0
PATIENCE_SECONDS = 120.0
SHORTEST_WAIT_SECONDS = 0.05
LIMITED = "rate_limited"
T = TypeVar("T")
_IN_THE_WAY = (OSError, TimeoutError, WebSocketException)


class TrialFailed(StartError):
    """There is no Chinwag that lets us try it; the text says why."""


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """How far a trial goes.

    Attributes:
        people: With how many it ends.
        rate: Messages a second, of all of them together.
        seconds: For how long they talk at each step.
        most_ms: What the slowest hundredth of deliveries may take, in milliseconds.
    """

    people: int
    rate: float
    seconds: float
    most_ms: float


class Person:
    """Somebody who is in the room, hears it, and talks."""

    def __init__(self, client: Client, ear: Ear, room: str) -> None:
        self.ear = ear
        self._client, self._room = client, room
        self._said = 0

    async def say(self) -> bool:
        """Say when it is; return whether the server took it, so that all hear it."""
        self._said += 1
        try:
            await self._client.ask(
                "post_message",
                room=self._room,
                cmid=f"trial-{self._said}",
                text=f"{time.monotonic():.6f}",
            )
        except Refused as refused:
            if refused.code == LIMITED:
                return False
            raise TrialFailed(f"The server refused a message: {refused}.") from refused
        return True

    async def leave(self) -> None:
        """Be no member any more."""
        with suppress(Refused, ConnectionError, WebSocketException):
            await self._client.ask("leave_room", room=self._room)


class Trial:
    """One room that is filled step by step; `stack` ends its connections."""

    def __init__(self, address: str, stack: AsyncExitStack) -> None:
        self._address, self._stack = address, stack
        self._people: list[Person] = []
        self._key = ""

    async def fill(self, count: int) -> float:
        """Let people come in until so many are there; return how long it took."""
        begun = time.monotonic()
        if not self._people:
            await self._come(0)
        gate = asyncio.Semaphore(COMING_AT_ONCE)

        async def come(number: int) -> None:
            async with gate:
                await self._come(number)

        async with asyncio.TaskGroup() as tasks:
            for number in range(len(self._people), count):
                tasks.create_task(come(number))
        return time.monotonic() - begun

    async def _come(self, number: int) -> None:
        ear = Ear()
        client, _ = await _patiently(
            lambda: self._stack.enter_async_context(
                talking(self._address, hear=_through(ear), name=f"Trial {number + 1}")
            )
        )
        opened = await _patiently(
            lambda: (
                client.ask("join_room", key=self._key)
                if number
                else client.ask("start_room", name=ROOM)
            )
        )
        self._key = self._key or opened["key"]
        self._people.append(Person(client, ear, opened["room"]["id"]))

    async def talk(self, *, rate: float, seconds: float) -> Step:
        """Let people take turns in talking at a rate; return what came of it."""
        await asyncio.sleep(SETTLE_SECONDS)
        begun = time.monotonic()
        for person in self._people:
            person.ear.begin(begun)
        speakers = cycle(self._people)
        async with asyncio.TaskGroup() as tasks:
            saying: list[asyncio.Task[bool]] = []
            for n in range(max(1, round(rate * seconds))):
                await asyncio.sleep(max(0.0, begun + n / rate - time.monotonic()))
                saying.append(tasks.create_task(next(speakers).say()))
        posts = sum(task.result() for task in saying)
        await self._drain(posts)
        return sum_up([person.ear for person in self._people], posts)

    async def _drain(self, posts: int) -> None:
        """Wait until everybody has heard everything, for so long at most."""
        for _ in range(round(DRAIN_SECONDS / SHORTEST_WAIT_SECONDS)):
            if all(len(person.ear.delays) >= posts for person in self._people):
                return
            await asyncio.sleep(SHORTEST_WAIT_SECONDS)

    async def leave(self) -> None:
        """Leave the room to nobody, its founder last."""
        for person in reversed(self._people):
            await person.leave()


def _through(ear: Ear) -> Callable[[Frame], None]:
    """Return what takes a frame apart and lets an ear hear its messages."""

    def hear(frame: Frame) -> None:
        now = time.monotonic()
        for event in frame["events"] if frame["type"] == "events" else ():
            if event["kind"] == "message":
                ear.hear(event["seq"], float(event["text"]), now)

    return hear


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until the server's limits let us.

    Raises:
        TrialFailed: They never do, or something else is in the way.
    """
    late = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except Exception as error:  # noqa: BLE001 - what is no limit is raised again
            wait = max(SHORTEST_WAIT_SECONDS, _read_wait(_first(error)))
        if time.monotonic() + wait > late:
            raise TrialFailed(
                "The server's limits let too few people in from one address: try one "
                "that runs with CHINWAG_RATE_JOINS=0 and CHINWAG_RATE_CONNECTIONS=0."
            )
        await asyncio.sleep(wait)


def _read_wait(error: Exception) -> float:
    """Return for how many seconds to wait; raise if that would not help."""
    if isinstance(error, Refused):
        if error.code != LIMITED:
            raise TrialFailed(f"The server refused: {error}.") from error
        return error.retry_after
    if not isinstance(error, InvalidStatus):
        raise error
    status = error.response.status_code
    if status not in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        raise TrialFailed(f"That is no Chinwag: it answers {status}.") from error
    return float(error.response.headers.get("Retry-After", "1"))


async def try_out(
    address: str, extent: Extent, *, tell: Callable[[Step], None]
) -> list[Step]:
    """Fill a room step by step until it is too slow; return all steps.

    Raises:
        TrialFailed: There is no Chinwag there that lets us.
    """
    steps: list[Step] = []
    try:
        async with AsyncExitStack() as stack:
            trial = Trial(address, stack)
            try:
                for count in plan(extent.people):
                    came_in = await trial.fill(count)
                    step = await trial.talk(rate=extent.rate, seconds=extent.seconds)
                    steps.append(msgspec.structs.replace(step, came_in=came_in))
                    tell(steps[-1])
                    if not steps[-1].holds(extent.most_ms):
                        break
            finally:
                await trial.leave()
    except Exception as error:
        first = _first(error)
        if isinstance(first, _IN_THE_WAY):
            raise TrialFailed(
                f"No Chinwag talks to us at {address}: {first}."
            ) from error
        # Ours is told as it is, and not as part of a group.
        raise first from None
    return steps


def _first(error: Exception) -> Exception:
    """Return what went wrong, out of whatever group of tasks it happened in."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error
