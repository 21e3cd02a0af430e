"""SQL on the driver itself, for what every message and every page does.

SQLAlchemy makes the statements; to run one through it, with a result that knows its
columns, costs several times what SQLite takes for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError

from chinwag.store.driver import sqlite

Values = Sequence[Any]


def run(connection: Connection, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows.

    Raises:
        DBAPIError: As SQLAlchemy would.
    """
    driver: Any = connection.connection.driver_connection
    try:
        rows: list[tuple[Any, ...]] = driver.execute(sql, values).fetchall()
    except sqlite.Error as error:
        _raise(sql, error)
    return rows


def read(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    parameters: Mapping[str, Any],
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, whose parameters and columns are plain values.

    Raises:
        DBAPIError: As SQLAlchemy would.
    """
    sql, names, constants = _compile(statement, connection.dialect)
    values = {**constants, **parameters}
    return run(connection, sql, [values[name] for name in names])


@cache
def _compile(
    statement: Select[*tuple[Any, ...]], dialect: Dialect
) -> tuple[str, Sequence[str], Mapping[str, Any]]:
    """Return the SQL, the names of its values in their order, and those it brings."""
    compiled: Any = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup, compiled.params


def run_many(connection: Connection, sql: str, rows: Iterable[Values]) -> None:
    """Run a statement with each of `rows`.

    Raises:
        DBAPIError: As SQLAlchemy would.
    """
    driver: Any = connection.connection.driver_connection
    try:
        driver.executemany(sql, rows)
    except sqlite.Error as error:
        _raise(sql, error)


def _raise(sql: str, error: Exception) -> NoReturn:
    wrapped = DBAPIError.instance(sql, None, error, sqlite.Error)
    raise wrapped from error
