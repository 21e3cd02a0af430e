"""Threads that read pages, each over its own read-only connection and snapshot."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.domain.pages import Page, PageAsk
from chinwag.store.engine import READER, open_engine
from chinwag.store.failures import translate
from chinwag.store.pages import get_page
from chinwag.store.threads import Threads

READERS = 3


class Readers:
    """The edges' `Pages`. A reader never waits for the writer."""

    def __init__(self, path: Path) -> None:
        self._own = threading.local()
        self._engine = open_engine(path, READER, begin="BEGIN", connections=READERS)
        self._connections: list[Connection] = []
        self._threads = Threads(READERS, "read")

    def read(self, ask: PageAsk, done: Callable[[Page | Exception], None]) -> None:
        """Read a page in a thread; `done` is called on the loop of the caller."""
        self._threads.submit(partial(self._get_page, ask), done)

    def _get_page(self, ask: PageAsk) -> Page:
        failpoints.reach("before-page")
        try:
            connection = self._connect()
            with connection.begin():
                return get_page(connection, ask)
        except DBAPIError as error:
            raise translate(error) from error

    def _connect(self) -> Connection:
        """Return this thread's connection."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Finish what is being read and close the connections."""
        self._threads.close()
        for connection in self._connections:
            connection.close()
        self._engine.dispose()
