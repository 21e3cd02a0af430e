"""Who is told what, and how often."""

import asyncio

import pytest

from chinwag.domain.model import Head, Person, Place, Role, Room
from chinwag.domain.news import PlaceNews, ReadNews, RenamedNews, TypingNews
from chinwag.gateway.hub import Hub
from chinwag.ids import PersonId, RoomId, Seq, to_text
from chinwag.protocol.close import Close
from tests.gateway.fakes import ROOM, Client, Log, left, opened
from tests.support.time import FakeClock

ADA, BOB, CLEO = PersonId(1), PersonId(2), PersonId(3)


class Scene:
    """A hub with a room, and the people in it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.log = Log()
        self.hub = Hub(self.log, self.clock, "epoch")

    def enter(self, person: PersonId, name: str = "") -> Client:
        """Let somebody in, who opens the room with all that is in it."""
        client = self.come(person, name)
        client.open(self.log)
        self.log.turn_all()
        return client

    def come(self, person: PersonId, name: str = "") -> Client:
        """Let somebody in who does not open it."""
        client = Client(self.hub, person, name)
        client.greet(self.log)
        if person not in self.log.members:
            self.hub.tell([self.log.joins(person, client.name)])
        return client

    async def wait(self, seconds: float) -> None:
        """Let time pass, a quarter of a second at a time."""
        for _ in range(int(seconds * 4)):
            await asyncio.sleep(0)
            self.clock.go_on(0.25)
            self.hub.tick()
        await asyncio.sleep(0)


@pytest.fixture
def scene() -> Scene:
    return Scene()


# Presence and typing


async def test_a_newcomer_is_told_everybody_the_others_only_who_came(
    scene: Scene,
) -> None:
    ada = scene.enter(ADA, "Ada")
    await scene.wait(1)
    ada.got.clear()
    bob = scene.enter(BOB, "Bob")
    (whole,) = bob.of("presence")
    assert set(whole["joined"]) == {to_text(ADA), to_text(BOB)}
    assert whole["here"] == 2
    assert ada.of("presence") == []
    await scene.wait(1)
    (change,) = ada.of("presence")
    assert (change["here"], change["joined"], change["left"]) == (2, [to_text(BOB)], [])
    assert change["people"] == [{"id": to_text(BOB), "name": "Bob"}]


async def test_coming_and_going_is_told_once_a_second_however_often(
    scene: Scene,
) -> None:
    ada = scene.enter(ADA)
    await scene.wait(2)
    ada.got.clear()
    bob = scene.come(BOB)
    for _ in range(8):
        bob.open(scene.log)
        await scene.wait(0.25)
        scene.hub.close(bob.outbox, ROOM)
    await scene.wait(1)
    assert 1 <= len(ada.of("presence")) <= 4


async def test_three_tabs_are_one_person(scene: Scene) -> None:
    ada = scene.enter(ADA)
    tabs = [scene.enter(BOB) for _ in range(3)]
    await scene.wait(1)
    ada.got.clear()
    for tab in tabs[:2]:
        scene.hub.leave(tab.outbox)
    await scene.wait(2)
    assert ada.of("presence") == []
    scene.hub.leave(tabs[2].outbox)
    await scene.wait(1)
    assert ada.of("presence")[-1]["left"] == [to_text(BOB)]


async def test_who_goes_within_the_second_of_a_newcomer_is_taken_back(
    scene: Scene,
) -> None:
    """The newcomer was told of them; nobody else was."""
    scene.enter(ADA)
    await scene.wait(1)
    bob = scene.enter(BOB)
    cleo = scene.enter(CLEO)
    assert to_text(BOB) in cleo.of("presence")[0]["joined"]
    scene.hub.leave(bob.outbox)
    await scene.wait(1)
    assert cleo.of("presence")[-1]["left"] == [to_text(BOB)]


async def test_who_comes_back_within_the_second_of_a_newcomer_is_told(
    scene: Scene,
) -> None:
    scene.enter(ADA)
    bob = scene.enter(BOB)
    await scene.wait(1)
    scene.hub.leave(bob.outbox)
    cleo = scene.enter(CLEO)
    assert to_text(BOB) not in cleo.of("presence")[0]["joined"]
    scene.enter(BOB)
    await scene.wait(1)
    assert to_text(BOB) in cleo.of("presence")[-1]["joined"]


async def test_a_crowd_is_a_number_and_has_names_again_when_it_is_none(
    scene: Scene,
) -> None:
    crowd = [scene.enter(PersonId(100 + n)) for n in range(199)]
    early = scene.enter(ADA)
    await scene.wait(1)
    late = scene.enter(BOB)
    assert late.of("presence")[0] | {"room": ""} == {
        "type": "presence",
        "room": "",
        "here": 201,
        "joined": [],
        "left": [],
    }
    await scene.wait(1)
    gone = crowd[:150]
    for client in gone:
        scene.hub.leave(client.outbox)
    await scene.wait(1)
    names = {to_text(client.person) for client in crowd[150:]} | {
        to_text(ADA),
        to_text(BOB),
    }
    told = late.of("presence")[-1]
    assert (told["here"], set(told["joined"])) == (51, names)
    assert {to_text(client.person) for client in gone} <= set(
        early.of("presence")[-1]["left"]
    )


def typing(person: PersonId, *, on: bool) -> TypingNews:
    return TypingNews(person, f"Guest {person}", ROOM, on)


async def test_typing_is_told_as_a_whole_once_a_second_and_lapses(scene: Scene) -> None:
    ada, _ = scene.enter(ADA), scene.enter(BOB)
    await scene.wait(1)
    for _ in range(5):
        scene.hub.tell([typing(BOB, on=True)])
    await scene.wait(1)
    assert [frame["people"] for frame in ada.of("typing")] == [[to_text(BOB)]]
    await scene.wait(7)
    assert [frame["people"] for frame in ada.of("typing")] == [[to_text(BOB)], []]


async def test_who_says_it_no_longer_types(scene: Scene) -> None:
    ada, _ = scene.enter(ADA), scene.enter(BOB)
    await scene.wait(1)
    scene.hub.tell([typing(BOB, on=True)])
    await scene.wait(1)
    scene.hub.tell([scene.log.says(BOB)])
    await scene.wait(1)
    assert ada.of("typing")[-1]["people"] == []


async def test_who_was_stalled_is_told_that_nobody_types_any_more(
    scene: Scene,
) -> None:
    ada, _ = scene.enter(ADA), scene.enter(BOB)
    await scene.wait(1)
    scene.hub.tell([typing(BOB, on=True)])
    await scene.wait(1)
    ada.stop()
    await scene.wait(8)
    assert ada.of("typing")[-1]["people"] == [to_text(BOB)]
    ada.go_on()
    assert ada.of("typing")[-1]["people"] == []


async def test_a_newcomer_is_told_who_types_just_now(scene: Scene) -> None:
    scene.enter(ADA)
    scene.hub.tell([typing(ADA, on=True)])
    await scene.wait(2)
    assert scene.enter(BOB).of("typing")[0]["people"] == [to_text(ADA)]


# Heads


async def test_heads_of_rooms_that_are_not_open_come_once_a_second_at_most(
    scene: Scene,
) -> None:
    scene.enter(ADA)
    bob = scene.come(BOB)
    await scene.wait(2)
    bob.got.clear()
    for _ in range(12):
        scene.hub.tell([scene.log.says(ADA)])
        await scene.wait(0.25)
    heads = bob.of("heads")
    assert 2 <= len(heads) <= 4
    await scene.wait(1)
    assert bob.of("heads")[-1]["heads"] == {to_text(ROOM): scene.log.head}
    assert bob.of("events") == []


async def test_whoever_has_the_room_open_or_left_it_is_told_no_head(
    scene: Scene,
) -> None:
    ada, bob = scene.enter(ADA), scene.come(BOB)
    scene.hub.tell([scene.log.leaves(BOB), left(scene.log, BOB)])
    await scene.wait(2)
    ada.got.clear()
    bob.got.clear()
    scene.hub.tell([scene.log.says(ADA)])
    await scene.wait(2)
    assert ada.of("heads") == bob.of("heads") == []


# Openings


async def test_an_opening_decided_amid_a_batch_misses_nothing_of_the_rest(
    scene: Scene,
) -> None:
    """Its answer comes after the whole batch was told, to nobody."""
    ada = scene.come(ADA)
    scene.hub.tell([scene.log.says(ADA, 3)])
    amid = scene.log.head
    scene.hub.tell([scene.log.both(scene.log.says(ADA, 2), scene.log.says(ADA, 2))])
    scene.hub.open(ada.outbox, opened(scene.log, 1, head=amid))
    scene.log.turn_all()
    assert ada.seqs == list(range(1, scene.log.head + 1))
    scene.hub.tell([scene.log.says(ADA)])
    await scene.wait(0.25)
    assert ada.seqs == list(range(1, scene.log.head + 1))


async def test_what_was_just_said_is_brought_from_memory_not_from_the_log(
    scene: Scene,
) -> None:
    ada = scene.enter(ADA)
    bob = scene.come(BOB)
    scene.hub.tell([scene.log.says(ADA, 5)])
    bob.open(scene.log, scene.log.head - 4)
    assert bob.seqs == list(range(scene.log.head - 4, scene.log.head + 1))
    assert scene.log.asked == []
    await scene.wait(0.25)
    assert ada.seqs == list(range(1, scene.log.head + 1))


async def test_a_cursor_amid_what_is_in_memory_reads_the_log(scene: Scene) -> None:
    scene.enter(ADA)
    scene.hub.tell([scene.log.says(ADA, 5)])
    bob = scene.come(BOB)
    bob.open(scene.log, 4)
    assert (bob.seqs, len(scene.log.asked)) == ([], 1)
    scene.log.turn_all()
    assert bob.seqs == list(range(4, scene.log.head + 1))


async def test_opening_again_begins_anew_whatever_was_on_its_way(scene: Scene) -> None:
    ada = scene.enter(ADA)
    scene.hub.tell([scene.log.says(ADA, 9)])
    bob = scene.come(BOB)
    bob.open(scene.log, 1)
    bob.open(scene.log, 5)
    scene.log.turn_all()
    assert bob.seqs == list(range(5, scene.log.head + 1))
    await scene.wait(0.25)
    assert ada.seqs == list(range(1, scene.log.head + 1))


async def test_what_was_not_told_here_is_read_from_the_log_by_all(scene: Scene) -> None:
    people = [scene.enter(person) for person in (ADA, BOB)]
    scene.hub.tell([scene.log.says(ADA)])
    scene.log.says(ADA, 3)
    scene.hub.tell([scene.log.says(BOB)])
    scene.log.turn_all()
    # Whoever stalls now has got what the log brought, and not again.
    people[1].stop()
    await asyncio.sleep(0)
    people[1].go_on()
    scene.hub.tell([scene.log.says(ADA)])
    scene.log.turn_all()
    await scene.wait(0.25)
    for client in people:
        start = client.seqs[0]
        assert client.seqs == list(range(start, scene.log.head + 1))


async def test_a_page_that_cannot_be_read_ends_the_socket(scene: Scene) -> None:
    ada = scene.come(ADA)
    ada.open(scene.log)
    _, done = scene.log.asked.pop()
    done(OSError("the disk is gone"))
    assert ada.hung == [Close.RESTARTING]


# Leaving


async def test_nobody_is_told_what_came_after_their_own_leaving(scene: Scene) -> None:
    ada, bob, slow = scene.enter(ADA), scene.enter(BOB), scene.enter(BOB)
    slow.stop()
    await scene.wait(0.25)
    before = scene.log.says(ADA, 2)
    batch = scene.log.both(scene.log.leaves(BOB), scene.log.says(ADA, 2))
    end = batch.entries[0].seq
    scene.hub.tell([scene.log.both(before, batch), left(scene.log, BOB)])
    slow.go_on()
    scene.log.turn_all()
    scene.hub.tell([scene.log.says(ADA)])
    await scene.wait(2)
    assert ada.seqs == list(range(1, scene.log.head + 1))
    # Up to there it is theirs, to the last.
    assert bob.seqs[-3:] == [end - 2, end - 1, end]
    assert max(slow.seqs) <= end
    assert [frame["last"] for frame in frames(ada)[-3:]] == [end, end + 2, end + 3]


def frames(client: Client) -> list[dict[str, int]]:
    return [
        {"first": frame["from"], "last": frame["events"][-1]["seq"]}
        for frame in client.of("events")
    ]


# What is a person's own


def place(log: Log) -> Place:
    return Place(
        Room(log.room, "Tea"), Head(log.room, log.head), Role.MEMBER, Seq(0), 0
    )


async def test_what_is_a_persons_own_goes_to_their_other_devices(scene: Scene) -> None:
    desk, phone, bob = scene.come(ADA), scene.come(ADA), scene.come(BOB)
    read = ReadNews(ADA, ROOM, Seq(1), device=desk.outbox.device)
    scene.hub.tell([PlaceNews(ADA, 2, place(scene.log)), read])
    assert [len(client.of("read")) for client in (desk, phone, bob)] == [0, 1, 0]
    assert [len(client.of("room")) for client in (desk, phone, bob)] == [1, 1, 0]


async def test_who_does_not_read_misses_what_is_their_own_and_is_marked(
    scene: Scene,
) -> None:
    ada = scene.come(ADA)
    ada.stop()
    scene.hub.tell([PlaceNews(ADA, 2, place(scene.log))])
    assert ada.of("room") == []
    assert ada.outbox.missed


async def test_another_name_is_told_where_somebody_may_see_it(scene: Scene) -> None:
    bob = scene.enter(BOB)
    person = Person(ADA, "Ada L.", guest=True, version=2)
    scene.hub.tell([RenamedNews(person, (ROOM, RoomId(5)))])
    await scene.wait(0.25)
    (told,) = bob.of("people")
    assert told["people"] == [{"id": to_text(ADA), "name": "Ada L."}]


async def test_nothing_is_left_of_who_has_gone(scene: Scene) -> None:
    client = scene.enter(ADA)
    scene.hub.leave(client.outbox)
    assert scene.hub.live_rooms == 0
    client.got.clear()
    scene.hub.tell([scene.log.says(ADA), PlaceNews(ADA, 2, place(scene.log))])
    await scene.wait(2)
    assert client.got == []
    assert scene.hub.here(ROOM) == []
