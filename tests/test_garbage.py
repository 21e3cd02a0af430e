"""All objects are looked through when nobody waits, and otherwise hardly ever."""

import gc
from collections.abc import Generator

import pytest

from chinwag.garbage import LONGEST_SECONDS, MOST_NEW, QUIET_SECONDS, Garbage
from tests.support.time import FakeClock


@pytest.fixture
def clock() -> Generator[FakeClock]:
    """Return a clock; leave Python's own collector as it was."""
    yield FakeClock()
    gc.enable()
    gc.unfreeze()


class Circle:
    """An object that holds itself."""

    alive = 0

    def __init__(self) -> None:
        self.myself = self
        Circle.alive += 1

    def __del__(self) -> None:
        Circle.alive -= 1


def make_old_garbage() -> None:
    """Leave a circle that has outlived every look at young objects."""
    kept = [Circle()]
    gc.collect(0)
    gc.collect(1)
    kept.clear()
    gc.collect(1)


def test_circles_of_garbage_go_when_nothing_is_asked(clock: FakeClock) -> None:
    garbage = Garbage(clock)
    garbage.begin()
    make_old_garbage()
    assert Circle.alive == 1
    clock.go_on(QUIET_SECONDS)
    assert not garbage.look(asked=1)
    assert garbage.look(asked=1)
    assert Circle.alive == 0
    assert not garbage.look(asked=1)


def test_a_busy_server_looks_once_in_hours(clock: FakeClock) -> None:
    garbage = Garbage(clock)
    garbage.begin()
    looked = 0
    for asked in range(3 * int(LONGEST_SECONDS / 60)):
        clock.go_on(60)
        looked += garbage.look(asked=asked + 1)
    assert looked == 3


def test_a_server_looks_when_there_are_many_new_objects(clock: FakeClock) -> None:
    garbage = Garbage(clock)
    garbage.begin()
    assert not garbage.look(asked=1)
    kept: list[list[int]] = [[] for _ in range(MOST_NEW)]
    assert garbage.look(asked=2)
    assert not garbage.look(asked=3)
    assert len(kept) == MOST_NEW
