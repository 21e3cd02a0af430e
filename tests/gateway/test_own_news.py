"""What is somebody's own reaches all their devices, whenever those come or wake."""

import asyncio

from chinwag.domain.model import Head, Place, Role, Room
from chinwag.domain.news import LeftNews, PlaceNews
from chinwag.gateway.hub import Hub
from chinwag.ids import PersonId, RoomId, Seq, to_text
from tests.gateway.fakes import ROOM, Client, Log
from tests.support.time import FakeClock

ADA, BOB = PersonId(1), PersonId(2)
PLACE = Place(Room(ROOM, "Tea"), Head(ROOM, Seq(1)), Role.MEMBER, Seq(0), 0)


def test_who_is_greeted_amid_a_batch_is_told_what_the_rest_of_it_brought() -> None:
    """The greeting was decided before, and is answered after all was told."""
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    device = Client(hub, ADA)
    hub.tell([PlaceNews(ADA, 2, PLACE, device=7)])
    device.greet()
    hub.catch_up(device.outbox, 1)
    assert [frame["version"] for frame in device.of("room")] == [2]
    hub.tell([log.joins(BOB)])
    device.got.clear()
    hub.catch_up(device.outbox, 1)
    assert device.got == []
    hub.tick()
    assert [frame["heads"] for frame in device.of("heads")] == [{to_text(ROOM): 1}]


def test_who_knows_it_already_is_not_told_again() -> None:
    hub = Hub(Log(), FakeClock(), "epoch")
    ada = Client(hub, ADA)
    ada.greet()
    mine = PlaceNews(ADA, 2, PLACE, device=ada.outbox.device)
    hub.tell([mine, PlaceNews(ADA, 3, PLACE)])
    ada.got.clear()
    hub.catch_up(ada.outbox, 3)
    assert ada.got == []
    hub.catch_up(ada.outbox, 1)
    assert [frame["version"] for frame in ada.of("room")] == [3]


def test_who_opens_a_room_amid_the_batch_in_which_they_leave_hears_of_that_last() -> (
    None
):
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    ada = Client(hub, ADA)
    ada.greet()
    hub.tell([log.joins(ADA), log.joins(BOB)])
    hub.tell([log.leaves(ADA), LeftNews(ADA, 2, ROOM, device=7)])
    ada.open(log)
    assert [frame["type"] for frame in ada.got] == ["gone"]
    assert not ada.outbox.openings


def test_who_hears_of_that_is_told_nothing_older_of_other_rooms() -> None:
    """They may have joined those again meanwhile, and had an answer to that."""
    log, other = Log(), RoomId(ROOM + 1)
    hub = Hub(log, FakeClock(), "epoch")
    ada = Client(hub, ADA)
    ada.greet()
    hub.tell([log.joins(ADA)])
    hub.tell(
        [
            LeftNews(ADA, 2, other, device=7),
            log.leaves(ADA),
            LeftNews(ADA, 3, ROOM, device=7),
        ]
    )
    ada.got.clear()
    ada.open(log)
    assert [frame["room"] for frame in ada.of("gone")] == [to_text(ROOM)]


async def test_who_did_not_read_hears_which_rooms_are_no_longer_open_there() -> None:
    """They may be the person's again by then, and would be taken for open."""
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    ada = Client(hub, ADA)
    ada.greet()
    hub.tell([log.joins(ADA), log.joins(BOB)])
    ada.open(log)
    log.turn_all()
    ada.stop()
    await asyncio.sleep(0)
    hub.tell([log.leaves(ADA), LeftNews(ADA, 2, ROOM)])
    hub.tell([log.joins(ADA), PlaceNews(ADA, 3, PLACE)])
    ada.go_on()
    ada.outbox.tell_gone()
    ada.outbox.tell_gone()
    assert [frame["room"] for frame in ada.of("gone")] == [to_text(ROOM)]
    assert ada.seqs == [1, 2]


async def test_a_room_that_was_opened_again_is_not_told_as_gone() -> None:
    log = Log()
    hub = Hub(log, FakeClock(), "epoch")
    ada = Client(hub, ADA)
    ada.greet()
    hub.tell([log.joins(ADA)])
    ada.stop()
    hub.tell([log.leaves(ADA), LeftNews(ADA, 2, ROOM)])
    hub.tell([log.joins(ADA), PlaceNews(ADA, 3, PLACE)])
    ada.open(log)
    ada.go_on()
    ada.outbox.tell_gone()
    assert ada.of("gone") == []


async def test_whoever_closes_a_room_before_they_caught_up_is_told_its_head() -> None:
    log, clock = Log(), FakeClock()
    hub = Hub(log, clock, "epoch")
    bob = Client(hub, BOB)
    bob.greet(log)
    hub.tell([log.joins(BOB), log.says(BOB)])
    bob.open(log)
    hub.tell([log.says(BOB)])
    hub.tick()
    clock.go_on(1)
    hub.close(bob.outbox, ROOM)
    hub.tick()
    assert bob.of("events") == []
    assert [frame["heads"] for frame in bob.of("heads")] == [{to_text(ROOM): log.head}]
