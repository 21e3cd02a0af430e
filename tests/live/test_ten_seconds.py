"""Whoever is too slow has ten seconds; all of them at the same time, here."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

import pytest
from websockets.frames import CONT, PING, TEXT, Frame

from tests.live.servers import Server
from tests.live.wires import Wire

SLOW = 10.0
PATIENCE = 16.0


@dataclass(frozen=True)
class Outcome:
    """How it ended, and when: the close code, or the HTTP status."""

    code: int
    seconds: float

    @property
    def in_time(self) -> bool:
        """Whether it was after ten seconds, give or take the clock's turns."""
        return SLOW - 0.5 < self.seconds < SLOW + 2.5


async def until(seconds: float, wire: Wire, data: bytes) -> None:
    """Write a little now and then."""
    loop = asyncio.get_running_loop()
    over = loop.time() + seconds
    while loop.time() < over and not wire.writer.is_closing():
        wire.send(data)
        await asyncio.sleep(0.4)


async def send_an_endless_head(server: Server) -> int:
    wire = await server.wire()
    wire.send(b"GET /up HTTP/1.1\r\n")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(until(SLOW - 1, wire, b"X-More: yes\r\n"))
        status, _ = await wire.head()
    return status


async def say_nothing_at_all(server: Server) -> int:
    wire = await server.wire()
    return len(await wire.rest(PATIENCE))


async def open_a_socket_without_hello(server: Server) -> int:
    wire = await server.wire()
    await wire.upgrade()
    wire.say("ping")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(until(SLOW - 1, wire, masked_ping()))
        return await wire.end(PATIENCE)


async def send_half_a_frame(server: Server) -> int:
    wire = await server.socket()
    whole = masked({"type": "ping", "id": 1})
    wire.send(whole[:5])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(drip(wire, whole[5:20]))
        return await wire.end(PATIENCE)


async def drip(wire: Wire, data: bytes) -> None:
    for place in range(len(data)):
        await asyncio.sleep(0.6)
        wire.send(data[place : place + 1])


async def send_an_endless_message(server: Server) -> int:
    wire = await server.socket()
    wire.frame(TEXT, b'{"type": "ping", ', fin=False)
    async with asyncio.TaskGroup() as tasks:
        # Neither fragments nor pings in between win more time for the whole.
        tasks.create_task(until(SLOW - 1, wire, masked_ping() + fragment()))
        return await wire.end(PATIENCE)


async def speak_without_a_pause(server: Server) -> int:
    """Write for longer than that, so that every read ends amid a frame."""
    wire = await server.socket()
    frame = masked({"type": "ping", "id": 1, "more": "x" * 1_000})
    loop = asyncio.get_running_loop()
    over = loop.time() + SLOW + 2
    rest, answers = b"", 0
    while loop.time() < over:
        wire.send(rest + frame[:500])
        rest = frame[500:]
        await asyncio.sleep(0.05)
        answers += 1
    wire.send(rest)
    for _ in range(answers):
        assert (await wire.hear())["type"] == "reply"
    return 0


async def stall_amid_a_frame(server: Server) -> int:
    """Stop reading, so that the server stops reading too, with half a frame there."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    for n in range(20):
        await ada.post(room, f"{n} " + "x" * 9_000)
    wire = await server.socket(window=4_096)
    wire.say("join_room", 1, key=room.key)
    await wire.hear_answer(1)
    for n in range(40):
        wire.say("history", 100 + n, room=room.id, limit=50)
    frame = masked({"type": "ping", "id": 2})
    wire.send(frame[:6])
    await asyncio.sleep(SLOW + 2)
    wire.send(frame[6:])
    assert (await wire.hear_answer(2))["type"] == "reply"
    return 0


def masked(command: dict[str, object]) -> bytes:
    return Frame(TEXT, json.dumps(command).encode()).serialize(mask=True)


def masked_ping() -> bytes:
    return Frame(PING, b"").serialize(mask=True)


def fragment() -> bytes:
    return Frame(CONT, b" ", fin=False).serialize(mask=True)


Scene = Callable[[Server], Coroutine[None, None, int]]
Outcomes = dict[Scene, Outcome]
SCENES: tuple[Scene, ...] = (
    send_an_endless_head,
    say_nothing_at_all,
    open_a_socket_without_hello,
    send_half_a_frame,
    send_an_endless_message,
    speak_without_a_pause,
    stall_amid_a_frame,
)


@pytest.fixture(scope="module")
def outcomes(shared_server: Server) -> Outcomes:
    """Play all scenes at once."""

    async def play() -> Outcomes:
        loop = asyncio.get_running_loop()
        begun = loop.time()

        async def time(scene: Scene) -> Outcome:
            return Outcome(await scene(shared_server), loop.time() - begun)

        async with asyncio.TaskGroup() as tasks:
            runs = {scene: tasks.create_task(time(scene)) for scene in SCENES}
        await shared_server.see_out()
        return {scene: run.result() for scene, run in runs.items()}

    return asyncio.run(play())


def test_a_head_that_never_ends_is_refused_after_ten_seconds(
    outcomes: Outcomes,
) -> None:
    """Slowloris: a line now and then does not win more time."""
    assert outcomes[send_an_endless_head].code == 408
    assert outcomes[send_an_endless_head].in_time


def test_a_connection_that_asks_nothing_is_closed_without_a_word(
    outcomes: Outcomes,
) -> None:
    assert outcomes[say_nothing_at_all].code == 0
    assert outcomes[say_nothing_at_all].in_time


def test_a_socket_that_does_not_say_hello_is_told_not_to_come_back(
    outcomes: Outcomes,
) -> None:
    assert outcomes[open_a_socket_without_hello].code == 4500
    assert outcomes[open_a_socket_without_hello].in_time


def test_half_a_frame_ends_the_socket_after_ten_seconds(outcomes: Outcomes) -> None:
    assert outcomes[send_half_a_frame].code == 4001
    assert outcomes[send_half_a_frame].in_time


def test_half_a_message_ends_the_socket_however_busy_it_is(outcomes: Outcomes) -> None:
    assert outcomes[send_an_endless_message].code == 4001
    assert outcomes[send_an_endless_message].in_time


def test_a_socket_that_always_has_a_frame_on_its_way_lives_on(
    outcomes: Outcomes,
) -> None:
    assert outcomes[speak_without_a_pause].code == 0


def test_half_a_frame_that_the_server_does_not_read_is_not_held_against_anybody(
    outcomes: Outcomes,
) -> None:
    assert outcomes[stall_amid_a_frame].code == 0
