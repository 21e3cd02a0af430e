"""A batch has one transaction, whichever way it asks the database, and ends it once."""

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from chinwag.store.sqlite import SqliteStore
from chinwag.store.tables import meta
from chinwag.store.work import Work

ROW = {"key": "tea", "value": "hot"}


@pytest.fixture
def store(data: Path) -> Generator[SqliteStore]:
    """Return a store of its own."""
    store = SqliteStore(data, new_epoch=lambda: "epoch")
    yield store
    store.close()


def collect_and_fail(work: Work) -> None:
    """Be a command that fails after it has collected a row."""
    with work.attempt():
        work.transaction.collect(insert(meta), ROW)
        raise ZeroDivisionError


def write_and_fail(work: Work) -> None:
    """Be a command that fails after it has written."""
    with work.attempt():
        work.transaction.write_many(insert(meta), [ROW | {"key": "milk"}])
        work.transaction.write(
            meta.update().where(meta.c.key == "tea").values(value="cold"), {}
        )
        raise ZeroDivisionError


async def read(store: SqliteStore) -> list[str]:
    """Return what is kept, by a batch that only reads."""
    work = store.begin()
    rows = work.transaction.read(select(meta.c.value).where(meta.c.key == "tea"), {})
    assert not await work.commit()
    return [value for (value,) in rows]


async def test_what_was_collected_and_undone_is_nothing_to_make_durable(
    store: SqliteStore,
) -> None:
    work = store.begin()
    with pytest.raises(ZeroDivisionError):
        collect_and_fail(work)
    assert not await work.commit()
    assert await read(store) == []


@pytest.mark.parametrize("first", ["collected", "written"])
async def test_what_is_collected_and_what_is_written_are_one_transaction(
    store: SqliteStore, first: str
) -> None:
    work = store.begin()
    with work.attempt():
        if first == "collected":
            work.transaction.collect(insert(meta), ROW)
            work.transaction.write(
                meta.update().where(meta.c.key == "tea").values(value="cold"), {}
            )
        else:
            work.transaction.write(insert(meta), ROW | {"value": "cold"})
            work.transaction.collect(insert(meta), ROW | {"key": "milk"})
    assert await work.commit()
    assert await read(store) == ["cold"]


async def test_a_command_that_fails_takes_back_what_it_wrote_and_no_more(
    store: SqliteStore,
) -> None:
    work = store.begin()
    with work.attempt():
        work.transaction.collect(insert(meta), ROW)
    with pytest.raises(ZeroDivisionError):
        write_and_fail(work)
    with work.attempt():
        work.transaction.write(insert(meta), ROW | {"key": "milk"})
    assert await work.commit()
    assert await read(store) == ["hot"]


async def test_what_is_abandoned_is_undone(store: SqliteStore) -> None:
    work = store.begin()
    with work.attempt():
        work.transaction.write(insert(meta), ROW)
        work.transaction.collect(insert(meta), ROW | {"key": "milk"})
    work.abandon()
    assert await read(store) == []
