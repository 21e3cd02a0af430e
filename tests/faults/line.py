"""One device's socket, and all that it says and sees on it, noted in a history."""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.history import History

Frame = dict[str, Any]
GONE = (OSError, WebSocketException, EOFError, TimeoutError)
MOST_OWN = 20
OPEN_SECONDS = 5.0


class Refused(Exception):
    """The server said no; `code` tells why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """One device of one person, with at most one socket at a time.

    Attributes:
        name: What the history calls it.
        token: Whose it is; None until a first `hello`.
        held: The last event that it holds of each room.
        open: The rooms that are open on its socket.
        epoch: Which history of the database it holds events of.
        port: Where the server is; may be changed while it runs.
        most: How many missed events it takes before it starts from the newest.
        own: Where the newest of its own messages stand in each room.
        resumed: How often it went on in a room from what it held.
        answers: How many answers of each kind it got: a command's name, or a code.
        ends: The close code of each socket that it had; 1006 for none.
    """

    def __init__(self, name: str, port: int, history: History) -> None:
        self.name = name
        self.port = port
        self.person = ""
        self.token: str | None = None
        self.held: dict[str, Frame | None] = {}
        self.open: set[str] = set()
        self.epoch = ""
        self.most = 10**6
        self.own: dict[str, deque[int]] = {}
        self.resumed = 0
        self.answers: Counter[str] = Counter()
        self.ends: list[int] = []
        self._history = history
        self._line: ClientConnection | None = None
        self._asked = 0
        self._flying: dict[int, tuple[int, Frame, asyncio.Future[Frame]]] = {}
        self._awake = asyncio.Event()
        self._awake.set()

    async def connect(self) -> None:
        """Open a socket, say hello, and open again what was open."""
        self._line = await connect(
            f"ws://127.0.0.1:{self.port}/ws",
            proxy=None,
            compression=None,
            ping_interval=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=0.2,
            max_size=None,
        )

    async def greet(self) -> Frame:
        """Say hello on a fresh socket, while `listen` runs."""
        token = {} if self.token is None else {"token": self.token}
        welcome = await self.ask("hello", name=self.name.partition("/")[0], **token)
        self.person = welcome["me"]["id"]
        self.token = welcome.get("token") or self.token
        self._history.note(self.name, "person", id=self.person)
        if welcome["epoch"] != self.epoch:
            self.forget()
            self.epoch = welcome["epoch"]
        return welcome

    def forget(self) -> None:
        """Hold nothing: another history of the database has begun."""
        self.held.clear()
        self.own.clear()

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncGenerator[Frame]:
        """Be connected and greeted for a while; yields the welcome."""
        async with asyncio.TaskGroup() as tasks:
            await self.connect()
            listening = tasks.create_task(self.listen())
            try:
                yield await self.greet()
            finally:
                self.drop()
                await listening
        await asyncio.sleep(0)

    async def listen(self) -> None:
        """Take what comes until the socket is gone, and note its end."""
        line = self._line
        assert line is not None
        try:
            while True:
                await self._awake.wait()
                self._take(msgspec.json.decode(await line.recv(decode=False)))
        except GONE:
            pass
        finally:
            # A listener that was stopped leaves no socket behind.
            line.transport.abort()
            code = line.close_code
            self.ends.append(1006 if code is None else code)
            self._lose()

    def _lose(self) -> None:
        self._line = None
        self.open.clear()
        flying, self._flying = self._flying, {}
        for op, _, answer in flying.values():
            self._history.note(self.name, "unknown", op=op)
            if not answer.done():
                answer.set_exception(ConnectionError("lost before the answer"))
                # Whoever asked may be gone, too.
                answer.exception()
        self._history.note(self.name, "lost")

    def nap(self) -> None:
        """Read nothing more from the socket until `wake`."""
        self._awake.clear()

    def wake(self) -> None:
        """Read on."""
        self._awake.set()

    def drop(self) -> None:
        """Lose the socket at once, without a word."""
        if self._line is not None:
            self._line.transport.abort()

    @property
    def connected(self) -> bool:
        """Whether there is a socket."""
        return self._line is not None

    async def tell(self, command: str, **fields: object) -> asyncio.Future[Frame]:
        """Send a command; its result can be awaited, or `Refused`, or the loss."""
        line = self._line
        if line is None:
            raise ConnectionError("no socket")
        self._asked += 1
        op = self._history.next_op()
        said: Frame = {"type": command} | fields
        shown = {key: value for key, value in said.items() if key != "token"}
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._flying[self._asked] = (op, said, answer)
        self._history.note(self.name, "invoke", op=op, command=shown)
        said_now = msgspec.json.encode(said | {"id": self._asked})
        await line.send(said_now, text=True)
        return answer

    async def ask(self, command: str, **fields: object) -> Frame:
        """Send a command; return its result."""
        return await (await self.tell(command, **fields))

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "events":
                self._take_events(frame)
            case "reply" | "failure":
                self._take_answer(frame)
            case "gone":
                self.open.discard(frame["room"])
            case "room":
                self.come_in(frame["room"]["id"])
            case _:
                pass

    def come_in(self, room: str) -> None:
        """Take note that another device of the same person came into a room."""

    def _take_events(self, frame: Frame) -> None:
        room, events = frame["room"], frame["events"]
        self._history.note(
            self.name, "delivered", room=room, **{"from": frame["from"]}, events=events
        )
        if events:
            self.held[room] = events[-1]

    def _take_answer(self, frame: Frame) -> None:
        op, said, answer = self._flying.pop(frame["id"])
        if frame["type"] == "failure":
            self._history.note(self.name, "fail", op=op, code=frame["code"])
            self.answers[frame["code"]] += 1
            if not answer.done():
                answer.set_exception(Refused(frame["code"]))
                answer.exception()
            return
        result = frame["result"]
        self._history.note(self.name, "ok", op=op, result=_without_token(result))
        self.answers[said["type"]] += 1
        self.resumed += "after" in said
        match said["type"]:
            case "open_room" | "join_room" | "start_room":
                self._note_opened(said, result)
            case "history":
                self._history.note(
                    self.name,
                    "page",
                    room=said["room"],
                    head=result["head"],
                    events=result["events"],
                )
            case "post_message":
                own = self.own.setdefault(said["room"], deque(maxlen=MOST_OWN))
                own.append(result["seq"])
            case "close_room" | "leave_room":
                self.open.discard(said["room"])
            case _:
                pass
        if not answer.done():
            answer.set_result(result)

    def _note_opened(self, said: Frame, result: Frame) -> None:
        room = result["room"]["id"]
        after = said.get("after")
        reset = bool(result.get("reset"))
        if reset:
            self.held[room] = None
        self.held.setdefault(room, None)
        self.open.add(room)
        self._history.note(
            self.name,
            "opened",
            room=room,
            head=result["head"],
            **{"from": result["from"]},
            reset=reset,
            after=after,
        )

    async def open_again(self, room: str) -> None:
        """Open a room after what is held of it, if it is still one's own."""
        try:
            await self.ask("open_room", room=room, **self._resume(room))
        except Refused as refused:
            if refused.code != "not_found":
                raise

    def _resume(self, room: str) -> Frame:
        last = self.held.get(room)
        if last is None:
            return {"most": self.most}
        return {"most": self.most, "after": last["seq"], "at": last["at"]}

    async def wait_until(self, done: Callable[[], bool], patience: float) -> None:
        """Wait until it is so, or raise `TimeoutError`."""
        async with asyncio.timeout(patience):
            while not done():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.005)


def _without_token(result: Frame) -> Frame:
    return {key: value for key, value in result.items() if key != "token"}
