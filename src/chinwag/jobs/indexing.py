"""The search index keeps up with the log, in the background and in small steps.

Whatever happens to it, the chat goes on: an index that is broken is made anew, and
where the disk is full it waits. How far it got stands in the index itself.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

import msgspec
import structlog

from chinwag.clock import Clock
from chinwag.domain.news import News, RoomNews
from chinwag.domain.search import Hits, SearchAsk
from chinwag.errors import StorageFailed, Unavailable
from chinwag.ids import RoomId

MOST_ROOMS = 256
"""What a step looks at."""
PAUSE_SECONDS = 1.0
"""How long what is said may wait for more of its kind, unless somebody searches."""
REST = 2
"""How many times as long as it works it lets others work, unless somebody searches."""
RETRY_SECONDS, ANEW_SECONDS = 30.0, 1.0
PATIENCE_SECONDS = 0.5
"""How long somebody who searches waits for what was said just before."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Index(Protocol):
    """What is written to, from one thread."""

    def list_behind(self) -> set[RoomId]:
        """Return the rooms of which it does not know all."""
        ...

    def update(self, behind: Iterable[RoomId]) -> set[RoomId]:
        """Take up some events; return the rooms of which there are more."""
        ...

    def tidy(self) -> bool:
        """Tidy up a little; tell whether it goes on."""
        ...

    def discard(self) -> None:
        """Throw it away."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Finder(Protocol):
    """What reads the index."""

    async def find(self, ask: SearchAsk) -> Hits:
        """Return what is found."""
        ...

    def reopen(self) -> None:
        """Read another index from now on."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Indexing:
    """The edges' `Searches`, and what keeps their index."""

    def __init__(
        self,
        open_index: Callable[[], Index],
        finder: Finder,
        clock: Clock,
        *,
        able: bool,
    ) -> None:
        self._open_index, self._clock, self._able = open_index, clock, able
        self._thread = ThreadPoolExecutor(1, "index")
        self._searchers = finder
        self._index: Index | None = None
        # What has news, and of that what is being taken up.
        self._behind: set[RoomId] = set()
        self._due: set[RoomId] = set()
        self._bell = asyncio.Event()
        self._hurry = asyncio.Event()
        # How often something was told, and what of that is in the index.
        self._told, self._done = 1, 0
        self._stepped = asyncio.Event()
        self.steps = 0

    @property
    def behind(self) -> int:
        """How many rooms at least have something that the index does not know."""
        return len(self._behind | self._due) or int(self._done < self._told)

    def tell(self, news: Sequence[News]) -> None:
        """Note what has happened: there is work."""
        rooms = [item.room for item in news if isinstance(item, RoomNews)]
        if rooms:
            self._behind.update(rooms)
            self._told += 1
            self._bell.set()

    async def search(self, ask: SearchAsk) -> Hits:
        """Return what is found, what was said just before included.

        Raises:
            Unavailable: The index is not there yet, or never will be.
            NotFound: The room that is asked for is none of the asker's.
        """
        if not self._able:
            raise Unavailable("This server's SQLite is too old to search: 3.42 can.")
        complete = await self._catch_up()
        if self._index is None:
            raise Unavailable("The search is not ready yet.", retry_after=5.0)
        try:
            hits = await self._searchers.find(ask)
        except StorageFailed as error:
            log.exception("the search index can't be read")
            raise Unavailable("The search fails at the moment.") from error
        return msgspec.structs.replace(hits, complete=complete)

    async def _catch_up(self) -> bool:
        """Wait a moment for what was told so far; return whether it is there."""
        told, late = self._told, self._clock.monotonic() + PATIENCE_SECONDS
        while self._done < told and self.behind <= MOST_ROOMS:
            self._hurry.set()
            left = late - self._clock.monotonic()
            try:
                await asyncio.wait_for(self._stepped.wait(), max(0.0, left))
            except TimeoutError:
                break
        return self._done >= told

    async def run(self) -> None:
        """Keep the index, until cancelled."""
        while self._able:
            try:
                wait = await self._keep_or_mend()
            except Unavailable as error:
                log.warning("the search index waits", why=error.message)
                wait = RETRY_SECONDS
            except Exception:
                # Whatever it is, the chat goes on.
                log.exception("the search index stands still")
                wait = RETRY_SECONDS
            await asyncio.sleep(wait)

    async def _keep_or_mend(self) -> float:
        """Keep it; return after how many seconds it is to be made anew."""
        try:
            await self._keep()
        except StorageFailed as error:
            log.warning("the search index is made anew", why=str(error))
            if self._index is None:
                return RETRY_SECONDS
            await self._discard()
        return ANEW_SECONDS

    async def _keep(self) -> None:
        index = self._index
        if index is None:
            told = self._told
            index = await self._do(self._open_index)
            try:
                self._behind |= await self._do(index.list_behind)
            except BaseException:
                await self._do(index.discard)
                raise
            self._index = index
            if not self._behind:
                self._done = told
            self._bell.set()
        while True:
            await self._bell.wait()
            # What is said in the meantime costs little more than the first of it.
            await self._pause(PAUSE_SECONDS)
            await self._take_up(index)
            if not await self._tidy(index) and not self._behind:
                self._bell.clear()

    async def _take_up(self, index: Index) -> None:
        """Take up all that was told by now, a step at a time."""
        told = self._told
        self._due |= self._behind
        self._behind.clear()
        while self._due:
            begun = self._clock.monotonic()
            await self._step(index)
            if not self._due:
                self._done = max(self._done, told)
            self._tell_stepped()
            await self._rest(begun)

    async def _step(self, index: Index) -> None:
        # Who hurries since then was told of something that may not be part of it.
        self._hurry.clear()
        rooms = set(islice(self._due, MOST_ROOMS))
        more = await self._do(lambda: index.update(rooms))
        self.steps += 1
        self._due -= rooms
        self._due |= more

    async def _tidy(self, index: Index) -> bool:
        """Tidy while there is nothing else to do; tell whether it goes on."""
        while True:
            begun = self._clock.monotonic()
            if not await self._do(index.tidy):
                return False
            await self._rest(begun)
            if self._behind:
                return True

    def _tell_stepped(self) -> None:
        stepped, self._stepped = self._stepped, asyncio.Event()
        stepped.set()

    async def _rest(self, begun: float) -> None:
        await self._pause((self._clock.monotonic() - begun) * REST)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)

    async def _discard(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            await self._do(index.discard)
            self._searchers.reopen()

    async def _do(self, act: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, act)

    def close(self) -> None:
        """Finish the step that is being made, and close the files."""
        self._thread.shutdown(cancel_futures=True)
        self._searchers.close()
        if self._index is not None:
            self._index.close()
