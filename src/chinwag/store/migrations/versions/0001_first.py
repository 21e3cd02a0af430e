"""The first tables: people, rooms, the log and the ways in.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_CWAG = 0x43574147


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _key(name: str) -> "sa.Column[int]":
    return sa.Column(name, _number(), primary_key=True, autoincrement=False)


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, _number(), nullable=False)


def upgrade() -> None:
    """Make the tables."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {_CWAG}")
    _make_people()
    _make_rooms()
    _make_log()
    op.create_table(
        "links",
        _key("id"),
        _count("room"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("expires_at", _number()),
        sa.Column("uses_left", _number()),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("standing", sa.Boolean, nullable=False),
        _count("by"),
        _count("created_at"),
    )
    op.create_index("links_by_room", "links", ["room"])
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _make_people() -> None:
    op.create_table(
        "people",
        _key("id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("guest", sa.Boolean, nullable=False),
        _count("version"),
        _count("created_at"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        _count("person"),
        _count("created_at"),
        sqlite_with_rowid=False,
    )
    op.create_index("sessions_by_person", "sessions", ["person"])


def _make_rooms() -> None:
    op.create_table(
        "rooms",
        _key("id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cmid", sa.LargeBinary, unique=True),
        _count("created_at"),
    )
    op.create_table(
        "heads",
        _key("room"),
        _count("head"),
        _count("last_at"),
        _count("messages"),
        _count("members"),
    )
    op.create_table(
        "memberships",
        _key("room"),
        _key("person"),
        sa.Column("role", sa.Text, nullable=False),
        _count("read"),
        _count("read_messages"),
        sqlite_with_rowid=False,
    )
    op.create_index("memberships_by_person", "memberships", ["person"])


def _make_log() -> None:
    op.create_table(
        "events",
        _key("room"),
        _key("seq"),
        _count("at"),
        _count("by"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("changed", _number()),
        sa.Column("thread", _number()),
        _count("ordinal"),
        sa.Column("cmid", sa.LargeBinary),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "events_by_cmid",
        "events",
        ["room", "cmid"],
        unique=True,
        sqlite_where=sa.text("cmid IS NOT NULL"),
        postgresql_where=sa.text("cmid IS NOT NULL"),
    )
    op.create_table(
        "edits",
        _key("room"),
        _key("target"),
        _key("seq"),
        sa.Column("first_text", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reactions",
        _key("room"),
        _key("target"),
        sa.Column("emoji", sa.Text, primary_key=True),
        _key("person"),
        _count("seq"),
        sqlite_with_rowid=False,
    )
