"""Threads that look for messages, each over its own read-only connections."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from chinwag.domain.search import Hits, SearchAsk
from chinwag.store import search_file
from chinwag.store.engine import READER, open_engine
from chinwag.store.failures import translate
from chinwag.store.files import DATABASE
from chinwag.store.searching import find

THREADS = 2


class Searchers:
    """Readers of the index and the log. They never wait for who writes those."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._own = threading.local()
        self._engines: list[Engine] = []
        self._file = 0
        self._threads = ThreadPoolExecutor(THREADS, "search")

    async def find(self, ask: SearchAsk) -> Hits:
        """Return what is found.

        Raises:
            Refusal: There is no such room, or the index can't be read.
            StorageFailed: It is broken, or the disk.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._find, ask)

    def reopen(self) -> None:
        """Read another file from now on: the index was made anew."""
        self._file += 1

    def _find(self, ask: SearchAsk) -> Hits:
        log, index = self._open()
        try:
            with (
                index.connect() as words,
                words.begin(),
                log.connect() as events,
                events.begin(),
            ):
                return find(events, words, ask)
        except DBAPIError as error:
            raise translate(error) from error

    def _open(self) -> tuple[Engine, Engine]:
        """Return this thread's engines of the log and of the index as it is now."""
        if getattr(self._own, "file", None) != self._file:
            self._own.file = self._file
            self._own.log = open_engine(self._data / DATABASE, READER, begin="BEGIN")
            self._own.index = search_file.open_to_read(self._data)
            self._engines += [self._own.log, self._own.index]
        return self._own.log, self._own.index

    def close(self) -> None:
        """Finish what is looked for and close the files."""
        self._threads.shutdown(cancel_futures=True)
        for engine in self._engines:
            engine.dispose()
