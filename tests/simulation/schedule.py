"""One schedule: a world is set up, things happen, all heals, and it is judged."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import attrgetter
from random import Random
from traceback import format_exception
from unittest.mock import patch

from structlog.testing import capture_logs

from chinwag.domain.rates import Rate
from chinwag.gateway import live_room, turns
from chinwag.gateway.connection import Connection
from chinwag.gateway.live_room import LiveRoom
from chinwag.gateway.outbox import Opening, Outbox
from chinwag.handlers import opening, queue
from tests.simulation.rows import Rows
from tests.simulation.steps import next_step, post
from tests.simulation.store import Weather
from tests.simulation.timeline import run_in
from tests.simulation.verdict import judge
from tests.simulation.world import Nature, World, Wrong

PATIENCE = 120.0
"""Simulated seconds after which everybody must have what they wait for."""
QUIET = 2.5
"""Simulated seconds in which what is told once a second has been told."""
FEWEST, MOST = 20, 60
"""Steps of a schedule."""
PEOPLE = (("Ada", 2), ("Eve", 1), ("Bob", 1))
_SIZES = (
    (opening, "NEWEST", (3, 8, 50)),
    (live_room, "KEPT_BYTES", (0, 600, 65_536)),
    (live_room, "MOST_EVENTS", (2, 7, 500)),
    (queue, "MOST_WEIGHT", (1, 20, 256)),
    (turns, "MANY", (1, 100)),
)
"""What the product has much of and small talks need little of, and how little."""


@dataclass(frozen=True)
class Stage:
    """A world in which people have met: how every schedule begins."""

    rows: Rows
    tokens: dict[str, str | None]
    keys: dict[str, str]
    thrown: int


@contextmanager
def steady() -> Generator[None]:
    """Let the product be the same in every process while schedules are played.

    Sets of its objects have their order from addresses in memory otherwise. Sizes are
    put back at the end, and what it logs is kept from the screen.
    """

    def by_device(outbox: Outbox) -> int:
        return outbox.device

    def by_place(it: Opening) -> int:
        return hash((it.outbox.device, it.room))

    def by_room(room: LiveRoom) -> int:
        return hash(room.room)

    def by_caller(connection: Connection) -> int:
        return device_of(connection)

    device_of = attrgetter("_caller.device")
    with ExitStack() as stack:
        stack.enter_context(patch.object(Outbox, "__hash__", by_device))
        stack.enter_context(patch.object(Opening, "__hash__", by_place))
        stack.enter_context(patch.object(LiveRoom, "__hash__", by_room))
        stack.enter_context(patch.object(Connection, "__hash__", by_caller))
        for module, name, _ in _SIZES:
            stack.enter_context(patch.object(module, name, vars(module)[name]))
        stack.enter_context(capture_logs())
        stack.callback(run_in, None)
        yield


def set_stage() -> Stage:
    """Let three people meet in two rooms, as every schedule finds them."""
    world = World(0, {}, Nature(), 0)
    _gather(world)
    ada = world.devices[0]
    for name in ("Tea", "Cake"):
        ada.enter({"type": "start_room", "name": name})
    world.go_on(1)
    tea, cake = world.keys.values()
    for device, key in zip(world.devices[1:], (tea, tea, tea), strict=True):
        device.enter({"type": "join_room", "key": key})
    world.devices[2].enter({"type": "join_room", "key": cake})
    world.go_on(2)
    for _ in range(4):
        post(world)
        world.go_on(world.timeline.seconds + 0.2)
    assert world.life is not None
    world.life.crash()
    return Stage(
        world.disk.rows,
        {person.name: person.token for person in world.people},
        world.keys,
        world.tokens.number(62),
    )


def _gather(world: World) -> None:
    for name, devices in PEOPLE:
        world.add_person(name, devices)
    world.boot()
    for device in world.devices:
        device.connect()
        world.go_on(world.timeline.seconds + 0.2)


def play(seed: int, stage: Stage, *, traced: bool = False) -> World:
    """Play the schedule of this seed; return the world as it is then.

    What went wrong stands in its `wrong`.
    """
    world = _make_world(seed, stage)
    world.trace = [] if traced else None
    try:
        _act(world)
        heal(world)
        judge(world)
    except Wrong:
        world.say("-- the end")
    except Exception as error:  # noqa: BLE001 - the seed must be told with it
        world.fail("".join(format_exception(error)))
    if world.life is not None:
        world.life.crash()
    return world


def _make_world(seed: int, stage: Stage) -> World:
    chance = Random(seed).random  # noqa: S311 - its seed is the point

    def draw(*values: float) -> float:
        return values[int(chance() * len(values))]

    nature = Nature(
        delay=draw(0.0, 0.02, 0.3, 2.0),
        high=int(draw(200, 2_000, 65_536)),
        one_sender=chance() < 0.5,
        messages=Rate(3, 4) if chance() < 0.15 else Rate(0, 0),
    )
    world = World(seed, dict(stage.rows), nature, 60_000)
    for _ in range(stage.thrown):
        world.tokens.number(1)
    world.keys.update(stage.keys)
    for module, name, values in _SIZES:
        vars(module)[name] = int(draw(*values))
    world.disk.weather = Weather(
        slow=draw(0.0, 0.005, 0.1),
        unreadable=draw(0.0, 0.0, 0.05),
        page_events=int(draw(1, 3, 500)),
    )
    for name, devices in PEOPLE:
        person = world.add_person(name, devices)
        # One of them may be new here.
        known = name != "Bob" or chance() < 0.5
        person.token = stage.tokens[name] if known else None
        person.messages = 100
    return world


def _act(world: World) -> None:
    """Let everybody come, and things happen, closely one after the other or not."""
    world.boot()
    for device in world.devices:
        world.timeline.after(world.draw_delay(), device.connect)
        device.greedy = True
    # It is the backup that is restored, until a newer one is made.
    world.disk.copy()
    chance, hurry = world.dice.random, world.dice.random() * 0.5
    world.go_on(0.2 + world.nature.delay)
    for _ in range(FEWEST + int(chance() * (MOST - FEWEST))):
        step = next_step(world)
        world.say(f"-- {step.__name__}")
        world.count("steps")
        step(world)
        gap = chance()
        world.go_on(world.timeline.seconds + gap * gap * gap * hurry)


def heal(world: World) -> None:
    """Let the disk be well, the server run and everybody read, until all is quiet."""
    world.say("-- everything heals")
    world.disk.weather = Weather()
    until = world.timeline.seconds + PATIENCE
    while world.timeline.seconds < until:
        world.boot()
        for device in world.devices:
            if device.wire is not None and not device.wire.draining:
                device.wire.drain()
        world.go_on(world.timeline.seconds + 0.5)
        if _settled(world) is None:
            world.go_on(world.timeline.seconds + QUIET)
            if _settled(world) is None:
                return
    world.fail(f"it never ends: {_settled(world)}")


def _settled(world: World) -> str | None:
    """Return what somebody still waits for; None: nobody waits for anything."""
    for device in world.devices:
        name = f"{device.person.name}-{device.number}"
        if not device.online or device.wire is None:
            return f"{name} is not online"
        if device.wire.asked:
            return f"{name} asked {device.wire.asked}"
        if device.wire.in_flight:
            return f"something is on its way to {name}"
        if device.person.queue:
            return f"{name} waits to send {device.person.queue}"
    if world.disk.pages_waiting:
        return "pages are being read"
    return None
