"""Chinwag itself, as an operator starts it, with fsync before every answer."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.peers import Command, Crowd, Dialect, Keeps, Line
from chinwag.trial.client import Frame, talking, to_address

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
    frame='{"type":"events","room":"',
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
        founded = asyncio.run(_found(port, crowd))
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


def compressing() -> Chinwag:
    """Return it with readers who ask for compression, as browsers do."""
    return Chinwag(
        name="chinwag-deflate",
        about="the same, each batch compressed once for all readers",
        dialect=replace(DIALECT, deflate=True),
    )


async def _found(port: int, crowd: Crowd) -> list[list[Frame]]:
    return [await _found_some(port, room, crowd.each) for room in range(crowd.rooms)]


async def _found_some(port: int, room: int, count: int) -> list[Frame]:
    async with talking(to_address(port), name=f"founder {room}") as (client, welcome):
        names = (f"room {room}.{each}" for each in range(count))
        started = [await client.ask("start_room", name=name) for name in names]
        token = started[0].get("token") or welcome["token"]
        return [each | {"token": token} for each in started]


def _post(started: list[Frame]) -> str:
    room = started[0]["room"]["id"]
    return f'{{"type":"post_message","id":$i,"room":"{room}","cmid":"$c","text":"$t"}}'


def _come(started: list[Frame], room: int, place: int) -> tuple[str, ...]:
    if place == 0:
        who: Frame = {"token": started[0]["token"]}
        ways = [{"type": "open_room", "room": each["room"]["id"]} for each in started]
    else:
        who = {"name": f"p{room}-{place}"}
        ways = [{"type": "join_room", "key": each["key"]} for each in started]
    said = [{"type": "hello"} | who, *ways]
    return tuple(
        json.dumps({"id": number} | each, separators=(",", ":"))
        for number, each in enumerate(said, 1)
    )
