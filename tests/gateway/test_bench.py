"""A thousand sockets, one write each."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from chinwag.gateway.frame import Frame
from chinwag.gateway.hub import Hub
from chinwag.gateway.live_room import BENCH_SEATS
from chinwag.gateway.outbox import Bench, Opening, Outbox
from chinwag.gateway.turns import Turns
from chinwag.ids import PersonId, Seq
from chinwag.protocol.close import Close
from tests.gateway.fakes import ROOM, Client, Log, to_line
from tests.support.time import FakeClock

SIT, RISE, TELL, FLUSH = "sit", "rise", "tell", "flush"


class Listener:
    """Somebody who may sit on a bench."""

    def __init__(self, heard: list[int]) -> None:
        self.heard = heard
        self.written: list[bytes] = []
        outbox = Outbox(self, to_line, self)
        self.opening = Opening(outbox, ROOM, Seq(0))

    def write(self, data: bytes) -> None:
        """Hear some numbers."""
        self.written.append(data)
        self.heard += [int(line) for line in data.split()]

    def hang(self, close: Close) -> None:
        """Nobody is hung up on here."""


def number(seq: int) -> Frame:
    return Frame(str(seq).encode(), first=Seq(seq), last=Seq(seq))


steps = st.lists(
    st.tuples(st.sampled_from((SIT, RISE, TELL, FLUSH)), st.integers(0, 5)), max_size=80
)


@given(steps)
def test_whoever_sits_hears_all_that_is_told_and_rises_with_what_was_heard(
    script: list[tuple[str, int]],
) -> None:
    bench = Bench(to_line, Seq(0))
    people = [Listener([]) for _ in range(6)]
    since = [0] * 6
    told = 0
    for step, who in script:
        listener = people[who]
        opening = listener.opening
        if step == SIT and opening.bench is None:
            bench.flush()
            since[who] = told
            listener.heard.clear()
            bench.sit(opening)
        elif step == RISE and opening.bench is not None:
            bench.rise(opening)
            assert opening.behind is not None
            assert opening.behind.cursor == (listener.heard or [bench.told])[-1]
        elif step == TELL:
            told += 1
            bench.wait(number(told))
        elif step == FLUSH:
            bench.flush()
        seated = [person for person in people if person.opening.bench is bench]
        assert bench.openings == sorted(
            (person.opening for person in seated), key=lambda each: each.place
        )
        assert [o.place for o in bench.openings] == list(range(len(seated)))
    bench.flush()
    for listener, start in zip(people, since, strict=True):
        if listener.opening.bench is bench:
            assert listener.heard == list(range(start + 1, told + 1))


def test_a_bench_writes_all_that_waits_in_one_go() -> None:
    bench = Bench(to_line, Seq(0))
    listener = Listener([])
    bench.sit(listener.opening)
    for told in (1, 2, 3):
        bench.wait(number(told))
    assert bench.flush() == 1
    assert listener.written == [b"1\n2\n3\n"]
    assert bench.flush() == 0


async def test_who_stops_reading_amid_a_write_rises_after_it() -> None:
    """Nobody gets up while the bench writes: the others keep their places."""
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    people = [Client(hub, PersonId(n)) for n in range(1, 8)]
    for client in people:
        client.greet()
        hub.tell([log.joins(client.person)])
        client.open(log)
        log.turn_all()
    for client in people[::2]:
        client.stops_after = 0
    for _ in range(5):
        hub.tell([log.says(PersonId(1))])
        await let_turn()
    for client in people[::2]:
        client.go_on()
    await let_turn()
    for client in people:
        assert client.seqs == list(range(1, log.head + 1))


async def let_turn() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def test_a_room_of_many_has_benches_of_a_thousand() -> None:
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    people = [Client(hub, PersonId(n)) for n in range(1, 2 * BENCH_SEATS + 101)]
    hub.tell([log.joins(people[0].person)])
    for client in people:
        log.members.add(client.person)
        client.greet()
        client.open(log)
        log.turn_all()
    hub.tell([log.says(PersonId(1))])
    seats = {
        len(opening.bench.openings)
        for client in people
        for opening in client.outbox.openings.values()
        if opening.bench is not None
    }
    assert seats == {BENCH_SEATS, 100}
    await let_turn()
    assert all(client.seqs[-1] == log.head for client in people)


@pytest.mark.parametrize(
    ("seats", "expected"), [(99, ["news", "answer"]), (100, ["answer", "news"])]
)
async def test_answers_go_out_before_the_news_of_a_large_room(
    seats: int, expected: list[str]
) -> None:
    order: list[str] = []

    class Last(Listener):
        @override
        def write(self, data: bytes) -> None:
            order.append("news")

    bench = Bench(to_line, Seq(0))
    for _ in range(seats - 1):
        bench.sit(Listener([]).opening)
    bench.sit(Last([]).opening)
    bench.wait(number(1))
    Turns().wake(bench)
    # As a batch does it: what is new is told first, and answered in the same turn.
    asyncio.get_running_loop().call_soon(order.append, "answer")
    await let_turn()
    assert order == expected


@pytest.mark.parametrize(
    ("seats", "expected"),
    [
        ((2, 99), ["told", "news", "news", "answer"]),
        ((2, 100), ["told", "answer", "news", "news"]),
    ],
)
async def test_what_a_batch_tells_few_is_written_at_its_end_once(
    seats: tuple[int, int], expected: list[str]
) -> None:
    order: list[str] = []

    class Counted(Bench):
        __slots__ = ()

        @override
        def flush(self) -> int:
            order.append("news")
            return super().flush()

    turns = Turns()
    with turns.hold():
        for count in seats:
            bench = Counted(to_line, Seq(0))
            for _ in range(count):
                bench.sit(Listener([]).opening)
            for seq in (1, 2):
                bench.wait(number(seq))
                turns.wake(bench)
        order.append("told")
    asyncio.get_running_loop().call_soon(order.append, "answer")
    await let_turn()
    assert order == expected


async def test_other_rooms_are_served_between_the_benches_of_a_large_one() -> None:
    turns = Turns()
    order: list[str] = []

    class Named(Bench):
        __slots__ = ("name", "seats")

        def __init__(self, name: str, seats: int) -> None:
            super().__init__(to_line, Seq(0))
            self.name = name
            self.seats = seats

        @override
        def flush(self) -> int:
            order.append(self.name)
            return self.seats

    loop = asyncio.get_running_loop()
    for n in range(3):
        turns.wake(Named(f"large {n}", 1_000))
    turns.wake(Named("small", 2))
    loop.call_soon(order.append, "the rest of the world")
    await let_turn()
    assert order.index("the rest of the world") <= 1
    assert sorted(order) == sorted(
        ["large 0", "large 1", "large 2", "small", "the rest of the world"]
    )
