"""Threads that read pages, each over its own read-only connection and snapshot."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.domain.pages import Page, PageAsk
from chinwag.store.engine import READER, open_engine
from chinwag.store.failures import translate
from chinwag.store.handle import Handle
from chinwag.store.pages import get_page
from chinwag.store.threads import Threads

READERS = 3


class Readers:
    """The edges' `Pages`. A reader never waits for the writer."""

    def __init__(self, path: Path) -> None:
        self._own = threading.local()
        self._engine = open_engine(path, READER, begin="BEGIN", connections=READERS)
        self._handles: list[Handle] = []
        self._threads = Threads(READERS, "read")

    def read(self, ask: PageAsk, done: Callable[[Page | Exception], None]) -> None:
        """Read a page in a thread; `done` is called on the loop of the caller."""
        self._threads.submit(partial(self._get_page, ask), done)

    def _get_page(self, ask: PageAsk) -> Page:
        failpoints.reach("before-page")
        try:
            handle = self._connect()
            handle.begin()
            try:
                return get_page(handle, ask)
            finally:
                handle.rollback()
        except DBAPIError as error:
            raise translate(error) from error

    def _connect(self) -> Handle:
        """Return this thread's connection."""
        handle: Handle | None = getattr(self._own, "handle", None)
        if handle is None:
            handle = self._own.handle = Handle(self._engine.connect())
            self._handles.append(handle)
        return handle

    def close(self) -> None:
        """Finish what is being read and close the connections."""
        self._threads.close()
        for handle in self._handles:
            handle.connection.close()
        self._engine.dispose()
