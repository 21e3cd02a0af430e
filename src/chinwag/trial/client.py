"""One Chinwag client of asyncio: commands go out, answers and events come in."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]
Hear = Callable[[Frame], None]
MAX_FRAME = 1024 * 1024
ANSWERS = ('{"type":"reply"', '{"type":"failure"')


def ignore(_: Frame) -> None:
    """Hear nothing."""


class Refused(Exception):
    """The server said no; `code` tells why, `retry_after` when to try again."""

    def __init__(self, failure: Frame) -> None:
        super().__init__(f"{failure['code']}: {failure['message']}")
        self.code: str = failure["code"]
        self.retry_after: float = failure["retry_after"] or 0.0


class Client:
    """One socket. Answers go to who asked; all else goes to `hear`."""

    def __init__(self, line: ClientConnection, hear: Hear) -> None:
        self._line = line
        self._hear = hear
        self._id = 0
        self._asked: dict[int, asyncio.Future[Frame]] = {}

    async def send(self, command: str, **fields: object) -> Awaitable[Frame]:
        """Send a command; what it returns, awaited, is the result or raises."""
        self._id += 1
        answer = asyncio.get_running_loop().create_future()
        self._asked[self._id] = answer
        await self._line.send(json.dumps({"type": command, "id": self._id} | fields))
        return answer

    async def ask(self, command: str, **fields: object) -> Frame:
        """Send a command; return its result, or raise `Refused`."""
        return await (await self.send(command, **fields))

    async def listen(self) -> None:
        """Take what comes until the socket is closed."""
        with suppress(ConnectionClosed):
            async for text in self._line:
                # Who does not listen need not decode what the whole room hears.
                if self._hear is not ignore or str(text).startswith(ANSWERS):
                    self._take(json.loads(text))
        for answer in self._waiting():
            answer.set_exception(ConnectionError("closed before the answer"))

    def _waiting(self) -> Iterator[asyncio.Future[Frame]]:
        return (answer for answer in self._asked.values() if not answer.done())

    def _take(self, frame: Frame) -> None:
        if frame["type"] not in {"reply", "failure"}:
            self._hear(frame)
            return
        answer = self._asked.pop(frame["id"], None)
        if answer is None or answer.done():
            return
        if frame["type"] == "reply":
            answer.set_result(frame["result"])
        else:
            answer.set_exception(Refused(frame))

    async def close(self) -> None:
        """Close the socket."""
        await self._line.close()


def to_address(port: int) -> str:
    """Return the socket of a server on this machine."""
    return f"ws://127.0.0.1:{port}/ws"


@asynccontextmanager
async def talking(
    address: str, hear: Hear = ignore, **hello: object
) -> AsyncGenerator[tuple[Client, Frame]]:
    """Connect to a server's `ws://…/ws` and greet it; yield client and welcome."""
    async with connect(
        address, compression=None, max_size=MAX_FRAME, proxy=None
    ) as line:
        client = Client(line, hear)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(client.listen())
            try:
                yield client, await client.ask("hello", **hello)
            finally:
                listening.cancel()
