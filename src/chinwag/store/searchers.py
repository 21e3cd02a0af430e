"""Threads that look for messages, each over its own read-only connections."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Connection
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
        self._log = open_engine(
            data / DATABASE, READER, begin="BEGIN", connections=THREADS
        )
        self._index = search_file.open_to_read(data, connections=THREADS)
        self._connections: set[Connection] = set()
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
        self._index = search_file.open_to_read(self._data, connections=THREADS)

    def _find(self, ask: SearchAsk) -> Hits:
        try:
            log, index = self._connect()
            with index.begin(), log.begin():
                return find(log, index, ask)
        except DBAPIError as error:
            raise translate(error) from error

    def _connect(self) -> tuple[Connection, Connection]:
        """Return this thread's connections to the log and to the index as it is now."""
        own = self._own
        if getattr(own, "log", None) is None:
            own.log = self._log.connect()
            self._connections.add(own.log)
        known: Connection | None = getattr(own, "index", None)
        if known is not None and known.engine is not self._index:
            self._connections.remove(known)
            # Its file is gone, and takes room as long as it is open.
            known.detach()
            known.close()
            known = own.index = None
        if known is None:
            known = own.index = self._index.connect()
            self._connections.add(known)
        return own.log, known

    def close(self) -> None:
        """Finish what is looked for and close the files."""
        self._threads.shutdown(cancel_futures=True)
        for connection in self._connections:
            connection.close()
        self._log.dispose()
        self._index.dispose()
