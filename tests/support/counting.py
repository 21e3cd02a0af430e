"""Counts what is asked of the database."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Counted:
    """The SQL that was run, and how often something was made durable."""

    statements: list[str] = field(default_factory=list[str])
    commits: int = 0


@contextmanager
def counting() -> Generator[Counted]:
    """Count on all connections until the block ends."""
    counted = Counted()

    def note_statement(*args: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own list
        counted.statements.append(args[2])

    def note_commit(_: object) -> None:
        counted.commits += 1

    event.listen(Engine, "before_cursor_execute", note_statement)
    event.listen(Engine, "commit", note_commit)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
        event.remove(Engine, "commit", note_commit)
