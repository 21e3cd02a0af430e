"""The server as a whole: which parts it has, and in which order they start and stop.

No other module knows all the parts.
"""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog
import uvloop

from chinwag import __version__, failpoints
from chinwag.api.app import Api, make_api
from chinwag.bus.local import LocalBus
from chinwag.clock import SystemClock
from chinwag.config import Settings
from chinwag.domain.rates import Limiter
from chinwag.errors import PortTaken, StartError
from chinwag.garbage import Garbage
from chinwag.gateway.gate import HEARTBEAT, Gate
from chinwag.gateway.hub import Hub
from chinwag.gateway.listener import Listener
from chinwag.gateway.peers import Arrivals
from chinwag.gateway.port import bind, find_lan_address
from chinwag.handlers.call import House, Limits
from chinwag.handlers.dispatch import Dispatch
from chinwag.handlers.lobby import Lobby
from chinwag.handlers.marks import ReadMarks
from chinwag.handlers.newest import NewestPages
from chinwag.ids import SystemDice
from chinwag.jobs.indexing import Indexing
from chinwag.protocol.close import Close
from chinwag.protocol.site import Site
from chinwag.store.files import Lock, read_secret, refuse_if_held
from chinwag.store.readers import Readers
from chinwag.store.search_file import can_search
from chinwag.store.search_index import SearchIndex
from chinwag.store.searchers import Searchers
from chinwag.store.sqlite import SqliteStore
from chinwag.vitals import Vitals

PAGE = Path(__file__).parent / "page"
TICK_SECONDS = 0.25
TICKS_A_SECOND = 4
DRAIN_SECONDS = 0.7
GOODBYE_SECONDS = 2.0
ANSWER_SECONDS = 0.7
MARKS_SECONDS = 0.7
GLANCE_SECONDS = 0.02
SWITCH_SECONDS = 0.0005
"""How long a thread that reads pages may keep the loop from going on."""


class Announce(Protocol):
    """Tells the operator where the server is."""

    def __call__(self, *, here: str, lan: str | None, data: Path) -> None:
        """Tell it."""
        ...


def serve(settings: Settings, *, announce: Announce) -> None:
    """Serve until SIGTERM or SIGINT, or raise a `StartError`.

    It binds and locks before it writes anything.
    """
    _raise_descriptor_limit()
    _set_up_logs()
    try:
        bound = bind(settings.host, settings.port)
    except PortTaken:
        # If it is ours that has the port, its name says more.
        refuse_if_held(settings.data)
        raise
    with contextlib.closing(bound):
        lock = Lock(settings.data)
        with contextlib.ExitStack() as stack:
            stack.callback(lock.release)
            failpoints.reach("at-start")
            server = Server(settings, bound, stack)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(server.run(announce))


class Server:
    """One node: its parts, and their life."""

    def __init__(
        self, settings: Settings, bound: socket.socket, stack: contextlib.ExitStack
    ) -> None:
        self._settings = settings
        self._bound = bound
        self._ready = False
        self._clock, dice = SystemClock(), SystemDice()
        self._store = SqliteStore(settings.data, new_epoch=dice.token)
        stack.callback(self._store.close)
        secret = read_secret(settings.data, dice)
        readers = Readers(self._store.path)
        stack.callback(readers.close)
        self._site = Site(
            public_url=settings.public_url,
            origins=settings.origins,
            lan=find_lan_address(settings.host),
        )
        pages = NewestPages(readers)
        self._hub = Hub(pages, self._clock, self._store.epoch)
        self._house = House(
            clock=self._clock,
            dice=dice,
            lobby=Lobby(),
            marks=ReadMarks(),
            limits=Limits(
                messages=Limiter(settings.rate_messages),
                joins=Limiter(settings.rate_joins),
            ),
            secret=secret,
            epoch=self._store.epoch,
            version=__version__,
            heartbeat=HEARTBEAT,
            here=self._hub.here,
        )
        self._indexing = Indexing(
            lambda: SearchIndex(settings.data, self._store.epoch),
            Searchers(settings.data),
            self._clock,
            able=can_search(),
        )
        stack.callback(self._indexing.close)
        bus = LocalBus()
        bus.listen(pages.tell)
        bus.listen(self._hub.tell)
        bus.listen(self._indexing.tell)
        self._dispatch = Dispatch(self._house, self._store, bus, pages)
        self._gate = Gate(
            door=self._dispatch,
            hub=self._hub,
            site=self._site,
            clock=self._clock,
            arrivals=Arrivals(settings.rate_connections, self._clock),
            proxies=tuple(settings.proxies),
        )
        self._garbage = Garbage(self._clock)
        self._vitals = Vitals(self._gate, self._dispatch, self._indexing)

    async def run(self, announce: Announce) -> None:
        """Serve until told to stop."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        listener = Listener(self._make_api(), self._gate)
        try:
            async with asyncio.TaskGroup() as tasks:
                deciding = tasks.create_task(self._dispatch.run())
                ticking = tasks.create_task(self._tick())
                indexing = tasks.create_task(self._indexing.run())
                failpoints.reach("before-serving")
                await listener.start(self._bound)
                announce(
                    here=self._address("localhost"),
                    lan=self._lan_address(),
                    data=self._settings.data,
                )
                self._garbage.begin()
                sys.setswitchinterval(SWITCH_SECONDS)
                self._ready = True
                await stop.wait()
                await self._stop(listener)
                for task in (ticking, indexing, deciding):
                    task.cancel()
        except* StartError as group:
            raise group.exceptions[0] from None

    def _make_api(self) -> object:
        return make_api(
            Api(
                door=self._dispatch,
                streams=self._hub,
                site=self._site,
                epoch=self._store.epoch,
                version=__version__,
                page=PAGE,
                health=lambda: self._ready,
                metrics=self._vitals.expose,
                heartbeat=HEARTBEAT,
                searches=self._indexing,
            )
        )

    async def _tick(self) -> None:
        """Keep time for everybody."""
        count = 0
        while True:
            due = self._clock.monotonic() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            self._vitals.note_lag(self._clock.monotonic() - due)
            self._hub.tick()
            self._gate.tick()
            count += 1
            if count % TICKS_A_SECOND == 0:
                self._gate.beat()
                self._garbage.look(asked=self._dispatch.counts.answers.total())
                self._dispatch.save_marks()
                self._forget_idle()

    def _forget_idle(self) -> None:
        now = self._clock.monotonic()
        self._house.limits.messages.forget_full(now)
        self._house.limits.joins.forget_full(now)
        self._gate.arrivals.forget_idle()

    async def _stop(self, listener: Listener) -> None:
        """Answer what was asked, say goodbye to everybody, and leave in time."""
        self._ready = False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._dispatch.drain(), DRAIN_SECONDS)
        failpoints.reach("while-stopping")
        # Whoever asks meanwhile still hears that it is not ready any more.
        self._gate.close_all(Close.GOING_DOWN)
        await self._wait_until(lambda: not self._gate.connections, GOODBYE_SECONDS)
        for connection in tuple(self._gate.connections):
            connection.abort()
        listener.stop()
        await self._wait_until(lambda: not listener.busy, ANSWER_SECONDS)
        listener.abort()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._save_all_marks(), MARKS_SECONDS)

    async def _save_all_marks(self) -> None:
        """Write down how far everybody has read, also those who said it last."""
        await self._dispatch.drain()
        while len(self._house.marks):
            before = len(self._house.marks)
            self._dispatch.save_marks()
            await self._dispatch.drain()
            if len(self._house.marks) >= before:
                return

    async def _wait_until(self, done: Callable[[], bool], seconds: float) -> None:
        patience = self._clock.monotonic() + seconds
        while not done() and self._clock.monotonic() < patience:  # noqa: ASYNC110 - uvicorn's tasks have no event
            await asyncio.sleep(GLANCE_SECONDS)

    def _address(self, name: str) -> str:
        port = self._bound.getsockname()[1]
        host = self._settings.host
        if host not in {"0.0.0.0", "::", ""}:  # noqa: S104 - it only asks
            name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}"

    def _lan_address(self) -> str | None:
        if self._settings.public_url is not None:
            return self._settings.public_url
        lan = self._site.lan
        if lan is None:
            return None
        name = f"[{lan}]" if ":" in lan else lan
        return f"http://{name}:{self._bound.getsockname()[1]}"


def _raise_descriptor_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _set_up_logs() -> None:
    """Write what goes wrong to stderr; libraries only speak up for warnings.

    All of it by `logging`, which does not mind where that can't be written: it may be
    a file on the disk that is full.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    # It warns of every broken request, and whoever likes could fill the disk with them.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    own, lines = logging.getLogger("chinwag"), logging.StreamHandler()
    own.addHandler(lines)
    own.setLevel(logging.INFO)
    own.propagate = False
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
