"""The HTTP edge over a real store, and who talks to it: programs and pages."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from litestar import Litestar

from chinwag.api.app import make_api
from chinwag.api.parts import Api
from chinwag.bus.local import LocalBus
from chinwag.clock import SystemClock
from chinwag.domain.rates import Limiter, Rate
from chinwag.gateway.hub import Hub
from chinwag.handlers.call import House, Limits
from chinwag.handlers.dispatch import Dispatch
from chinwag.handlers.lobby import Lobby
from chinwag.handlers.marks import ReadMarks
from chinwag.handlers.newest import NewestPages
from chinwag.ids import SystemDice
from chinwag.jobs.indexing import Indexing
from chinwag.protocol.door import Door, Streams
from chinwag.protocol.site import Site
from chinwag.store.readers import Readers
from chinwag.store.search_file import can_search
from chinwag.store.search_index import SearchIndex
from chinwag.store.searchers import Searchers
from chinwag.store.sqlite import SqliteStore

HOST = "127.0.0.1:2428"
ORIGIN = f"http://{HOST}"
HEARTBEAT = 25
UNLIMITED = Rate(0, 0)

Json = dict[str, Any]


@dataclass
class Server:
    """The application, what it stands on, and clients of it."""

    app: Litestar
    door: Dispatch
    hub: Hub
    lobby: Lobby
    store: SqliteStore
    epoch: str
    ready: bool = True

    def program(self, token: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """Return a client that sends what programs send."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self._client(ORIGIN, headers)

    def page(self, origin: str = ORIGIN, **headers: str) -> httpx2.AsyncClient:
        """Return a client that sends what our page in a browser sends."""
        own = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "X-Chinwag": "1"}
        return self._client(origin, own | headers)

    def _client(self, origin: str, headers: dict[str, str]) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(cast("Any", self.app))
        return httpx2.AsyncClient(transport=transport, base_url=origin, headers=headers)

    async def guest(self, name: str = "Ada") -> "Guest":
        """Return a program's guest who has just started a room."""
        made = (await self.program().post("/api/rooms", json={"as": name})).json()
        return Guest(self.program(made["token"]), made)


@dataclass
class Guest:
    """Somebody in a room of their own."""

    client: httpx2.AsyncClient
    made: Json

    @property
    def token(self) -> str:
        return self.made["token"]

    @property
    def room(self) -> str:
        return self.made["room"]["id"]

    @property
    def key(self) -> str:
        return self.made["key"]

    async def say(self, text: str, **more: object) -> httpx2.Response:
        """Post a message."""
        path = f"/api/rooms/{self.room}/messages"
        return await self.client.post(path, json={"text": text} | more)

    async def ask(self, command: str, **fields: object) -> httpx2.Response:
        """Send a command."""
        body = {"type": command, "id": 1} | fields
        return await self.client.post("/api/commands", json=body)


Serve = Callable[..., Awaitable[Server]]


def make_indexing(data: Path, epoch: str) -> Indexing:
    """Return what searches a database."""
    return Indexing(
        lambda: SearchIndex(data, epoch),
        Searchers(data),
        SystemClock(),
        able=can_search(),
    )


@pytest.fixture
def page_files(tmp_path: Path) -> Path:
    """Return the directory of a small built page."""
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html>\n" + "<p>talk</p>\n" * 50)
    (page / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (page / "manifest.webmanifest").write_text('{"name":"Chinwag"}')
    (page / "assets/app-1a2b.js").write_text("console.log('talk');\n" * 50)
    (page / "assets/app-3c4d.css").write_text("p { color: red }\n" * 50)
    (page / "assets/font-5e6f.woff2").write_bytes(bytes(range(256)))
    return page


@pytest.fixture
async def serve(tmp_path: Path, page_files: Path) -> AsyncGenerator[Serve]:
    """Return what starts a server, as other tests or parts need it."""
    stack = AsyncExitStack()

    async def start(
        *,
        joins: Rate = UNLIMITED,
        site: Site | None = None,
        page: Path = page_files,
        door: Door | None = None,
        streams: Callable[[Streams], Streams] = lambda hub: hub,
        heartbeat: float = HEARTBEAT,
    ) -> Server:
        clock, dice, lobby = SystemClock(), SystemDice(), Lobby()
        store = SqliteStore(tmp_path, new_epoch=dice.token)
        stack.callback(store.close)
        readers = Readers(store.path)
        stack.callback(readers.close)
        pages = NewestPages(readers)
        hub = Hub(pages, clock, store.epoch)
        indexing = make_indexing(tmp_path, store.epoch)
        stack.callback(indexing.close)
        bus = LocalBus()
        bus.listen(indexing.tell)
        bus.listen(pages.tell)
        bus.listen(hub.tell)
        house = House(
            clock=clock,
            dice=dice,
            lobby=lobby,
            marks=ReadMarks(),
            limits=Limits(Limiter(UNLIMITED), Limiter(joins)),
            secret=b"x" * 32,
            epoch=store.epoch,
            version="1",
            heartbeat=HEARTBEAT,
            here=hub.here,
        )
        inner = Dispatch(house, store, bus, pages)
        api = Api(
            door=door or inner,
            streams=streams(hub),
            searches=indexing,
            site=site or Site(),
            epoch=store.epoch,
            version="1",
            page=page,
            health=lambda: server.ready,
            metrics=lambda: b"chinwag_sockets 3\n",
            heartbeat=heartbeat,  # pyright: ignore[reportArgumentType]
        )
        server = Server(make_api(api), inner, hub, lobby, store, store.epoch)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        deciding = tasks.create_task(inner.run())
        stack.callback(deciding.cancel)
        stack.callback(tasks.create_task(indexing.run()).cancel)
        return server

    async with stack:
        yield start


@pytest.fixture
async def server(serve: Serve) -> Server:
    """Return a server without limits."""
    return await serve()
