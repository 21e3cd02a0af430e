"""Bringing a database's schema up to date at start, step by step."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from chinwag import failpoints
from chinwag.errors import SchemaTooNew
from chinwag.store.tables import meta

_SCRIPTS = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """Return the revision that this Chinwag writes."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""


def migrate(connection: Connection, new_epoch: Callable[[], str]) -> None:
    """Run every step that this database has not seen: all of them, or none.

    Raises:
        SchemaTooNew: A newer Chinwag wrote it; nothing was changed.
    """
    scripts = ScriptDirectory(str(_SCRIPTS))
    with connection.begin():
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise SchemaTooNew(
                f"This database was written by a newer Chinwag (schema {current}); "
                f"this one knows up to {newest_revision()}."
            )
        if current != newest_revision():
            config = Config()
            config.set_main_option("script_location", str(_SCRIPTS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            failpoints.reach("amid-migration")
        _make_epoch(connection, new_epoch)


def _make_epoch(connection: Connection, new_epoch: Callable[[], str]) -> None:
    here = select(meta.c.value).where(meta.c.key == "epoch")
    if connection.execute(here).first() is None:
        row = {"key": "epoch", "value": new_epoch()}
        connection.execute(insert(meta), row)
