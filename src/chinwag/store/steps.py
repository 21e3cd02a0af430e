"""The steps that bring a schema up to date, as Alembic takes them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chinwag import failpoints
from chinwag.errors import SchemaTooNew
from chinwag.store.tables import REVISION

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, revision: str | None) -> None:
    """Run every step after `revision`, where the database is, in its transaction.

    Raises:
        SchemaTooNew: A newer Chinwag wrote it; nothing was changed.
    """
    scripts = ScriptDirectory(str(_SCRIPTS))
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(
            f"This database was written by a newer Chinwag (schema {revision}); "
            f"this one knows up to {REVISION}."
        )
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    failpoints.reach("amid-migration")
