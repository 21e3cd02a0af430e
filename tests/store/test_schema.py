"""The schema: what migrations make, what they keep, and what they refuse."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chinwag.errors import NotADatabase, SchemaTooNew
from chinwag.protocol.commands import AskHistory, AskMe
from chinwag.protocol.results import History, Myself
from chinwag.store import migrate
from chinwag.store.engine import READER, open_engine
from chinwag.store.files import DATABASE
from chinwag.store.sqlite import SqliteStore
from chinwag.store.tables import REVISION, metadata
from tests.support.asking import expect
from tests.support.database import dump, looking_into
from tests.support.server import serving

FIRST = Path(__file__).with_name("first-schema.db")


@pytest.fixture
def made(data: Path) -> Generator[Connection]:
    """Return a connection to a database that the migrations have made."""
    SqliteStore(data, new_epoch=lambda: "epoch").close()
    engine = open_engine(data / DATABASE, READER, begin="BEGIN")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_tables_are_what_the_migrations_make(made: Connection) -> None:
    context = MigrationContext.configure(made, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_a_table_without_rowid_is_one_in_both(made: Connection) -> None:
    without = {
        name
        for name, sql in made.exec_driver_sql("SELECT name, sql FROM sqlite_master")
        if "WITHOUT ROWID" in (sql or "")
    }
    assert without == {
        table.name
        for table in metadata.sorted_tables
        if table.dialect_options["sqlite"]["with_rowid"] is False
    }


def test_a_new_database_has_the_settings_that_are_for_ever(made: Connection) -> None:
    for pragma, value in (
        ("journal_mode", "wal"),
        ("auto_vacuum", 2),
        ("application_id", 0x43574147),
        ("integrity_check", "ok"),
    ):
        assert made.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_the_migrations_are_one_chain(data: Path) -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert scripts.get_heads() == [REVISION]
    assert [script.is_base for script in scripts.walk_revisions()][-1]
    assert data.is_dir()


async def test_the_first_schema_ever_shipped_is_brought_here_intact(data: Path) -> None:
    shutil.copy(FIRST, data / DATABASE)
    before = dump(data / DATABASE)
    async with serving(data) as server:
        assert dump(server.store.path) == before
        (zoe,) = [row[0] for row in before["people"] if row[1] == "Zo\u00eb"]
        caller = server.caller(person=zoe)
        (room,) = expect(await server.ask(caller, AskMe(id=1)), Myself).rooms
        assert (room.name, room.topic, room.read, room.unread) == (
            "Tea",
            "Biscuits",
            6,
            0,
        )
        page = expect(await server.ask(caller, AskHistory(id=1, room=room.id)), History)
        events = bytes(page.events).decode()
        assert '"text":"One, edited"' in events
        assert '"text":"Three \U0001f375"' in events
        assert '"emoji":"\U0001f44d"' in events
        assert '"deleted":true' in events
        assert '"text":"Two"' not in events


async def test_starting_again_changes_nothing(data: Path) -> None:
    SqliteStore(data, new_epoch=lambda: "first").close()
    before = (data / DATABASE).read_bytes()
    store = SqliteStore(data, new_epoch=lambda: "second")
    assert store.epoch == "first"
    store.close()
    assert (data / DATABASE).read_bytes() == before


def test_where_nothing_is_to_be_migrated_alembic_is_not_loaded(data: Path) -> None:
    opening = (
        "import sys; from pathlib import Path\n"
        "from chinwag.store.sqlite import SqliteStore\n"
        f"SqliteStore(Path({str(data)!r}), new_epoch=lambda: 'epoch').close()\n"
        "print('alembic' in sys.modules)"
    )
    loaded = [
        subprocess.check_output([sys.executable, "-c", opening], text=True).strip()
        for _ in range(2)
    ]
    assert loaded == ["True", "False"]


def test_a_newer_schema_is_refused_and_left_byte_for_byte(data: Path) -> None:
    SqliteStore(data, new_epoch=lambda: "epoch").close()
    with looking_into(data / DATABASE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = (data / DATABASE).read_bytes()
    with pytest.raises(SchemaTooNew, match="9999"):
        SqliteStore(data, new_epoch=lambda: "epoch")
    assert {file.name: file.read_bytes() for file in data.iterdir()} == {
        DATABASE: before
    }


def make_foreign(path: Path) -> None:
    with looking_into(path) as connection:
        connection.execute("CREATE TABLE cakes (name TEXT)")


@pytest.mark.parametrize(
    "content", [b"Dear diary, ", b"SQLite format 3\0" + b"x" * 4_000, None]
)
def test_what_is_no_database_of_ours_is_refused_untouched(
    data: Path, content: bytes | None
) -> None:
    if content is None:
        make_foreign(data / DATABASE)
    else:
        (data / DATABASE).write_bytes(content)
    before = (data / DATABASE).read_bytes()
    with pytest.raises(NotADatabase, match="left as it is"):
        SqliteStore(data, new_epoch=lambda: "epoch")
    assert {file.name: file.read_bytes() for file in data.iterdir()} == {
        DATABASE: before
    }


def test_a_damaged_database_is_refused(data: Path) -> None:
    SqliteStore(data, new_epoch=lambda: "epoch").close()
    whole = (data / DATABASE).read_bytes()
    (data / DATABASE).write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(NotADatabase):
        SqliteStore(data, new_epoch=lambda: "epoch")
