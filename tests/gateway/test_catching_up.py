"""Whatever the order of things: everybody gets the log without gap or repetition."""

import asyncio
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag.gateway.hub import Hub
from chinwag.ids import PersonId
from tests.gateway.fakes import Client, Log, left, opened
from tests.support.time import FakeClock

ADA, BOB, CLEO = PersonId(1), PersonId(2), PersonId(3)
PEOPLE = (ADA, BOB, CLEO)
PAGE = 3


class Room:
    """A room, three people with a client each, and what each of them must have got."""

    def __init__(self) -> None:
        self.log = Log(page=PAGE)
        self.hub = Hub(self.log, FakeClock(), "epoch")
        self.clients = [Client(self.hub, person) for person in PEOPLE]
        self.starts: dict[PersonId, int] = {}
        self.ends: dict[PersonId, int] = {}
        for client in self.clients:
            client.greet()
            self.hub.tell([self.log.joins(client.person)])
            self.opens(client, 0)

    def opens(self, client: Client, back: int) -> None:
        """Open the room, so many events back."""
        if client.person in self.log.members:
            start = max(1, self.log.head + 1 - back)
            self.starts[client.person] = start
            self.ends.pop(client.person, None)
            client.open(self.log, start)

    def leaves(self, client: Client, more: int) -> None:
        """Leave in the midst of a batch, of which the rest is for the others."""
        if client.person in self.log.members:
            self.ends[client.person] = self.log.head + 1
            others = self.log.says(ADA, 0)
            gone = self.log.leaves(client.person)
            news = self.log.both(gone, self.log.says(ADA, more) if more else others)
            self.hub.tell([news, left(self.log, client.person)])

    def returns(self, client: Client, back: int) -> None:
        """Come in again, and open the room."""
        if client.person not in self.log.members:
            self.hub.tell([self.log.joins(client.person)])
            self.opens(client, back)

    def says(self, client: Client, count: int) -> None:
        """Say some things in one batch."""
        if count:
            self.hub.tell([self.log.says(client.person, count)])

    def reads(self, _: Client, place: int) -> None:
        """Let a reader bring its page, in whatever order."""
        if self.log.asked:
            self.log.turn(place % len(self.log.asked))

    def stops(self, client: Client, after: int) -> None:
        """Stop reading, at once or at one of the next writes."""
        if after:
            client.stops_after = after
        else:
            client.stop()

    def goes_on(self, client: Client, _: int) -> None:
        """Read again."""
        client.go_on()

    async def settle(self) -> None:
        """Let everybody read to the end."""
        for client in self.clients:
            client.stops_after = None
        for _ in range(6):
            for client in self.clients:
                client.go_on()
            self.log.turn_all()
            await asyncio.sleep(0)

    def check(self) -> None:
        """See that nobody missed anything, nor got it twice, nor too much."""
        for client in self.clients:
            start = self.starts[client.person]
            seqs = client.seqs
            assert seqs == list(range(start, start + len(seqs)))
            end = self.ends.get(client.person)
            if end is None:
                assert seqs[-1:] == [self.log.head] or start > self.log.head
            else:
                assert not seqs or seqs[-1] <= end
            for frame in client.of("events"):
                assert frame["from"] == frame["events"][0]["seq"]


Step = Callable[[Room, Client, int], None]
STEPS: tuple[Step, ...] = (
    Room.says,
    Room.says,
    Room.says,
    Room.stops,
    Room.goes_on,
    Room.reads,
    Room.opens,
    Room.leaves,
    Room.returns,
)
TURN = None
steps = st.lists(
    st.one_of(
        st.just(TURN),
        st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(0, 9)),
    ),
    max_size=60,
)


async def play(script: list[tuple[Step, int, int] | None]) -> None:
    room = Room()
    for line in script:
        if line is None:
            await asyncio.sleep(0)
            continue
        step, who, how_much = line
        step(room, room.clients[who], how_much)
    await room.settle()
    room.check()


@settings(max_examples=300, deadline=None)
@given(steps)
def test_whatever_happens_everybody_gets_the_log_whole(
    script: list[tuple[Step, int, int] | None],
) -> None:
    asyncio.run(play(script))


def test_an_opening_decided_before_its_person_left_is_taken_back() -> None:
    """The answer comes after the news of the leaving, and would be believed."""
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    first, other = Client(hub, PersonId(1)), Client(hub, PersonId(1))
    for client in (first, other):
        client.greet(log)
    hub.tell([log.joins(PersonId(1), "Bob")])
    decided = opened(log)
    hub.tell([log.leaves(PersonId(1)), left(log, PersonId(1))])
    (told,) = other.of("gone")
    first.got.clear()
    hub.open(first.outbox, decided)
    assert first.of("gone") == [told]
    assert first.of("events") == []
    hub.tell([log.joins(PersonId(1), "Bob")])
    first.open(log)
    assert first.of("gone") == []
