"""The whole simulated world: one disk, one server after the other, people, and chance.

All chance comes from one seed: the same seed is the same story.
"""

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

from chinwag.domain.rates import Rate
from tests.simulation.device import Device
from tests.simulation.life import Life
from tests.simulation.person import Person
from tests.simulation.referee import Referee
from tests.simulation.rows import Rows
from tests.simulation.store import Disk
from tests.simulation.timeline import Timeline
from tests.simulation.wires import Wire
from tests.support.time import FakeDice

Json = dict[str, Any]
NO_LIMIT = Rate(0, 0)


class Wrong(AssertionError):
    """Something happened that must not happen."""


@dataclass(frozen=True)
class Nature:
    """What kind of world it is, drawn at its beginning.

    Attributes:
        delay: Seconds that a frame is on its way at most.
        high: Bytes that a socket takes before it counts as one that does not drain.
        one_sender: Whether only one tab of a browser sends at a time.
        messages: How fast somebody may write.
    """

    delay: float = 0.05
    high: int = 4096
    one_sender: bool = True
    messages: Rate = NO_LIMIT


class World:
    """One world, driven by its timeline.

    Attributes:
        keys: The link's key of each room that somebody started.
        wrong: What must not have happened and did.
        trace: What happened, in words; None while nobody wants to read it.
    """

    def __init__(self, seed: int, rows: Rows, nature: Nature, skew: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - its seed is the point
        self.timeline = Timeline()
        self.timeline.skew = skew
        self.nature = nature
        self.tokens = FakeDice()
        self.disk = Disk(self.dice, self.timeline, rows)
        self.referee = Referee(self)
        self.people: list[Person] = []
        self.devices: list[Device] = []
        self.keys: dict[str, str] = {}
        self.wrong: list[str] = []
        self.trace: list[str] | None = None
        self.digest = 0
        self.counts: Counter[str] = Counter()
        self.epoch = "epoch-1"
        self.life: Life | None = None

    @property
    def one_sender(self) -> bool:
        """Whether only one tab of a browser sends at a time."""
        return self.nature.one_sender

    def fail(self, what: str) -> None:
        """Note that something went wrong; to raise it here would tell the product."""
        self.wrong.append(what)
        self.say(f"WRONG: {what}")

    def say(self, what: str) -> None:
        """Add a line to the trace, if somebody reads it."""
        if self.trace is not None:
            self.trace.append(f"{self.timeline.seconds:9.4f}  {what}")

    def count(self, what: str) -> None:
        """Count something for the report."""
        self.counts[what] += 1

    def count_failure(self, code: str) -> None:
        """Count a refusal for the report."""
        self.counts[f"refused: {code}"] += 1

    def draw_delay(self) -> float:
        """Return how long a frame is on its way."""
        chance = self.dice.random()
        # Most are quick, some take their time.
        return chance * chance * chance * self.nature.delay

    def note_heard(self, wire: Wire, text: Json, data: bytes) -> None:
        """Note what a device hears."""
        self.digest = crc32(data, self.digest)
        if self.trace is not None:
            self.say(f"{wire.owner} < {text}")

    # The server

    def boot(self) -> None:
        """Start the server, unless it runs."""
        if self.life is None:
            self.say("the server starts")
            self.referee.tokens = 0
            self.disk.pages_waiting = 0
            self.life = Life(
                self.timeline,
                self.disk,
                self.dice,
                dice=self.tokens,
                epoch=self.epoch,
                messages=self.nature.messages,
            )
            self.life.deciding.add_done_callback(lambda _: self.crash())

    def crash(self) -> None:
        """Kill the server: what is not durable is gone, and every line breaks."""
        if self.life is None:
            return
        self.say("the server is gone")
        self.count("crashes")
        self.life.crash()
        self.life = None
        for device in self.devices:
            if device.wire is not None:
                device.wire.snap(0.0, self.draw_delay())
        self.timeline.after(0.05 + self.dice.random(), self.boot)

    def end(self, life: Life) -> None:
        """Let a server be gone that was told to stop, unless it is already."""
        if self.life is life:
            self.crash()

    def restore(self) -> None:
        """Kill the server and put an older copy of the data in its place."""
        before = set(self.disk.rows)
        if self.disk.restore():
            self.say("a backup is restored")
            self.count("restores")
            self.epoch = self.tokens.token()
            rows = self.disk.rows
            self.referee.restored(before - set(rows))
            self.keys = {
                room: key
                for room, key in self.keys.items()
                if ("room", int(room, 16)) in rows
            }

    def empty_disk(self) -> None:
        """Make room on the disk."""
        self.disk.weather.full = 0.0

    # People

    def add_person(self, name: str, devices: int) -> Person:
        """Bring somebody in, with so many tabs."""
        person = Person(name)
        self.people.append(person)
        for _ in range(devices):
            self.devices.append(Device(self, person, len(self.devices)))
        return person

    def dial(self, device: Device) -> Wire | None:
        """Connect a device; None while nobody listens."""
        if self.life is None or self.life.gate.closing:
            return None
        wire = Wire(self, self.life.process, device, self.nature.high)
        wire.owner = f"{device.person.name}-{device.number}"
        wire.connection = self.life.welcome(wire)
        return wire

    def pump(self, person: Person) -> None:
        """Let somebody's tabs send what waits."""
        for device in self.devices:
            if device.person is person:
                device.pump()

    def go_on(self, until: float) -> None:
        """Let everything happen that is due before `until`, or raise what is wrong."""
        self.timeline.go_on(until, self.wrong)
        self.check()

    def check(self) -> None:
        """Raise what went wrong."""
        if self.life is not None and self.life.process.bugs:
            self.wrong.append(f"the loop: {self.life.process.bugs[0]}")
        if self.wrong:
            raise Wrong(self.wrong[0])
