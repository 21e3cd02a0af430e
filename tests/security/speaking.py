"""Somebody who says anything at all, by socket or HTTP, and checks the answer."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Self

from websockets.frames import TEXT, Frame

from chinwag.errors import REFUSALS
from tests.live.servers import Server
from tests.live.wires import Wire
from tests.security.tally import Tally

Json = dict[str, Any]
STATUSES = {kind.code: kind.status for kind in REFUSALS if kind.code != "internal"}
PATIENT = 8
"""Broken commands on one socket, whose tenth would end it."""
AHEAD = 40


class Speaker:
    """One guest. `kind` is what the tally counts their words as."""

    def __init__(self, server: Server, tally: Tally, kind: str) -> None:
        self._server, self._tally, self._kind = server, tally, kind
        self._wire: Wire | None = None
        self._broken = 0
        self._asked = 10
        self.token = ""
        self.name = ""

    async def arrive(self, name: str = "Mallory", token: str | None = None) -> Self:
        """Come in."""
        guest = await self._server.enter(name, token=token)
        self.token, self.name = guest.token or "", name
        await guest.drop()
        return self

    async def _line(self) -> Wire:
        if self._wire is None or self._broken >= PATIENT:
            if self._wire is not None:
                await self._wire.drop()
            self._wire = await self._server.socket(token=self.token)
            self._broken = 0
        return self._wire

    async def say(self, text: bytes) -> Json:
        """Say one thing that is probably broken; return the answer."""
        wire = await self._line()
        self._broken += 1
        wire.send_text(text)
        while True:
            said = await wire.hear()
            if said["type"] in {"reply", "failure"}:
                return self._check(said)

    async def ask(self, command: str, **fields: object) -> Json:
        """Ask for something that is well formed; return the answer."""
        return (await self.ask_all([{"type": command, **fields}]))[0]

    async def ask_all(self, commands: Sequence[Json]) -> list[Json]:
        """Ask for many things that are well formed; return the answers, in order."""
        answers: list[Json] = []
        for place in range(0, len(commands), AHEAD):
            some = commands[place : place + AHEAD]
            answers += await self._ask_some(await self._line(), some)
            if some[0]["type"] == "start_room":
                # No more than a hundred rooms are open on a socket.
                self._broken = PATIENT
        return answers

    async def _ask_some(self, wire: Wire, commands: Sequence[Json]) -> list[Json]:
        first = self._asked
        self._asked += len(commands)
        # As escapes, so that any string comes through.
        texts = [json.dumps(one | {"id": first + n}) for n, one in enumerate(commands)]
        frames = [Frame(TEXT, text.encode()).serialize(mask=True) for text in texts]
        wire.send(b"".join(frames))
        found: dict[int, Json] = {}
        while len(found) < len(commands):
            said = await wire.hear()
            if said["type"] in {"reply", "failure"}:
                assert said["id"] not in found, said
                found[said["id"]] = self._check(said)
        return [found[n] for n in range(first, self._asked)]

    def _check(self, said: Json) -> Json:
        answer = "ok" if said["type"] == "reply" else said["code"]
        self._tally.feed(self._kind, answer)
        assert answer == "ok" or answer in STATUSES, said
        return said


class Poster:
    """The same guest by HTTP, on one connection as long as the server keeps it."""

    def __init__(self, server: Server, tally: Tally, kind: str, token: str) -> None:
        self._server, self._tally, self._kind = server, tally, kind
        self._token = token
        self._wire: Wire | None = None

    async def say(self, text: bytes) -> Json:
        """Post one command; return the answer, whose status must be its code's."""
        self._wire = self._wire or await self._server.wire()
        self._wire.ask(
            "POST /api/commands HTTP/1.1",
            Host="127.0.0.1",
            Authorization=f"Bearer {self._token}" if self._token else "",
            Content_Type="application/json",
            Content_Length=str(len(text)),
        )
        self._wire.send(text)
        status, headers = await self._wire.head()
        async with asyncio.timeout(20):
            body = await self._wire.reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            await self._wire.drop()
            self._wire = None
        said: Json = json.loads(body)
        answer = "ok" if said["type"] == "reply" else said["code"]
        self._tally.feed(self._kind, answer)
        assert status == (200 if answer == "ok" else STATUSES[answer]), said
        return said
