"""People at the other end of a socket: they ask, they listen, and they check.

Whoever does not listen does not read: a guest who asks nothing and hears nothing is
a socket that has stopped reading.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 20.0
Frame = dict[str, Any]


class Refused(Exception):
    """The server said no."""

    def __init__(self, failure: Frame) -> None:
        super().__init__(f"{failure['code']}: {failure['message']}")
        self.code: str = failure["code"]
        self.message: str = failure["message"]
        self.retry_after: float | None = failure["retry_after"]


class Held:
    """What somebody holds of a room's log. It refuses gaps and repetitions."""

    def __init__(self, opened: Frame) -> None:
        self.next: int = opened["from"]
        self.head: int = opened["head"]
        self.events: list[Frame] = []

    def take(self, frame: Frame) -> None:
        """Add a frame that must follow at once on what is here."""
        assert frame["from"] == self.next, f"{frame['from']} came after {self.next - 1}"
        for event in frame["events"]:
            assert event["seq"] == self.next, f"{event['seq']} stands at {self.next}"
            self.next += 1
        self.events += frame["events"]

    @property
    def last(self) -> int:
        """The newest `seq` that is held."""
        return self.next - 1

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [event["text"] for event in self.events if event["kind"] == "message"]

    @property
    def cmids(self) -> list[str]:
        """Under which ids, in order."""
        return [event["cmid"] for event in self.events if event["kind"] == "message"]


class Guest:
    """Somebody with one socket. Pushes are kept in `pushed`, events in `rooms`."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.id = ""
        self.token: str | None = None
        self.welcome: Frame = {}
        self.rooms: dict[str, Held] = {}
        self.pushed: list[Frame] = []
        self.answers: dict[int, Frame] = {}
        self._port = port
        self._asked = 0
        self._opening: dict[int, str] = {}
        self._line: ClientConnection | None = None

    @property
    def line(self) -> ClientConnection:
        """The socket."""
        assert self._line is not None
        return self._line

    async def connect(
        self,
        *,
        headers: Iterable[tuple[str, str]] = (),
        token: str | None = None,
        window: int | None = None,
        **hello: object,
    ) -> Self:
        """Open a socket and say hello, under the token that was told last.

        With `window`, the system takes about so many bytes that nobody reads.
        """
        await self.drop()
        line = socket.socket()
        if window is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        line.setblocking(False)  # noqa: FBT003 - the name of it
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self._port))
        self._line = await connect(
            f"ws://127.0.0.1:{self._port}/ws",
            sock=line,
            proxy=None,
            compression=None,
            ping_interval=None,
            close_timeout=1,
            max_size=None,
            additional_headers=list(headers),
        )
        self.token = token or self.token
        if self.token is not None:
            hello["token"] = self.token
        self.welcome = await self.ask("hello", name=self.name, **hello)
        self.id = self.welcome["me"]["id"]
        self.token = self.welcome.get("token") or self.token
        return self

    async def drop(self) -> None:
        """Lose the socket, without a word."""
        if self._line is not None:
            self._line.transport.abort()
            await self._line.wait_closed()
            self._line = None

    # Asking

    async def tell(self, command: str, **fields: object) -> int:
        """Send a command; return its id, and do not wait for the answer."""
        self._asked += 1
        if command in {"start_room", "join_room", "open_room"}:
            self._opening[self._asked] = command
        asked = {"type": command, "id": self._asked} | fields
        await self.line.send(json.dumps(asked))
        return self._asked

    async def answer(self, asked: int) -> Frame:
        """Return the result of an earlier command, or raise `Refused`."""
        await self.hear(lambda: asked in self.answers, f"an answer to {asked}")
        answer = self.answers.pop(asked)
        if answer["type"] == "failure":
            raise Refused(answer)
        result: Frame = answer["result"]
        return result

    async def ask(self, command: str, **fields: object) -> Frame:
        """Send a command; return its result, or raise `Refused`."""
        return await self.answer(await self.tell(command, **fields))

    async def start_room(self, name: str = "Tea") -> "Room":
        """Found a room."""
        started = await self.ask("start_room", name=name)
        return Room(self, started["room"]["id"], started["link"])

    async def join(self, room: "Room", **fields: object) -> Held:
        """Come in by a room's link."""
        await self.ask("join_room", key=room.link, **fields)
        return self.rooms[room.id]

    async def open(self, room: "Room", **fields: object) -> Frame:
        """Open a room again."""
        return await self.ask("open_room", room=room.id, **fields)

    async def resume(self, room: "Room") -> Held:
        """Open a room again after what is held of it, which must lead on."""
        before = self.rooms[room.id]
        newest = before.events[-1]
        opened = await self.open(room, after=newest["seq"], at=newest["at"])
        held = self.rooms[room.id]
        assert not opened["reset"]
        assert opened["from"] == before.next
        held.events[:0] = before.events
        return held

    async def post_all(self, room: "Room", texts: Sequence[str]) -> None:
        """Say many things without waiting in between."""
        asked = [
            await self.tell(
                "post_message", room=room.id, text=text, cmid=f"{self.name}-{text}"[:64]
            )
            for text in texts
        ]
        for each in asked:
            await self.answer(each)

    async def post(self, room: "Room", text: str, **fields: object) -> Frame:
        """Say something in a room."""
        fields.setdefault("cmid", f"{self.name}-{text}"[:64])
        return await self.ask("post_message", room=room.id, text=text, **fields)

    # Listening

    async def hear(
        self, done: Callable[[], bool], what: str, patience: float = PATIENCE
    ) -> None:
        """Read the socket until it is so."""
        try:
            async with asyncio.timeout(patience):
                while not done():
                    self._take(json.loads(await self.line.recv()))
        except TimeoutError:
            raise AssertionError(f"{self.name} waited in vain for {what}") from None

    async def hear_up_to(self, room: "Room", seq: int) -> Held:
        """Read until a room's log is here up to `seq`."""
        held = self.rooms[room.id]
        await self.hear(lambda: held.last >= seq, f"{seq} of the room")
        return held

    async def hear_push(self, kind: str, patience: float = PATIENCE) -> Frame:
        """Return the first push of a kind, and forget it."""

        def find() -> Frame | None:
            return next((push for push in self.pushed if push["type"] == kind), None)

        await self.hear(lambda: find() is not None, f"a {kind} push", patience)
        found = find()
        assert found is not None
        self.pushed.remove(found)
        return found

    async def hear_out(self, seconds: float = 0.3) -> None:
        """Read whatever comes within some time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self._take(json.loads(await self.line.recv()))
        except TimeoutError:
            return

    async def hear_end(self, patience: float = PATIENCE) -> int:
        """Read until the server ends the socket; return its close code."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    self._take(json.loads(await self.line.recv()))
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else 1006

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind in {"reply", "failure"}:
            self._take_answer(frame)
        elif kind == "events":
            self.rooms[frame["room"]].take(frame)
        else:
            self.pushed.append(frame)

    def _take_answer(self, frame: Frame) -> None:
        self.answers[frame["id"]] = frame
        opening = self._opening.pop(frame["id"], None)
        if opening is not None and frame["type"] == "reply":
            result = frame["result"]
            self.rooms[result["room"]["id"]] = Held(result)


class Room:
    """A room as those know it who hold its link."""

    def __init__(self, founder: Guest, id: str, link: str) -> None:
        self.founder = founder
        self.id = id
        self.link = link

    @property
    def key(self) -> str:
        """What stands in the link's fragment."""
        return self.link.partition("#")[2]
