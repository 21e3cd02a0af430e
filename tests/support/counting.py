"""Counts what is asked of the database."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from chinwag.store.handle import Handle


@dataclass
class Counted:
    """The SQL that was run, and how often something was made durable."""

    statements: list[str] = field(default_factory=list[str])
    commits: int = 0


@contextmanager
def counting() -> Generator[Counted]:
    """Count on all connections until the block ends."""
    counted = Counted()
    run, run_many, commit = Handle.run, Handle.run_many, Handle.commit

    def note_statement(*args: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own list
        counted.statements.append(args[2])

    def note_run(handle: Handle, sql: str, *values: Any) -> Any:  # noqa: ANN401 - whatever that returns
        counted.statements.append(sql)
        return run(handle, sql, *values)

    def note_run_many(handle: Handle, sql: str, rows: Any) -> None:  # noqa: ANN401 - whatever it takes
        counted.statements.append(sql)
        run_many(handle, sql, rows)

    def note_commit(handle: Handle) -> None:
        counted.commits += 1
        commit(handle)

    event.listen(Engine, "before_cursor_execute", note_statement)
    try:
        with (
            mock.patch.object(Handle, "run", note_run),
            mock.patch.object(Handle, "run_many", note_run_many),
            mock.patch.object(Handle, "commit", note_commit),
        ):
            yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
