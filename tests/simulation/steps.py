"""What may happen next: each kind of step, and how often it comes."""

from collections.abc import Callable

from chinwag.protocol.close import Close
from tests.simulation.device import Device
from tests.simulation.frames import Json
from tests.simulation.world import World

EMOJI = ("\U0001f44d", "\u2764\ufe0f", "\U0001f375")
_NAMES = ("Ada", "Zo\u00eb", "Bob", "Cy", "Eve")
Step = Callable[[World], None]


def _pick(world: World, things: list[Device]) -> Device:
    return things[int(world.dice.random() * len(things))]


def _online(world: World) -> Device | None:
    found = [device for device in world.devices if device.online]
    return _pick(world, found) if found else None


def _opened(world: World) -> tuple[Device, str] | None:
    """Return a device that is online, and a room that is open there."""
    found = [
        (device, room)
        for device in world.devices
        if device.online
        for room in device.opened
        if room in device.windows
    ]
    return found[int(world.dice.random() * len(found))] if found else None


def _message(world: World, *, own: bool) -> tuple[Device, str, int] | None:
    """Return a device, a room that is open there, and a message that it shows."""
    found = _opened(world)
    if found is None:
        return None
    device, room = found
    seqs = [
        seq
        for seq, item in device.windows[room].items.items()
        if item["kind"] == "message"
        and not item.get("deleted")
        and (not own or item["by"] == device.person.id)
    ]
    if not seqs:
        return None
    # What was said last is what people look at.
    chance = world.dice.random()
    return device, room, seqs[-1 - int(chance * chance * len(seqs))]


def post(world: World) -> None:
    """Somebody writes: it goes by the queue of their browser."""
    found = _opened(world)
    if found is None:
        return
    device, room = found
    items = list(device.windows[room].items.values())
    reply_to = None
    if items and items[-1]["kind"] == "message" and world.dice.random() < 0.2:
        reply_to = items[-1]["seq"]
    person = device.person
    text = f"{person.name} says {world.counts['posts']}"
    world.count("posts")
    for _ in range(1 + int(world.dice.random() * 1.6)):
        person.say(room, text, reply_to)
    world.pump(person)


def shout(world: World) -> None:
    """A program writes several at once, without waiting for any answer."""
    found = _opened(world)
    if found is None:
        return
    device, room = found
    said = world.counts["shouts"]
    world.count("shouts")
    for number in range(1 + int(world.dice.random() * 4)):
        cmid = f"shout-{said}-{number}"
        wish = {"type": "post_message", "room": room, "cmid": cmid, "text": cmid * 9}
        device.ask(wish)


def say_twice(world: World) -> None:
    """The same message goes over all sockets of somebody, over one of them twice."""
    found = _opened(world)
    if found is None:
        return
    device, room = found
    cmid = f"twice-{world.counts['twice']}"
    world.count("twice")
    for other in world.devices:
        if other.person is device.person and other.online:
            for _ in range(1 + (other is device)):
                wish = {
                    "type": "post_message",
                    "room": room,
                    "cmid": cmid,
                    "text": cmid,
                }
                other.ask(wish)


def edit(world: World) -> None:
    """Somebody corrects what they wrote."""
    found = _message(world, own=True)
    if found is not None:
        device, room, seq = found
        text = f"Better {world.counts['edit_message']}"
        device.ask({"type": "edit_message", "room": room, "seq": seq, "text": text})


def delete(world: World) -> None:
    """Somebody takes back what they wrote."""
    found = _message(world, own=True)
    if found is not None:
        device, room, seq = found
        device.ask({"type": "delete_message", "room": room, "seq": seq})


def react(world: World) -> None:
    """Somebody gives or takes a reaction."""
    found = _message(world, own=False)
    if found is not None:
        device, room, seq = found
        wish = {
            "type": "react",
            "room": room,
            "seq": seq,
            "emoji": EMOJI[int(world.dice.random() * 3)],
            "on": world.dice.random() < 0.7,
        }
        device.ask(wish)


def come_in(world: World) -> None:
    """Somebody comes by a link, whether they are in already or not."""
    device = _online(world)
    if device is not None and world.keys:
        keys = list(world.keys.values())
        key = keys[int(world.dice.random() * len(keys))]
        device.enter({"type": "join_room", "key": key})


def leave(world: World) -> None:
    """Somebody leaves a room for good."""
    device = _online(world)
    if device is not None and device.rooms:
        rooms = list(device.rooms)
        device.leave(rooms[int(world.dice.random() * len(rooms))])


def start(world: World) -> None:
    """Somebody founds a room."""
    device = _online(world)
    if device is not None and len(world.keys) < 4:
        cmid = f"room-{world.counts['rooms']}"
        world.count("rooms")
        device.enter({"type": "start_room", "name": "Tea", "cmid": cmid})


def open_room(world: World) -> None:
    """Somebody looks into a room of theirs, again or for the first time."""
    device = _online(world)
    if device is None or not device.rooms:
        return
    rooms = list(device.rooms)
    room = rooms[int(world.dice.random() * len(rooms))]
    chance = world.dice.random()
    head = device.rooms[room]["head"]
    if chance < 0.3:
        device.open(room, after=int(world.dice.random() * (head + 2)))
    elif chance < 0.4:
        device.open(room, most=1)
    else:
        device.open(room)


def close_room(world: World) -> None:
    """Somebody looks elsewhere."""
    found = _opened(world)
    if found is not None:
        device, room = found
        device.close(room)


def read_back(world: World) -> None:
    """Somebody scrolls up."""
    found = _opened(world)
    if found is not None:
        device, room = found
        device.read_back(room, 1 + int(world.dice.random() * 6))


def look_around(world: World) -> None:
    """Somebody jumps to another place of the log."""
    found = _opened(world)
    if found is not None:
        device, room = found
        head = device.rooms[room]["head"]
        place = ("around", "after", "before")[int(world.dice.random() * 3)]
        wish = {
            "type": "history",
            "room": room,
            place: int(world.dice.random() * (head + 2)),
            "limit": 1 + int(world.dice.random() * 8),
        }
        device.ask(wish)


def read(world: World) -> None:
    """Somebody has read up to here."""
    found = _opened(world)
    if found is not None:
        device, room = found
        seq = int(world.dice.random() * (device.windows[room].told + 2))
        device.ask({"type": "mark_read", "room": room, "seq": seq})


def type_on(world: World) -> None:
    """Somebody types."""
    found = _opened(world)
    if found is not None:
        device, room = found
        device.ask(
            {"type": "set_typing", "room": room, "on": world.dice.random() < 0.8}
        )


def rename(world: World) -> None:
    """Somebody takes another name."""
    device = _online(world)
    if device is not None:
        name = f"{device.person.name} {world.counts['rename_me']}"
        device.ask({"type": "rename_me", "name": name})


def entitle(world: World) -> None:
    """An owner calls the room otherwise; others may not."""
    found = _opened(world)
    if found is not None:
        device, room = found
        name = f"Tea {world.counts['rename_room']}"
        device.ask({"type": "rename_room", "room": room, "name": name})


def ask_me(world: World) -> None:
    """A page asks for its rooms."""
    device = _online(world)
    if device is not None:
        device.ask_me()


def stop_draining(world: World) -> None:
    """A phone sleeps: its socket takes nothing for a while."""
    device = _pick(world, world.devices)
    wire = device.wire
    if wire is not None and wire.draining:
        world.count("stalls")
        wire.stop_draining()
        world.timeline.after(world.dice.random() * 3, wire.drain)


def snap(world: World) -> None:
    """A line breaks; who learns of it first is chance."""
    device = _pick(world, world.devices)
    if device.wire is not None:
        world.count("drops")
        chance = world.dice.random
        device.wire.snap(chance() * chance(), chance() * chance())


def crash(world: World) -> None:
    """The server dies."""
    world.crash()


def stop(world: World) -> None:
    """The server is told to stop: it says goodbye, and is started again."""
    life = world.life
    if life is not None and not life.gate.closing:
        world.count("stops")
        life.process.run(life.gate.close_all, Close.GOING_DOWN)
        world.timeline.after(world.dice.random() * 0.5, world.end, life)


def replace_link(world: World) -> None:
    """Somebody makes the old link of a room worth nothing."""
    found = _opened(world)
    if found is not None:
        device, room = found

        def shown(frame: Json) -> None:
            if "result" in frame:
                world.keys[room] = frame["result"]["key"]

        device.ask({"type": "show_link", "room": room, "replace": True}, shown)


def restore(world: World) -> None:
    """The server dies, and the operator puts a backup in its place."""
    if world.life is not None:
        world.crash()
        world.restore()


def back_up(world: World) -> None:
    """The operator makes a backup."""
    world.disk.copy()


def break_disk(world: World) -> None:
    """The next COMMIT fails in a way that nobody can tell what became of it."""
    world.count("disk errors")
    world.disk.weather.dying = True


def fill_disk(world: World) -> None:
    """The disk is full, and then it no longer is."""
    weather = world.disk.weather
    if not weather.full:
        world.count("full disks")
        weather.full = 0.3 + 0.7 * world.dice.random()
        world.timeline.after(world.dice.random() * 2, world.empty_disk)


def set_clock(world: World) -> None:
    """Somebody sets the clock, forth or back."""
    world.count("clock jumps")
    world.timeline.skew += int((world.dice.random() - 0.5) * 7_200_000)


STEPS: tuple[tuple[Step, int], ...] = (
    (post, 240),
    (shout, 50),
    (say_twice, 50),
    (edit, 100),
    (delete, 45),
    (react, 90),
    (come_in, 50),
    (leave, 35),
    (start, 10),
    (open_room, 60),
    (close_room, 30),
    (read_back, 60),
    (look_around, 30),
    (read, 25),
    (type_on, 10),
    (rename, 12),
    (entitle, 15),
    (ask_me, 10),
    (stop_draining, 60),
    (snap, 60),
    (crash, 12),
    (stop, 4),
    (replace_link, 4),
    (back_up, 6),
    (restore, 4),
    (break_disk, 4),
    (fill_disk, 8),
    (set_clock, 4),
)
_TABLE: list[Step] = [step for step, weight in STEPS for _ in range(weight)]


def next_step(world: World) -> Step:
    """Return what happens next."""
    return _TABLE[int(world.dice.random() * len(_TABLE))]
