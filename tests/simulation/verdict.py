"""What must hold when everything has healed and nobody has anything left to do."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chinwag.domain.events import Entry
from chinwag.domain.messages import digest_cmid
from chinwag.gateway import live_room
from chinwag.gateway.frame import Frame
from chinwag.gateway.live_room import LiveRoom
from chinwag.ids import PersonId, RoomId
from chinwag.protocol.envelope import encode_entry
from tests.simulation.device import Device
from tests.simulation.store import log_of
from tests.simulation.window import CHANGES
from tests.simulation.world import World

Json = dict[str, Any]
_decode = msgspec.json.Decoder(Json).decode


def judge(world: World) -> None:
    """Note all that does not hold."""
    logs: dict[str, dict[int, Json]] = {}
    for device in world.devices:
        _judge_rooms(world, device)
        for room in device.opened:
            if room not in logs:
                logs[room] = read_log(world, room)
            _judge_window(world, device, room, logs[room])
    _judge_acknowledged(world)
    _judge_order(world)
    _judge_memory(world)


def read_log(world: World, room: str) -> dict[int, Json]:
    """Return a room's events as whoever comes now reads them."""
    entries = log_of(world.disk.rows, room_number(room))
    return {entry.seq: _decode(encode_entry(entry)) for entry in entries}


def _judge_window(
    world: World, device: Device, room: str, log: dict[int, Json]
) -> None:
    """See that what was folded is what is read anew (P19)."""
    window = device.windows[room]
    who = f"{device.person.name}-{device.number} in {room}"
    if window.told != len(log):
        world.fail(f"{who} was told {window.told} of {len(log)}")
        return
    for seq in range(window.first, len(log) + 1):
        fresh, held = log[seq], window.items.get(seq)
        if fresh["kind"] in CHANGES:
            continue
        if held != fresh:
            world.fail(f"{who} holds at {seq}: {held}, and the log: {fresh}")
            return
    _judge_presence(world, device, room, who)


def _judge_presence(world: World, device: Device, room: str, who: str) -> None:
    here = {other.person.id for other in world.devices if room in other.opened}
    if device.here[room] != here:
        world.fail(f"{who} sees {device.here[room]}, and here are {here}")


def _judge_rooms(world: World, device: Device) -> None:
    """See that a device knows its person's rooms, and where their logs end."""
    rows = world.disk.rows
    mine = rows.get(("rooms", int(device.person.id, 16)), ())
    who = f"{device.person.name}-{device.number}"
    if set(device.rooms) != {f"{room:x}" for room in mine}:
        world.fail(f"{who} knows {set(device.rooms)}, and is in {mine}")
        return
    for room, known in device.rooms.items():
        head = rows["head", room_number(room)]
        if room not in device.opened and known["head"] != head.seq:
            world.fail(f"{who}: {room} is known to end at {known['head']}: {head}")


def _judge_acknowledged(world: World) -> None:
    """See that what was acknowledged is there, at its place, once (P1, P4)."""
    found: dict[tuple[int, int, str], list[int]] = {}
    for entry in _written(world):
        body = _decode(entry.body)
        if body["text"] in world.referee.refused:
            world.fail(f"was refused, and is in the log: {entry}")
        if entry.kind == "message":
            key = entry.room, entry.by, body["cmid"]
            found.setdefault(key, []).append(entry.seq)
    for key, seq in world.referee.acked.items():
        if found.get(key) != [seq]:
            world.fail(f"{key} was acknowledged at {seq}, and is at {found.get(key)}")
    for key, seqs in found.items():
        if len(seqs) > 1:
            world.fail(f"{key} stands twice: {seqs}")


def _written(world: World) -> list[Entry]:
    rows = world.disk.rows
    entries: list[Entry] = [row for key, row in rows.items() if key[0] == "event"]
    return [entry for entry in entries if entry.kind in {"message", "edited"}]


def _judge_order(world: World) -> None:
    """See that everybody's messages stand in the order in which they sent them (P3)."""
    for person in world.people:
        for room, said in person.said.items():
            last = 0
            for entry in said:
                digest = digest_cmid(PersonId(int(person.id, 16)), entry.cmid)
                key = ("seen", room_number(room), digest)
                seq = world.disk.rows.get(key)
                if entry.failure is not None and entry.tries == 1 and seq is not None:
                    world.fail(f"{entry} was refused, and is in the log")
                if entry.failure is not None or seq is None:
                    continue
                if key in world.referee.taken_back:
                    # Another device may say it again, after what came next.
                    continue
                if seq < last:
                    world.fail(f"{person.name}: {entry.cmid} stands before {last}")
                last = seq


def _judge_memory(world: World) -> None:
    """See that memory holds what it should and no more (P8)."""
    life = world.life
    if life is None:
        return
    if len(life.lobby) > world.referee.tokens:
        world.fail(f"{len(life.lobby)} wait in the lobby: {world.referee.tokens} told")
    if len(life.marks):
        world.fail(f"marks that nobody writes down: {life.marks.due()}")
    rooms: dict[RoomId, LiveRoom] = vars(life.hub)["_rooms"]
    for room in rooms.values():
        kept: Sequence[Frame] = getattr(room, "_kept") or ()  # noqa: B009 - what nobody else sees
        size: int = getattr(room, "_kept_bytes")  # noqa: B009
        if size != sum(len(frame.payload) for frame in kept):
            world.fail(f"kept frames are counted as {size}")
        if size > live_room.KEPT_BYTES:
            world.fail(f"{size} bytes of frames are kept")


def room_number(room: str) -> RoomId:
    """Return a room's number."""
    return RoomId(int(room, 16))
