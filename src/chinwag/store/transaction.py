"""One open transaction: what is collected, and how one command of it is undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    CursorResult,
    Delete,
    Dialect,
    Executable,
    Insert,
    Select,
    Update,
)
from sqlalchemy.exc import DBAPIError

from chinwag.errors import StorageFailed, Unavailable
from chinwag.store.failures import translate
from chinwag.store.handle import Handle

K = TypeVar("K")
V = TypeVar("V")
Statement = Select[*tuple[Any, ...]]
Parameters = Mapping[str, Any]
Values = tuple[Any, ...]
_Change = Insert | Update | Delete
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
        self._rows: list[tuple[_Change, Parameters]] = []
        # How many of the collected rows older commands brought.
        self._mark = 0
        # What caches held before: the cache, the key and the value.
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._savepoint: Any = None

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
        self._mark = len(self._rows)
        self._undo.clear()
        self._savepoint = None

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: object
    ) -> None:
        if error is not None:
            if not isinstance(error, StorageFailed):
                self.check()
            self._undo_attempt()
            return
        if self._savepoint is not None:
            self._run(self._savepoint.commit)
            self._savepoint = None
        self._mark = len(self._rows)

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
        del self._rows[self._mark :]
        for kept in self._kept:
            # It may be written as the command left it.
            for known, key, _ in self._undo:
                if known is kept.known:
                    kept.touch(key)
        if self._savepoint is not None and self._savepoint.is_active:
            self._run(self._savepoint.rollback)
            self.took_back = True
        self._savepoint = None

    def remember(self, cache: dict[K, V], key: K, value: V) -> None:
        """Keep something in a cache of this transaction until the command is undone."""
        self._undo.append((cache, key, cache.get(key, _NOTHING)))
        cache[key] = value

    def collect(self, statement: _Change, row: Parameters) -> None:
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
        if self._savepoint is None and len(self._rows) > self._mark:
            # What this command collected must be undone with it.
            self._open_savepoint()
        self._flush(len(self._rows))

    def _flush(self, count: int) -> None:
        rows, self._rows = self._rows[:count], self._rows[count:]
        self._mark = max(0, self._mark - count)
        tables: dict[_Change, list[Parameters]] = {}
        for statement, row in rows:
            tables.setdefault(statement, []).append(row)
        for statement in sorted(tables, key=lambda each: each.is_insert):
            self._execute_many(statement, tables[statement])
        for kept in self._kept:
            if kept and (changed := kept.take()):
                self._execute_many(kept.statement, changed)

    def _open_savepoint(self) -> None:
        self._flush(self._mark)
        self._savepoint = self._run(self._handle.connection.begin_nested)

    def read(self, statement: Statement, parameters: Parameters) -> list[Values]:
        """Return all rows, after what was collected is written down.

        As the driver has them: what is true or false comes as a number.
        """
        if self._rows or any(self._kept):
            self.flush()
        return self.load(statement, parameters)

    def load(self, statement: Statement, parameters: Parameters) -> list[Values]:
        """Return rows of which none that is asked for can wait to be written."""
        return self._run(lambda: self._handle.read(statement, parameters))

    def load_many(self, statement: Statement, keys: Sequence[Values]) -> list[Values]:
        """Return the rows that have one of `keys`.

        `of`, an expanding parameter of the statement, takes the keys. To know each
        size of list anew would cost more than the rows: it is filled up to the next
        power of two with keys that are there already.
        """
        size = 1 << (len(keys) - 1).bit_length()
        sql = _compile_list(statement, size, len(keys[0]), self._handle.dialect)
        filled = [*keys, *[keys[-1]] * (size - len(keys))]
        values = tuple(chain.from_iterable(filled))
        return self._run(lambda: self._handle.run(sql, values))

    def write(
        self,
        statement: Executable,
        parameters: Parameters | Iterable[Parameters] | None = None,
    ) -> CursorResult[Any]:
        """Change something at once, after what was collected is written down."""
        self.wrote = True
        if self._savepoint is None:
            self._open_savepoint()
        self._flush(len(self._rows))
        return self._run(lambda: self._handle.connection.execute(statement, parameters))  # type: ignore[arg-type]

    def _execute_many(self, statement: _Change, rows: Sequence[Parameters]) -> None:
        """Run it for each row."""
        sql, to_values = _compile(statement, self._handle.dialect)
        values = list(map(to_values, rows))
        self._run(lambda: self._handle.run_many(sql, values))

    def _run(self, act: Callable[[], V]) -> V:
        try:
            if not self.begun:
                self._handle.begin()
                self.begun = True
            return act()
        except DBAPIError as error:
            raise translate(error) from error


@cache
def _compile(
    statement: _Change, dialect: Dialect
) -> tuple[str, Callable[[Parameters], tuple[Any, ...]]]:
    """Return the SQL, and what takes its values out of a row, in their order."""
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup or ()
    return str(compiled), itemgetter(*names)


@cache
def _compile_list(statement: Statement, size: int, width: int, dialect: Dialect) -> str:
    """Return the SQL that takes so many keys of so many values."""
    keys = [(0,) * width] * size if width > 1 else [0] * size
    options = {"render_postcompile": True}
    return str(
        statement.params(of=keys).compile(dialect=dialect, compile_kwargs=options)
    )
