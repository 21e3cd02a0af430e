"""Newest pages from memory: read once, and gone with the next event."""

from collections.abc import Sequence

import pytest

from chinwag.domain.model import Person
from chinwag.domain.news import News, RenamedNews
from chinwag.domain.pages import Page, PageAsk
from chinwag.errors import Unavailable
from chinwag.handlers import newest
from chinwag.handlers.newest import NewestPages
from chinwag.ids import PersonId, RoomId, Seq
from tests.gateway.fakes import Log

ADA, BOB, CY = PersonId(1), PersonId(2), PersonId(3)


class House:
    """A room of three, its log, and what its newest pages are read by."""

    def __init__(self) -> None:
        self.log = Log()
        self.pages = NewestPages(self.log)
        for person in (ADA, BOB, CY):
            self.log.joins(person)
        self.log.says(ADA, 5)

    def ask(self, person: PersonId, first: int = 1, last: int = 0) -> list[Page]:
        """Ask for a page that ends where the log does; it comes into the list."""
        got: list[Page] = []

        def done(page: Page | Exception) -> None:
            assert isinstance(page, Page)
            got.append(page)

        self.pages.read(self.log.ask(person, first, last or self.log.head), done)
        return got

    def fill(self) -> None:
        """Have the newest page asked for twice, which keeps it."""
        for _ in range(2):
            self.ask(ADA)
            self.log.turn_all()

    def tell(self, *news: News) -> None:
        """Tell the pages of it."""
        self.pages.tell(news)


def test_what_is_asked_for_twice_is_read_no_third_time() -> None:
    house = House()
    house.fill()
    got = house.ask(BOB)
    assert house.log.asked == []
    assert got == [house.log.look(house.log.ask(BOB, 1, house.log.head))]


def test_who_asks_while_it_is_read_gets_the_same() -> None:
    house = House()
    several = [house.ask(person) for person in (ADA, BOB, CY)]
    assert len(house.log.asked) == 1
    house.log.turn()
    assert [len(got) for got in several] == [1, 1, 1]
    assert several[0] == several[1] == several[2]


def test_an_event_ends_it() -> None:
    house = House()
    house.fill()
    before = house.log.head
    house.tell(house.log.says(BOB))
    for last in (house.log.head, before):
        got = house.ask(CY, last=last)
        assert len(house.log.asked) == 1
        house.log.turn()
        assert got[0].head == house.log.head


def test_an_event_while_it_is_read_has_the_others_read_again() -> None:
    house = House()
    first, second = house.ask(ADA), house.ask(BOB)
    house.log.look_now()
    house.tell(house.log.says(CY))
    house.log.turn()
    assert first[0].head < house.log.head
    assert second == []
    house.log.turn_all()
    assert second[0].head == house.log.head
    assert house.ask(CY, last=house.log.head - 1) == []
    assert len(house.log.asked) == 1


def test_an_event_that_the_snapshot_saw_and_nobody_was_told_of_yet() -> None:
    house = House()
    first, second = house.ask(ADA), house.ask(BOB)
    house.log.leaves(BOB)
    house.log.turn()
    assert first[0].head == house.log.head
    # Who left meanwhile has to be looked up.
    house.log.turn()
    assert second == [Page(member=False, head=house.log.head)]


def test_a_new_name_ends_all() -> None:
    house = House()
    house.fill()
    house.tell(RenamedNews(Person(PersonId(9), "Nine"), ()))
    house.ask(BOB)
    assert len(house.log.asked) == 1


def test_a_new_name_while_it_is_read_is_not_forgotten() -> None:
    house = House()
    house.ask(ADA)
    house.ask(BOB)
    house.tell(RenamedNews(Person(ADA, "Ada L."), ()))
    house.log.turn_all()
    house.ask(CY)
    assert len(house.log.asked) == 1


def test_another_page_takes_its_place_and_a_part_is_never_kept() -> None:
    house = House()
    house.log.page = 3
    house.fill()
    house.ask(BOB)
    assert len(house.log.asked) == 1
    house.log.turn_all()
    house.log.page = 500
    house.fill()
    house.ask(BOB, first=2)
    house.log.turn_all()
    house.ask(BOB)
    assert len(house.log.asked) == 1


def test_what_cannot_be_read_is_told_each_by_its_own() -> None:
    house = House()
    answers: list[Page | Exception] = []
    for person in (ADA, BOB):
        house.pages.read(house.log.ask(person, 1, house.log.head), answers.append)
    error = Unavailable()
    house.log.asked.pop()[1](error)
    assert answers == [error]
    house.log.turn()
    assert isinstance(answers[1], Page)


@pytest.mark.parametrize("bound", ["MOST_ROOMS", "MOST_BYTES"])
def test_it_does_not_grow(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = {RoomId(n): Log(RoomId(n)) for n in range(1, 40)}
    asked: list[RoomId] = []

    class Logs:
        def read(self, ask: PageAsk, done: newest.Done) -> None:
            asked.append(ask.room)
            done(logs[ask.room].look(ask))

    for log in logs.values():
        log.joins(ADA)
        log.says(ADA, 3)
    pages = NewestPages(Logs())
    monkeypatch.setattr(newest, bound, 20 if bound == "MOST_ROOMS" else 12_000)
    order: Sequence[RoomId] = [*logs, *reversed(logs)]
    for _ in range(2):
        for room in order:
            for _ in range(2):
                pages.read(logs[room].ask(ADA, 1, Seq(4)), lambda _: None)
    # The last that were asked for are there, those before are not.
    asked.clear()
    for room in order:
        pages.read(logs[room].ask(ADA, 1, Seq(4)), lambda _: None)
    assert 10 < len(set(asked)) < len(logs)
