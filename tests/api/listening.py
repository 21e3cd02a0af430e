"""A client of an event stream, which reads when it likes, and may hang up."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

from litestar import Litestar

from tests.api.conftest import HOST

PATIENCE = 10.0


@dataclass(frozen=True)
class Event:
    """One event of the stream: its `id`, and the frame in its `data`."""

    id: str | None
    frame: dict[str, Any]


class Listener:
    """One request for a stream."""

    def __init__(self, app: Litestar, path: str, headers: dict[str, str]) -> None:
        path, _, query = path.partition("?")
        self._app = app
        self._scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in {"Host": HOST, **headers}.items()
            ],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 2428),
        }
        self._sent: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        self._text = b""
        self._stack = AsyncExitStack()
        self._head: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.drains = asyncio.Event()
        self.drains.set()

    async def __aenter__(self) -> Self:
        """Ask, and wait for the answer's head."""
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        tasks.create_task(self.ask())
        await asyncio.wait_for(asyncio.shield(self._head), PATIENCE)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up, and wait until the server has noticed."""
        self.hang_up()
        async with asyncio.timeout(PATIENCE):
            await self._stack.aclose()

    async def ask(self) -> None:
        """Ask, until the answer ends."""
        await self._app(self._scope, self._receive, self._send)

    @property
    def begun(self) -> bool:
        return self._head.done()

    @property
    def status(self) -> int:
        return self._head.result()["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {
            name.decode().lower(): value.decode()
            for name, value in self._head.result()["headers"]
        }

    def hang_up(self) -> None:
        """Be gone, however much is still unread."""
        self._gone.set()
        self.drains.set()

    async def text(self) -> str | None:
        """Return the next block of lines, without the blank line after it."""
        while b"\n\n" not in self._text:
            piece = await asyncio.wait_for(self._sent.get(), PATIENCE)
            if piece is None:
                return None
            self._text += piece
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode()

    async def event(self) -> Event | None:
        """Return the next event that is no comment; None at the end."""
        while (block := await self.text()) is not None:
            fields = dict(
                line.split(": ", 1)
                for line in block.splitlines()
                if not line.startswith((":", "retry"))
            )
            if "data" in fields:
                return Event(fields.get("id"), json.loads(fields["data"]))
        return None

    async def ends(self) -> bool:
        """Return true when the server ends the stream, however much it says before."""
        while await self.text() is not None:
            pass
        return True

    async def seqs(self, last: int) -> list[int]:
        """Return the `seq`s of all events up to `last`."""
        found: list[int] = []
        while not found or found[-1] < last:
            event = await self.event()
            assert event is not None
            found += [each["seq"] for each in event.frame.get("events", [])]
        return found

    async def _receive(self) -> Any:  # noqa: ANN401 - whatever ASGI says
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:  # noqa: ANN401 - whatever ASGI says
        if message["type"] == "http.response.start":
            self._head.set_result(message)
            return
        await self.drains.wait()
        if message["body"]:
            self._sent.put_nowait(message["body"])
        if not message["more_body"]:
            self._sent.put_nowait(None)
