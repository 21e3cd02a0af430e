"""One open transaction: what is collected, and how one command of it is undone."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Update
from sqlalchemy.exc import DBAPIError

from chinwag.errors import StorageFailed, Unavailable
from chinwag.store.failures import translate
from chinwag.store.handle import Change, Handle, Parameters, Query, Values

K = TypeVar("K")
V = TypeVar("V")
_NOTHING = object()


class Kept(Generic[K, V]):
    """Rows that the batch knows by their key, and changes in one statement.

    Attributes:
        known: What is known; None for what is known not to be there.
    """

    def __init__(self, statement: Update, to_row: Callable[[V], Parameters]) -> None:
        self.known: dict[K, V | None] = {}
        self.statement = statement
        self._to_row = to_row
        self._changed: set[K] = set()

    def __bool__(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self._changed)

    def touch(self, key: K) -> None:
        """Note that a row has changed."""
        self._changed.add(key)

    def take(self) -> list[Parameters]:
        """Return the rows to be written, and forget that they are."""
        changed, self._changed = self._changed, set()
        known = [self.known.get(key) for key in changed]
        return [self._to_row(value) for value in known if value is not None]


class Transaction:
    """What the nouns of the store share while a batch is decided.

    New rows, deleted ones, and changes of what is `Kept`, are collected and go out in
    one statement a table. Everything else is a statement at once, which finds them
    written. A command runs inside `attempt`; if it raises, only what it did is undone.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.begun = False
        self.wrote = False
        # Whether statements of a command were undone.
        self.took_back = False
        self._kept: list[Kept[Any, Any]] = []
        self._rows: list[tuple[Change, Parameters]] = []
        # How many of the collected rows older commands brought.
        self._older = 0
        # What caches held before: the cache, the key and the value.
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        # Whether the database knows where the command began.
        self._marked = False

    def keep(
        self, statement: Update, to_row: Callable[[V], Parameters]
    ) -> Kept[Any, V]:
        """Return a place for rows that are changed by `statement`."""
        kept: Kept[Any, V] = Kept(statement, to_row)
        self._kept.append(kept)
        return kept

    def attempt(self) -> "Transaction":
        """Return a context that undoes what was done in it if it is left in anger."""
        return self

    def __enter__(self) -> None:
        self._older = len(self._rows)
        self._undo.clear()
        self._marked = False

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: object
    ) -> None:
        if error is not None:
            if not isinstance(error, StorageFailed):
                self.check()
            self._undo_attempt()
            return
        if self._marked:
            self._run(self._handle.go_on)
            self._marked = False
        self._older = len(self._rows)

    def check(self) -> None:
        """Raise `Unavailable` if the database has taken everything back by itself.

        SQLite does so where a statement finds the disk full. What is written after
        that would be no part of this transaction, and its COMMIT would be none.
        """
        if self.begun and not self._handle.in_transaction:
            raise Unavailable("The disk is full; nothing was saved.", retry_after=5.0)

    def _undo_attempt(self) -> None:
        for known, key, before in reversed(self._undo):
            if before is _NOTHING:
                known.pop(key, None)
            else:
                known[key] = before
        del self._rows[self._older :]
        for kept in self._kept:
            # It may be written as the command left it.
            for known, key, _ in self._undo:
                if known is kept.known:
                    kept.touch(key)
        if self._marked:
            self._run(self._handle.go_back)
            self.took_back = True
        self._marked = False

    def remember(self, cache: dict[K, V], key: K, value: V) -> None:
        """Keep something in a cache of this transaction until the command is undone."""
        self._undo.append((cache, key, cache.get(key, _NOTHING)))
        cache[key] = value

    def collect(self, statement: Change, row: Parameters) -> None:
        """Put a new row, or delete one that was there before, with the next flush.

        What is deleted goes first, so that it can come back in the same batch.
        """
        self.wrote = True
        self._rows.append((statement, row))

    def change(self, kept: Kept[K, V], key: K, value: V) -> None:
        """Change a kept row, with the next flush."""
        self.wrote = True
        self.remember(kept.known, key, value)
        kept.touch(key)

    def flush(self) -> None:
        """Write down what was collected."""
        if not self._marked and len(self._rows) > self._older:
            # What this command collected must be undone with it.
            self._set_mark()
        self._flush(len(self._rows))

    def _flush(self, count: int) -> None:
        rows, self._rows = self._rows[:count], self._rows[count:]
        self._older = max(0, self._older - count)
        tables: dict[Change, list[Parameters]] = {}
        for statement, row in rows:
            tables.setdefault(statement, []).append(row)
        for statement in sorted(tables, key=lambda each: each.is_insert):
            self._execute_many(statement, tables[statement])
        for kept in self._kept:
            if kept and (changed := kept.take()):
                self._execute_many(kept.statement, changed)

    def _set_mark(self) -> None:
        self._flush(self._older)
        self._run(self._handle.mark)
        self._marked = True

    def read(self, statement: Query, parameters: Parameters) -> list[Values]:
        """Return all rows, after what was collected is written down.

        As the driver has them: what is true or false comes as a number.
        """
        if self._rows or any(self._kept):
            self.flush()
        return self.load(statement, parameters)

    def load(self, statement: Query, parameters: Parameters) -> list[Values]:
        """Return rows of which none that is asked for can wait to be written."""
        return self._run(lambda: self._handle.execute(statement, parameters))

    def load_many(self, statement: Query, keys: Sequence[Values]) -> list[Values]:
        """Return the rows that have one of `keys`; see `Handle.execute_list`."""
        return self._run(lambda: self._handle.execute_list(statement, keys))

    def write(self, statement: Change, parameters: Parameters) -> list[Values]:
        """Change something at once, after what was collected is written down."""
        self._prepare_to_write()
        return self._run(lambda: self._handle.execute(statement, parameters))

    def write_many(self, statement: Change, rows: Sequence[Parameters]) -> None:
        """Change several things at once; see `write`."""
        self._prepare_to_write()
        self._execute_many(statement, rows)

    def _prepare_to_write(self) -> None:
        self.wrote = True
        if not self._marked:
            self._set_mark()
        self._flush(len(self._rows))

    def _execute_many(self, statement: Change, rows: Sequence[Parameters]) -> None:
        self._run(lambda: self._handle.execute_many(statement, rows))

    def _run(self, act: Callable[[], V]) -> V:
        try:
            if not self.begun:
                self._handle.begin()
                self.begun = True
            return act()
        except DBAPIError as error:
            raise translate(error) from error
