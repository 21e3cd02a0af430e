"""A page that is read while the room goes on: never older than what was told."""

import asyncio
import json
from typing import Any

from chinwag.domain.events import Edited, Entry, Message, encode_body
from chinwag.domain.news import RoomNews
from chinwag.domain.pages import Page
from chinwag.errors import Unavailable
from chinwag.handlers.readings import MOST_TRIES, Readings
from chinwag.ids import Millis, PersonId, Seq
from tests.gateway.fakes import Log

ADA, BOB = PersonId(1), PersonId(2)


class Reader:
    """Somebody who reads a page of a log."""

    def __init__(self, log: Log, readings: Readings, last: int) -> None:
        self.got: list[Page | Exception] = []
        readings.read(log.ask(BOB, 1, last), self.got.append)

    @property
    def page(self) -> Page:
        """The one page that came."""
        (page,) = self.got
        assert isinstance(page, Page)
        return page

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of that page."""
        return json.loads(self.page.events)


def edited(log: Log, target: int) -> RoomNews:
    """Return what is told when a message gets another text, which the log has then."""
    before = log.entries[target - 1]
    after = Message("c", "Better", edited_at=Millis(9), changed=Seq(log.head + 1))
    news = log.changes(ADA, Edited.kind, encode_body(Edited(Seq(target), "Better")))
    log.entries[target - 1] = Entry(
        before.room, before.seq, before.at, before.by, before.kind, encode_body(after)
    )
    return news


def room() -> tuple[Log, Readings]:
    log = Log()
    log.joins(ADA)
    log.joins(BOB)
    log.says(ADA)
    return log, Readings(log)


def test_a_page_older_than_a_change_that_was_told_is_read_again() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    log.look_now()
    readings.note(edited(log, 3))
    log.turn()
    assert reader.got == []
    log.turn()
    assert reader.page.head == log.head
    assert reader.events[2]["text"] == "Better"


def test_a_page_older_than_the_end_of_its_reader_is_read_again() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    log.look_now()
    readings.note(log.leaves(BOB))
    readings.note(log.says(ADA))
    log.turn()
    assert reader.got == []
    log.turn()
    assert not reader.page.member


def test_a_page_that_new_messages_overtook_is_as_good_as_a_newer_one() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    log.look_now()
    readings.note(log.says(ADA, 2))
    log.turn()
    assert reader.page.head == log.head
    assert len(reader.events) == 3


def test_a_page_that_holds_the_change_already_is_not_read_twice() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    news = edited(log, 3)
    log.look_now()
    readings.note(news)
    log.turn()
    assert reader.page.head == log.head
    assert not log.asked


def test_what_happens_elsewhere_or_cannot_be_read_is_handed_on() -> None:
    log, readings = room()
    outsider: list[Page | Exception] = []
    readings.read(log.ask(PersonId(3), 1, 3), outsider.append)
    failed: list[Page | Exception] = []
    readings.read(log.ask(BOB, 1, 3), failed.append)
    readings.note(edited(log, 3))
    log.turn()
    error = Unavailable()
    log.asked.pop()[1](error)
    assert outsider == [Page(member=False, head=log.head)]
    assert failed == [error]


async def test_the_heart_waits_for_a_page_that_is_overtaken_again_and_again() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        for _ in range(MOST_TRIES):
            await readings.give_way()
            log.look_now()
            readings.note(edited(log, 3))
            log.turn()
        waiting = tasks.create_task(readings.give_way())
        await asyncio.sleep(0)
        assert not waiting.done()
        log.turn()
    assert reader.page.head == log.head


async def test_a_page_that_cannot_be_read_keeps_nobody_waiting() -> None:
    log, readings = room()
    reader = Reader(log, readings, log.head)
    for _ in range(MOST_TRIES):
        log.look_now()
        readings.note(edited(log, 3))
        log.turn()
    log.asked.pop()[1](Unavailable())
    async with asyncio.timeout(5):
        await readings.give_way()
    assert len(reader.got) == 1


def test_a_page_older_than_another_of_the_same_reader_is_read_again() -> None:
    log, readings = room()
    early, late = (Reader(log, readings, log.head) for _ in range(2))
    log.look_now()
    # It is in the log, and nobody was told of it yet.
    edited(log, 3)
    log.turn(1)
    assert late.page.head == log.head
    log.turn()
    assert early.got == []
    log.turn()
    assert early.page.head == log.head
    assert early.events[2]["text"] == "Better"


def test_what_others_read_does_not_make_a_page_old() -> None:
    log, readings = room()
    reader, other = Reader(log, readings, log.head), list[Page | Exception]()
    log.look_now()
    edited(log, 3)
    readings.read(log.ask(ADA, 1, log.head), other.append)
    log.turn(1)
    log.turn()
    assert reader.page.head < log.head
    assert len(other) == 1
