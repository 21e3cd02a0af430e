"""A connection of the driver's, for all that batches and pages ask of the database.

SQLAlchemy makes the statements, each once. To run one through it, with a result that
knows its columns, costs several times what SQLite takes for it, and so does a
transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from chinwag.store.driver import sqlite

Change = Insert | Update | Delete
Query = Select[*tuple[Any, ...]]
Statement = Query | Change
Parameters = Mapping[str, Any]
Values = tuple[Any, ...]
BEGIN = "begin"
"""Under this name a connection's `info` holds the SQL that opens its transactions."""


class Handle:
    """One connection, to be kept. Values in and out are plain.

    What is true or false comes out as a number. Every error is a `DBAPIError`, as
    SQLAlchemy would raise it.

    Attributes:
        connection: SQLAlchemy's, from which it is.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        self._begin: str = connection.info[BEGIN]

    @property
    def in_transaction(self) -> bool:
        """Whether SQLite is in one: it ends it by itself where the disk is full."""
        found: bool = self._driver.in_transaction
        return found

    def begin(self) -> None:
        """Open a transaction."""
        self.run(self._begin)

    def commit(self) -> None:
        """Make all durable that was done since it began."""
        try:
            self._driver.commit()
        except sqlite.Error as error:
            _raise("COMMIT", error)

    def rollback(self) -> None:
        """Undo all that was done since it began, if it did."""
        try:
            self._driver.rollback()
        except sqlite.Error as error:
            _raise("ROLLBACK", error)

    def mark(self) -> None:
        """Note where the transaction stands, to `go_back` there or `go_on`."""
        self.run("SAVEPOINT mark")

    def go_on(self) -> None:
        """Forget the mark."""
        self.run("RELEASE mark")

    def go_back(self) -> None:
        """Undo all that was done since the mark, if SQLite has not undone all."""
        if self.in_transaction:
            self.run("ROLLBACK TO mark")
            self.run("RELEASE mark")

    def execute(self, statement: Statement, parameters: Parameters) -> list[Values]:
        """Run a statement and return its rows."""
        sql, names, constants = _compile(statement, self._dialect)
        values = {**constants, **parameters}
        return self.run(sql, [values[name] for name in names])

    def execute_many(self, statement: Change, rows: Sequence[Parameters]) -> None:
        """Run a statement that takes two values or more with each of `rows`.

        All of them have the same columns; those of an INSERT that they leave out are
        what the table says.
        """
        sql, to_values = _compile_many(statement, tuple(rows[0]), self._dialect)
        self.run_many(sql, list(map(to_values, rows)))

    def execute_list(self, statement: Query, keys: Sequence[Values]) -> list[Values]:
        """Return the rows that have one of `keys`.

        `of`, an expanding parameter of the statement, takes the keys. To know each
        size of list anew would cost more than the rows: it is filled up to the next
        power of two with keys that are there already.
        """
        size = 1 << (len(keys) - 1).bit_length()
        sql = _compile_list(statement, size, len(keys[0]), self._dialect)
        filled = [*keys, *[keys[-1]] * (size - len(keys))]
        return self.run(sql, tuple(chain.from_iterable(filled)))

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Values]:
        """Run SQL and return its rows."""
        try:
            rows: list[Values] = self._driver.execute(sql, values).fetchall()
        except sqlite.Error as error:
            _raise(sql, error)
        return rows

    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run SQL with each of `rows`."""
        try:
            self._driver.executemany(sql, rows)
        except sqlite.Error as error:
            _raise(sql, error)


@cache
def _compile(
    statement: Statement, dialect: Dialect, columns: tuple[str, ...] | None = None
) -> tuple[str, Sequence[str], Parameters]:
    """Return the SQL, the names of its values in their order, and those it brings."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    return str(compiled), compiled.positiontup, compiled.params


@cache
def _compile_many(
    statement: Change, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[Parameters], Values]]:
    """Return the SQL, and what takes its values out of a row, in their order."""
    sql, names, _ = _compile(statement, dialect, columns)
    return sql, itemgetter(*names)


@cache
def _compile_list(statement: Query, size: int, width: int, dialect: Dialect) -> str:
    """Return the SQL that takes so many keys of so many values."""
    keys = [(0,) * width] * size if width > 1 else [0] * size
    options = {"render_postcompile": True}
    return str(
        statement.params(of=keys).compile(dialect=dialect, compile_kwargs=options)
    )


def _raise(sql: str, error: Exception) -> NoReturn:
    raise DBAPIError.instance(sql, None, error, sqlite.Error) from error
