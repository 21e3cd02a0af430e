"""The tables as SQLAlchemy knows them. Their history stands in `migrations/`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

REVISION = "0001"
"""The last of the steps there, which makes them what they are here."""
metadata = MetaData()

# SQLite makes a key its row's address only where the type is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

people = Table(
    "people",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("version", _Number, nullable=False),
    Column("created_at", _Number, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("person", _Number, nullable=False),
    Column("created_at", _Number, nullable=False),
    Index("sessions_by_person", "person"),
    sqlite_with_rowid=False,
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cmid", LargeBinary, unique=True),
    Column("created_at", _Number, nullable=False),
)

heads = Table(
    "heads",
    metadata,
    Column("room", _Number, primary_key=True, autoincrement=False),
    Column("head", _Number, nullable=False),
    Column("last_at", _Number, nullable=False),
    Column("messages", _Number, nullable=False),
    Column("members", _Number, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("room", _Number, primary_key=True, autoincrement=False),
    Column("person", _Number, primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    Column("read", _Number, nullable=False),
    Column("read_messages", _Number, nullable=False),
    Index("memberships_by_person", "person"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("room", _Number, primary_key=True, autoincrement=False),
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("at", _Number, nullable=False),
    Column("by", _Number, nullable=False),
    Column("kind", Text, nullable=False),
    Column("changed", _Number),
    Column("thread", _Number),
    Column("ordinal", _Number, nullable=False),
    Column("cmid", LargeBinary),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "events_by_cmid",
    events.c.room,
    events.c.cmid,
    unique=True,
    sqlite_where=events.c.cmid.is_not(None),
    # PostgreSQL's stands in the migration alone: named here, its dialect is loaded.
)

edits = Table(
    "edits",
    metadata,
    Column("room", _Number, primary_key=True, autoincrement=False),
    Column("target", _Number, primary_key=True, autoincrement=False),
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("first_text", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

reactions = Table(
    "reactions",
    metadata,
    Column("room", _Number, primary_key=True, autoincrement=False),
    Column("target", _Number, primary_key=True, autoincrement=False),
    Column("emoji", Text, primary_key=True),
    Column("person", _Number, primary_key=True, autoincrement=False),
    Column("seq", _Number, nullable=False),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("room", _Number, nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("expires_at", _Number),
    Column("uses_left", _Number),
    Column("ended", Boolean, nullable=False),
    Column("standing", Boolean, nullable=False),
    Column("by", _Number, nullable=False),
    Column("created_at", _Number, nullable=False),
    Index("links_by_room", "room"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
