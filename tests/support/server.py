"""A whole server without its sockets: the real heart, store and hub in one process."""

import asyncio
from collections.abc import AsyncGenerator, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from chinwag.bus.local import LocalBus
from chinwag.domain.news import News
from chinwag.domain.pages import Page, PageAsk
from chinwag.domain.rates import Limiter, Rate
from chinwag.gateway.hub import Hub
from chinwag.handlers.call import House, Limits
from chinwag.handlers.dispatch import Dispatch
from chinwag.handlers.lobby import Lobby
from chinwag.handlers.marks import ReadMarks
from chinwag.handlers.newest import NewestPages
from chinwag.protocol.commands import AnyCommand, Hello
from chinwag.protocol.door import Answer, Caller, Newcomer
from chinwag.protocol.results import Welcome
from chinwag.store.files import read_secret
from chinwag.store.readers import Readers
from chinwag.store.sqlite import SqliteStore
from tests.support.time import FakeClock, FakeDice

TICK = 0.25
PATIENCE = 20.0
SITE = "https://chat.example"
NO_LIMIT = Rate(0, 0)
AS_TOLD = (Rate(10, 40), Rate(20, 100))
"""The contract's rates: messages a person, and newcomers an address."""


class CountedPages:
    """The real readers, and how many of their threads are busy."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.asked: list[PageAsk] = []
        self.reading = 0
        self.quiet = asyncio.Event()
        self.quiet.set()

    def read(self, ask: PageAsk, done: Callable[[Page | Exception], None]) -> None:
        """Read a page."""
        self.asked.append(ask)
        self.reading += 1
        self.quiet.clear()

        def tell(page: Page | Exception) -> None:
            self.reading -= 1
            if not self.reading:
                self.quiet.set()
            done(page)

        self.readers.read(ask, tell)


class Server:
    """All parts that a command passes, put together as `app` does it."""

    def __init__(
        self,
        data: Path,
        *,
        clock: FakeClock | None = None,
        dice: FakeDice | None = None,
        rates: tuple[Rate, Rate] = (NO_LIMIT, NO_LIMIT),
    ) -> None:
        self.clock, self.dice = clock or FakeClock(), dice or FakeDice()
        self.store = SqliteStore(data, new_epoch=self.dice.token)
        self.pages = CountedPages(Readers(self.store.path))
        newest = NewestPages(self.pages)
        self.hub = Hub(newest, self.clock, self.store.epoch)
        self.lobby, self.marks = Lobby(), ReadMarks()
        self.house = House(
            clock=self.clock,
            dice=self.dice,
            lobby=self.lobby,
            marks=self.marks,
            limits=Limits(Limiter(rates[0]), Limiter(rates[1])),
            secret=read_secret(data, self.dice),
            epoch=self.store.epoch,
            version="1.2.3",
            heartbeat=25,
            here=self.hub.here,
        )
        self.news: list[News] = []
        self.logged: list[MutableMapping[str, Any]] = []
        bus = self.bus = LocalBus()
        bus.listen(self.news.extend)
        bus.listen(newest.tell)
        bus.listen(self.hub.tell)
        self.dispatch = Dispatch(self.house, self.store, bus, newest)
        self._ticks = 0
        self._devices = 0

    def next_device(self) -> int:
        """Return a number that tells one socket from another."""
        self._devices += 1
        return self._devices

    def caller(self, **facts: object) -> Caller:
        """Return a program at the door whom nobody knows yet."""
        known: dict[str, object] = {
            "address": "192.0.2.7",
            "site": SITE,
            "newcomer": Newcomer.GUEST,
            "device": self.next_device(),
        }
        return Caller(**known | facts)  # type: ignore[arg-type]

    def hand_in(self, caller: Caller, command: AnyCommand) -> asyncio.Future[Answer]:
        """Submit a command; what comes back is its answer, later."""
        answered = asyncio.get_running_loop().create_future()
        self.dispatch.submit(caller, command, answered.set_result)
        return answered

    async def ask(self, caller: Caller, command: AnyCommand) -> Answer:
        """Submit a command and wait for its answer."""
        async with asyncio.timeout(PATIENCE):
            return await self.hand_in(caller, command)

    async def meet(self, name: str, **facts: object) -> Caller:
        """Return a new guest who has said hello."""
        caller = self.caller(**facts)
        welcome = await self.ask(caller, Hello(id=1, name=name))
        assert isinstance(welcome, Welcome)
        return caller

    async def settle(self) -> None:
        """Wait until nobody has anything left to do at this moment."""
        async with asyncio.timeout(PATIENCE):
            turns = 0
            while turns < 5:
                turns = 0 if self.pages.reading else turns + 1
                await self.dispatch.drain()
                await self.pages.quiet.wait()
                await asyncio.sleep(0)

    async def wait(self, seconds: float) -> None:
        """Let time pass, and the server do what it does once in a while."""
        for _ in range(round(seconds / TICK)):
            self.clock.go_on(TICK)
            self._ticks += 1
            self.hub.tick()
            if self._ticks % 4 == 0:
                self.dispatch.save_marks()
            await self.settle()

    def close(self) -> None:
        """Close the files."""
        self.pages.readers.close()
        self.store.close()


@asynccontextmanager
async def serving(
    data: Path,
    *,
    clock: FakeClock | None = None,
    dice: FakeDice | None = None,
    rates: tuple[Rate, Rate] = (NO_LIMIT, NO_LIMIT),
) -> AsyncGenerator[Server]:
    """Have a server decide what it is asked, until the block ends."""
    server = Server(data, clock=clock, dice=dice, rates=rates)
    failed: Exception | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            deciding = tasks.create_task(server.dispatch.run())
            try:
                with capture_logs() as server.logged:
                    yield server
            except Exception as error:  # noqa: BLE001 - raised below, as it is
                failed = error
            finally:
                deciding.cancel()
    finally:
        server.close()
    if failed is not None:
        raise failed
