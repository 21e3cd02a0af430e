"""A connection as SQLAlchemy has it, and the driver's below it, for the hot path.

SQLAlchemy makes the statements; to run one through it, with a result that knows its
columns, costs several times what SQLite takes for it, and so does a transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError

from chinwag.store.driver import sqlite

Values = Sequence[Any]
BEGIN = "begin"
"""Under this name a connection's `info` holds the SQL that opens its transactions."""


class Handle:
    """One connection, to be kept. Both ways to it share one transaction.

    Where SQLAlchemy needs one it finds the one that is open, and both end as one.

    Attributes:
        connection: SQLAlchemy's.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        self._begin: str = connection.info[BEGIN]

    @property
    def in_transaction(self) -> bool:
        """Whether SQLite is in one: it ends it by itself where the disk is full."""
        found: bool = self._driver.in_transaction
        return found

    def begin(self) -> None:
        """Open a transaction.

        Raises:
            DBAPIError: As SQLAlchemy would, here and in all that follows.
        """
        self.run(self._begin)

    def commit(self) -> None:
        """Make all durable that was done since it began."""
        transaction = self.connection.get_transaction()
        if transaction is not None:
            transaction.commit()
            return
        try:
            self._driver.commit()
        except sqlite.Error as error:
            _raise("COMMIT", error)

    def rollback(self) -> None:
        """Undo all that was done since it began, if it did."""
        transaction = self.connection.get_transaction()
        try:
            if transaction is not None:
                transaction.rollback()
            # A COMMIT that failed has ended SQLAlchemy's transaction, not SQLite's.
            self._driver.rollback()
        except sqlite.Error as error:
            _raise("ROLLBACK", error)

    def run(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        try:
            rows: list[tuple[Any, ...]] = self._driver.execute(sql, values).fetchall()
        except sqlite.Error as error:
            _raise(sql, error)
        return rows

    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement with each of `rows`."""
        try:
            self._driver.executemany(sql, rows)
        except sqlite.Error as error:
            _raise(sql, error)

    def read(
        self, statement: Select[*tuple[Any, ...]], parameters: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, of which all values in and out are plain."""
        sql, names, constants = _compile(statement, self.dialect)
        values = {**constants, **parameters}
        return self.run(sql, [values[name] for name in names])


@cache
def _compile(
    statement: Select[*tuple[Any, ...]], dialect: Dialect
) -> tuple[str, Sequence[str], Mapping[str, Any]]:
    """Return the SQL, the names of its values in their order, and those it brings."""
    compiled: Any = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup, compiled.params


def _raise(sql: str, error: Exception) -> NoReturn:
    raise DBAPIError.instance(sql, None, error, sqlite.Error) from error
