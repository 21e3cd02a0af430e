"""Whoever sends a body too slowly has ten seconds a piece; all of them at once, here.

What is too slow in heads and frames is in tests/live/test_ten_seconds.py.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import NamedTuple

import pytest

from tests.live.servers import Server
from tests.live.wires import Wire
from tests.security.tally import Tally

PAUSE = 10.0
PATIENCE = 25.0
POST = "POST /api/look HTTP/1.1"


class Outcome(NamedTuple):
    """Which statuses came, in order, and after how many seconds the end."""

    statuses: list[int]
    seconds: float

    @property
    def in_time(self) -> bool:
        """Whether it was ten seconds, give or take those of a slow machine."""
        return PAUSE - 0.5 < self.seconds < PAUSE + 8


async def begin(server: Server, request: str = POST, **headers: str) -> Wire:
    """Send the head of a request."""
    wire = await server.wire()
    headers = {"Content_Length": "1000", "Content_Type": "application/json"} | headers
    wire.ask(request, Host="127.0.0.1", **headers)
    return wire


async def drip(wire: Wire, seconds: float, piece: bytes) -> None:
    """Send a little every now and then, until it is over."""
    for _ in range(round(seconds)):
        if wire.writer.is_closing():
            return
        wire.send(piece)
        await asyncio.sleep(1)


async def send_no_body(server: Server) -> Wire:
    return await begin(server)


async def send_half_a_body(server: Server) -> Wire:
    wire = await begin(server)
    wire.send(b'{"key":')
    return wire


async def send_half_a_chunk(server: Server) -> Wire:
    wire = await begin(server, Content_Length="", Transfer_Encoding="chunked")
    wire.send(b"5\r\n{")
    return wire


async def send_a_body_that_nobody_wants(server: Server) -> Wire:
    return await begin(server, "POST /api/nowhere HTTP/1.1")


async def send_half_a_body_behind_an_answer_without_end(server: Server) -> Wire:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    wire = await server.wire()
    stream = f"GET /api/rooms/{room.id}/stream HTTP/1.1"
    wire.ask(stream, Host="127.0.0.1", Authorization=f"Bearer {ada.token}")
    wire.ask(POST, Host="127.0.0.1", Content_Length="1000")
    return wire


async def send_blank_lines_for_ever(server: Server) -> Wire:
    wire = await server.wire()
    wire.ask("GET /up HTTP/1.1", Host="127.0.0.1")
    await wire.reader.readuntil(b"HTTP/1.1 200")
    return wire


Scene = Callable[[Server], Coroutine[None, None, Wire]]
Outcomes = dict[Scene, Outcome]
SCENES: dict[Scene, bytes] = {
    send_no_body: b"",
    send_half_a_body: b"",
    send_half_a_chunk: b"",
    send_a_body_that_nobody_wants: b"",
    send_half_a_body_behind_an_answer_without_end: b"",
    send_blank_lines_for_ever: b"\r\n",
}


async def play(scene: Scene, server: Server) -> Outcome:
    loop = asyncio.get_running_loop()
    wire = await scene(server)
    begun = loop.time()
    async with asyncio.TaskGroup() as tasks:
        dripping = tasks.create_task(drip(wire, PATIENCE, SCENES[scene]))
        said = b""
        try:
            said = await wire.rest(PATIENCE)
        except TimeoutError:
            said = b"HTTP/1.1 000 It is still there.\r\n"
        seconds = loop.time() - begun
        dripping.cancel()
    statuses = [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]
    return Outcome(statuses, seconds)


@pytest.fixture(scope="module")
def outcomes(house: Server, tally: Tally) -> Outcomes:
    """Play all scenes at once."""

    async def play_all() -> Outcomes:
        async with asyncio.TaskGroup() as tasks:
            runs = {scene: tasks.create_task(play(scene, house)) for scene in SCENES}
        await house.see_out()
        return {scene: run.result() for scene, run in runs.items()}

    outcomes = asyncio.run(play_all())
    for outcome in outcomes.values():
        tally.feed("slow HTTP", outcome.statuses[-1] if outcome.statuses else "closed")
    return outcomes


@pytest.mark.parametrize("scene", [send_no_body, send_half_a_body, send_half_a_chunk])
def test_a_body_that_does_not_come_is_answered_with_408(
    outcomes: Outcomes, scene: Scene
) -> None:
    assert outcomes[scene].statuses == [408]
    assert outcomes[scene].in_time


def test_a_body_that_nobody_waits_for_is_not_answered_twice(
    outcomes: Outcomes,
) -> None:
    assert outcomes[send_a_body_that_nobody_wants].statuses == [404]
    assert outcomes[send_a_body_that_nobody_wants].in_time


def test_half_a_body_behind_another_request_is_no_second_answer_to_that(
    outcomes: Outcomes,
) -> None:
    outcome = outcomes[send_half_a_body_behind_an_answer_without_end]
    assert outcome.statuses == [200]
    assert outcome.in_time


def test_blank_lines_keep_no_connection_open(outcomes: Outcomes) -> None:
    assert outcomes[send_blank_lines_for_ever].statuses == [408]
    assert outcomes[send_blank_lines_for_ever].in_time


async def test_a_body_in_pieces_that_come_in_time_is_heard(server: Server) -> None:
    wire = await begin(server, Content_Length="14")
    for piece in (b'{"k', b'ey": ', b'"no"', b" }"):
        wire.send(piece)
        await asyncio.sleep(0.3)
    assert (await wire.head())[0] == 404
