"""Who shouts is heard a slice at a time, and those who whisper between."""

import asyncio

from chinwag.gateway.intake import SLICE, TURN_SECONDS, Intake
from tests.support.time import FakeClock

SLICE_SECONDS = TURN_SECONDS / 4


class Speaker:
    """Somebody with bytes that wait, whose every slice takes a quarter of a turn."""

    def __init__(
        self, name: str, address: str, size: int, *, clock: FakeClock, order: list[str]
    ) -> None:
        self.name = name
        self.address = address
        self._size = size
        self._clock = clock
        self._order = order

    @property
    def heard_out(self) -> bool:
        """Whether nothing is left to say."""
        return not self._size

    def listen(self) -> int:
        """Say a slice."""
        said = min(SLICE, self._size)
        self._size -= said
        self._clock.go_on(SLICE_SECONDS)
        self._order.append(self.name)
        return said


class Hall:
    """Speakers who wait, and the order in which they were heard."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.intake = Intake(self.clock)
        self.order: list[str] = []

    def speak(self, name: str, address: str, slices: float) -> None:
        """Have somebody wait with so much to say."""
        size = int(slices * SLICE)
        speaker = Speaker(name, address, size, clock=self.clock, order=self.order)
        self.intake.hold(speaker)


async def test_who_whispers_is_heard_before_the_second_slice_of_any_address() -> None:
    hall = Hall()
    for number in range(50):
        hall.speak("loud", f"10.0.0.{number % 2}", 40)
    for _ in range(20):
        await asyncio.sleep(0)
    heard = len(hall.order)
    hall.speak("Ada", "10.0.1.1", 0.01)
    for _ in range(5):
        await asyncio.sleep(0)
    assert "Ada" in hall.order[heard : heard + 3]


async def test_a_turn_of_the_loop_listens_for_so_long_and_no_longer() -> None:
    hall = Hall()
    hall.speak("loud", "10.0.0.1", 100)
    for turn in range(1, 6):
        await asyncio.sleep(0)
        assert len(hall.order) == 4 * turn


async def test_while_others_wait_nobody_is_heard_at_once() -> None:
    hall = Hall()
    assert hall.intake.admits()
    hall.speak("loud", "10.0.0.1", 100)
    assert not hall.intake.admits()
    for _ in range(30):
        await asyncio.sleep(0)
    assert hall.intake.admits()
    hall.clock.go_on(TURN_SECONDS)
    assert not hall.intake.admits()
    await asyncio.sleep(0)
    assert hall.intake.admits()
