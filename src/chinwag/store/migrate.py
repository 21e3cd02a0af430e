"""Bringing a database's schema up to date at start, step by step."""

from collections.abc import Callable

from sqlalchemy import Connection, column, insert, select, table

from chinwag.store.tables import REVISION, meta

_NOTED = "alembic_version"
_GET_REVISION = select(table(_NOTED, column("version_num")).c.version_num)


def migrate(connection: Connection, new_epoch: Callable[[], str]) -> None:
    """Run every step that this database has not seen: all of them, or none.

    Raises:
        SchemaTooNew: A newer Chinwag wrote it; nothing was changed.
    """
    with connection.begin():
        revision = _get_revision(connection)
        if revision != REVISION:
            # Alembic is a tenth of a start, and mostly there is nothing to do.
            from chinwag.store.steps import upgrade  # noqa: PLC0415

            upgrade(connection, revision)
        _make_epoch(connection, new_epoch)


def _get_revision(connection: Connection) -> str | None:
    """Return the last step that this database has seen."""
    if not connection.dialect.has_table(connection, _NOTED):
        return None
    return connection.execute(_GET_REVISION).scalar()


def _make_epoch(connection: Connection, new_epoch: Callable[[], str]) -> None:
    here = select(meta.c.value).where(meta.c.key == "epoch")
    if connection.execute(here).first() is None:
        row = {"key": "epoch", "value": new_epoch()}
        connection.execute(insert(meta), row)
