"""Counts what is asked of the database."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event

from chinwag.store import raw


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

    def note_raw(act: Callable[..., Any], on: object, sql: str, *values: object) -> Any:  # noqa: ANN401 - whatever that returns
        counted.statements.append(sql)
        return act(on, sql, *values)

    event.listen(Engine, "before_cursor_execute", note_statement)
    event.listen(Engine, "commit", note_commit)
    try:
        with (
            mock.patch.object(raw, "run", partial(note_raw, raw.run)),
            mock.patch.object(raw, "run_many", partial(note_raw, raw.run_many)),
        ):
            yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
        event.remove(Engine, "commit", note_commit)
