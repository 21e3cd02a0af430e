"""Chinwag itself, as an operator starts it, with fsync before every answer."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.client import Frame, talking
from bench.peers import Command, Crowd, Dialect, Keeps, Line

NO_RATES = {
    "CHINWAG_RATE_MESSAGES": "0",
    "CHINWAG_RATE_JOINS": "0",
    "CHINWAG_RATE_CONNECTIONS": "0",
}
DIALECT = Dialect(
    path="/ws",
    event='{"seq":',
    each=',"kind":"',
    kind=',"kind":"message"',
    reply='{"type":"reply"',
    failure='{"type":"failure"',
)


@dataclass(frozen=True)
class Chinwag:
    """The peer that all this is about."""

    program: Sequence[str | Path] = (sys.executable, "-m", "chinwag")
    environment: dict[str, str] = field(default_factory=lambda: dict(NO_RATES))
    name: str = "chinwag"
    keeps: Keeps = Keeps.DISK
    about: str = (
        "as by default, fsync before every answer; rates off, as it is one host"
    )
    dialect: Dialect = DIALECT

    def missing(self) -> str | None:
        """Return what has to be installed first: nothing."""
        return None

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        words = ["serve", "--host", "127.0.0.1", "--port", str(port), "--data", data]
        return Command([*self.program, *words], self.environment)

    def seat(self, port: int, crowd: Crowd) -> list[Line]:
        """Make the rooms; return how all members of the crowd come in.

        The founder of each room is one of its members, and comes back by token.
        """
        founded = asyncio.run(_found(port, crowd.rooms))
        return [
            Line(
                sender=crowd.posts(place),
                room=room,
                post=_post(founded[room]),
                prelude=_come(founded[room], room, place),
            )
            for room in range(crowd.rooms)
            for place in range(crowd.members)
        ]


async def _found(port: int, rooms: int) -> list[Frame]:
    return [await _found_one(port, room) for room in range(rooms)]


async def _found_one(port: int, room: int) -> Frame:
    async with talking(port, name=f"founder {room}") as (client, welcome):
        started = await client.ask("start_room", name=f"room {room}")
        return started | {"token": started.get("token") or welcome["token"]}


def _post(started: Frame) -> str:
    room = started["room"]["id"]
    return f'{{"type":"post_message","id":$i,"room":"{room}","cmid":"$c","text":"$t"}}'


def _come(started: Frame, room: int, place: int) -> tuple[str, ...]:
    hello: Frame = {"type": "hello", "id": 1, "name": f"p{room}-{place}"}
    come: Frame = {"type": "join_room", "id": 2, "key": started["key"]}
    if place == 0:
        hello = {"type": "hello", "id": 1, "token": started["token"]}
        come = {"type": "open_room", "id": 2, "room": started["room"]["id"]}
    return tuple(json.dumps(each, separators=(",", ":")) for each in (hello, come))
