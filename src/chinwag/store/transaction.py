"""One open transaction: what is collected, and how one command of it is undone."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    CursorResult,
    Executable,
    Insert,
    Row,
    bindparam,
    insert,
    update,
)
from sqlalchemy.exc import DBAPIError

from chinwag.domain.events import Entry
from chinwag.domain.model import Head
from chinwag.errors import StorageFailed, Unavailable
from chinwag.ids import RoomId
from chinwag.store.failures import translate
from chinwag.store.tables import events, heads

K = TypeVar("K")
V = TypeVar("V")
Parameters = Mapping[str, Any]

_PUT_EVENT: Insert = insert(events)
_PUT_HEAD = (
    update(heads)
    .where(heads.c.room == bindparam("of"))
    .values(
        head=bindparam("to_head"),
        last_at=bindparam("to_last_at"),
        messages=bindparam("to_messages"),
        members=bindparam("to_members"),
    )
)


class Transaction:
    """What the nouns of the store share while a batch is decided.

    Events and heads are collected and go out in one statement a table; a read
    flushes them first. Everything else is a statement at once. A command runs
    inside `attempt`; if it raises, only what it did is undone.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.wrote = False
        self.heads: dict[RoomId, Head | None] = {}
        self._changed_heads: set[RoomId] = set()
        self._touched_heads: set[RoomId] = set()
        self._events: list[Parameters] = []
        # How many of the collected events older commands brought.
        self._mark = 0
        self._undo: list[Callable[[], None]] = []
        self._savepoint: Any = None

    @contextmanager
    def attempt(self) -> Generator[None]:
        """Undo all that was done inside if an exception leaves it."""
        self._mark = len(self._events)
        self._undo.clear()
        self._touched_heads.clear()
        self._savepoint = None
        try:
            yield
        except BaseException as error:
            if not isinstance(error, StorageFailed):
                self.check()
            self._undo_attempt()
            raise
        if self._savepoint is not None:
            self._run(self._savepoint.commit)
        self._savepoint = None
        self._mark = len(self._events)

    def check(self) -> None:
        """Raise `Unavailable` if the database has taken everything back by itself.

        SQLite does so where a statement finds the disk full. What is written after
        that would be no part of this transaction, and its COMMIT would be none.
        """
        if not self._connection.connection.in_transaction:
            raise Unavailable("The disk is full; nothing was saved.", retry_after=5.0)

    def _undo_attempt(self) -> None:
        for undo in reversed(self._undo):
            undo()
        del self._events[self._mark :]
        # They may be written down already, as this command left them.
        self._changed_heads |= self._touched_heads
        if self._savepoint is not None and self._savepoint.is_active:
            self._run(self._savepoint.rollback)
        self._savepoint = None

    def remember(self, cache: dict[K, V], key: K, value: V) -> None:
        """Keep something in a cache of this transaction until the command is undone."""
        known = key in cache
        before = cache.get(key)

        def undo() -> None:
            if known:
                cache[key] = before  # type: ignore[assignment]
            else:
                cache.pop(key, None)

        self._undo.append(undo)
        cache[key] = value

    def collect_entry(self, entry: Entry, head: Head, cmid: bytes | None) -> None:
        """Put an event and the head that it makes, with the next flush."""
        self.wrote = True
        self._events.append(
            {
                "room": entry.room,
                "seq": entry.seq,
                "at": entry.at,
                "by": entry.by,
                "kind": entry.kind,
                "changed": None,
                "thread": None,
                "ordinal": entry.messages,
                "cmid": cmid,
                "body": entry.body,
            }
        )
        self.collect_head(head)

    def collect_head(self, head: Head) -> None:
        """Put where a log ends, with the next flush."""
        self.wrote = True
        self.remember(self.heads, head.room, head)
        self._changed_heads.add(head.room)
        self._touched_heads.add(head.room)

    def flush(self) -> None:
        """Write down what was collected."""
        if self._savepoint is None and len(self._events) > self._mark:
            # What this command collected must be undone with it.
            self._open_savepoint()
        self._flush(len(self._events))

    def _flush(self, count: int) -> None:
        if count:
            rows, self._events = self._events[:count], self._events[count:]
            self._mark = max(0, self._mark - count)
            self._execute(_PUT_EVENT, rows)
        if self._changed_heads:
            changed, self._changed_heads = self._changed_heads, set()
            known = [self.heads.get(room) for room in changed]
            rows = [_head_row(head) for head in known if head is not None]
            if rows:
                self._execute(_PUT_HEAD, rows)

    def _open_savepoint(self) -> None:
        self._flush(self._mark)
        self._savepoint = self._run(self._connection.begin_nested)

    def read(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> list[Row[Any]]:
        """Return all rows, after what was collected is written down."""
        if self._events or self._changed_heads:
            self.flush()
        return list(self._execute(statement, parameters))

    def load(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> list[Row[Any]]:
        """Return all rows of a table of which nothing is ever collected."""
        return list(self._execute(statement, parameters))

    def write(
        self,
        statement: Executable,
        parameters: Parameters | Iterable[Parameters] | None = None,
    ) -> CursorResult[Any]:
        """Change something at once."""
        self.wrote = True
        if self._savepoint is None:
            self._open_savepoint()
        return self._execute(statement, parameters)

    def _execute(
        self,
        statement: Executable,
        parameters: Parameters | Iterable[Parameters] | None = None,
    ) -> CursorResult[Any]:
        return self._run(lambda: self._connection.execute(statement, parameters))  # type: ignore[arg-type]

    def _run(self, act: Callable[[], V]) -> V:
        try:
            return act()
        except DBAPIError as error:
            raise translate(error) from error


def _head_row(head: Head) -> Parameters:
    return {
        "of": head.room,
        "to_head": head.seq,
        "to_last_at": head.at,
        "to_messages": head.messages,
        "to_members": head.members,
    }
