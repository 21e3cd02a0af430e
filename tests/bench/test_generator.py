"""The load generator counts right, compiled or not: all else stands on that."""

import asyncio
from dataclasses import replace
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

from bench.compiling import can_inflate
from bench.load import Load, Outcome, driving, find_generator
from bench.peers import Line
from tests.bench.known import (
    KNOWN,
    LINES,
    Error,
    known_server,
    line_server,
    plan,
    plan_lines,
)

QUICK = Load(window=2, warm_up=0.1, seconds=0.4, quiet=0.2, drain=0.5)
SURE = replace(QUICK, seconds=2.0)
"""Long enough that something is delivered in it on a machine that is busy elsewhere."""
MEMBERS, SENDERS = 7, 3
HAS_COMPILER = find_generator() != find_generator(compiled=False)

compiled = pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(
            True,
            marks=pytest.mark.skipif(not HAS_COMPILER, reason="no C compiler here"),
            id="compiled",
        ),
        pytest.param(False, id="fallback"),
    ],
)


def drive(port: int, load: Load, *, compiled: bool, deflate: bool = False) -> Outcome:
    lines, dialect = plan(MEMBERS, SENDERS), replace(KNOWN, deflate=deflate)
    with driving(port, dialect, lines, load, compiled=compiled) as generator:
        return generator.go()


def drive_lines(port: int, *, compiled: bool) -> Outcome:
    lines = plan_lines(MEMBERS, SENDERS)
    with driving(port, LINES, lines, QUICK, compiled=compiled) as generator:
        return generator.go()


@compiled
async def test_a_peer_that_speaks_in_lines_is_counted_and_its_pings_answered(
    *, compiled: bool
) -> None:
    async with line_server() as (server, port):
        total = (await asyncio.to_thread(drive_lines, port, compiled=compiled))["all"]
    assert server.pongs == MEMBERS
    assert server.posts > SENDERS * QUICK.window
    assert total["posts"] == total["acks"] == server.posts
    assert total["deliveries"] == server.posts * MEMBERS
    assert [total[name] for name in ("missing", "doubled", "lost")] == [0, 0, 0]


@compiled
@pytest.mark.parametrize(
    ("error", "fault"), [(Error.LOSES, "missing"), (Error.DOUBLES, "doubled")]
)
async def test_a_fault_is_noticed_in_lines_too(
    *, compiled: bool, error: Error, fault: str
) -> None:
    async with line_server(error) as (_, port):
        seen = await asyncio.to_thread(drive_lines, port, compiled=compiled)
    assert seen["all"][fault] == 1


@compiled
async def test_who_has_nothing_to_say_first_is_in_with_the_handshake(
    *, compiled: bool
) -> None:
    async def talk(line: ServerConnection) -> None:
        members.add(line)
        async for text in line:
            broadcast(members, f"MSG {text}")

    def run(port: int) -> Outcome:
        lines = [Line(place < SENDERS, 0, "r0 $t", ()) for place in range(MEMBERS)]
        with driving(port, LINES, lines, QUICK, compiled=compiled) as generator:
            return generator.go()

    members: set[ServerConnection] = set()
    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        total = (await asyncio.to_thread(run, port))["all"]
    assert total["deliveries"] == total["posts"] * MEMBERS > 0
    assert total["posts"] == total["acks"]


@compiled
@pytest.mark.parametrize("dribble", [0, 7, 1_000])
async def test_every_delivery_is_counted_once_however_it_is_cut(
    *, compiled: bool, dribble: int
) -> None:
    async with known_server(dribble=dribble) as (server, port):
        seen = await asyncio.to_thread(drive, port, SURE, compiled=compiled)
    total = seen["all"]
    assert server.posts > SENDERS * QUICK.window
    assert total["posts"] == total["acks"] == server.posts
    assert total["deliveries"] == server.posts * MEMBERS
    faults = ("missing", "doubled", "disordered", "lost", "refused")
    assert [total[name] for name in faults] == [0, 0, 0, 0, 0]
    assert 0 < seen["deliveries"] <= total["deliveries"]


@compiled
@pytest.mark.parametrize("size", [60, 3_000, 80_000])
async def test_short_and_long_texts_are_counted_alike(
    *, compiled: bool, size: int
) -> None:
    load = Load(window=1, size=size, warm_up=0.1, seconds=0.3, quiet=0.2)
    async with known_server() as (server, port):
        seen = await asyncio.to_thread(drive, port, load, compiled=compiled)
    assert seen["all"]["deliveries"] == server.posts * MEMBERS
    assert seen["all"]["disordered"] == 0


@compiled
@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (Error.LOSES, "missing"),
        (Error.DOUBLES, "doubled"),
        (Error.SWAPS, "disordered"),
        (Error.REFUSES, "refused"),
    ],
)
async def test_a_fault_is_noticed(*, compiled: bool, error: Error, fault: str) -> None:
    async with known_server(error) as (_, port):
        seen = await asyncio.to_thread(drive, port, QUICK, compiled=compiled)
    assert seen["all"][fault] >= 1


@pytest.mark.skipif(not can_inflate(), reason="no zlib to build with here")
@pytest.mark.parametrize("dribble", [0, 7])
@pytest.mark.parametrize("size", [60, 30_000])
async def test_what_is_in_compressed_frames_is_counted_for_all_who_get_them(
    dribble: int, size: int
) -> None:
    load = replace(SURE, window=1, size=size)
    async with known_server(dribble=dribble) as (server, port):
        seen = await asyncio.to_thread(drive, port, load, compiled=True, deflate=True)
    total = seen["all"]
    assert server.posts > SENDERS
    assert total["deliveries"] == server.posts * MEMBERS
    faults = ("missing", "doubled", "disordered", "lost", "refused")
    assert [total[name] for name in faults] == [0, 0, 0, 0, 0]
    assert seen["delivered_ms"]["p50"] > 0


@pytest.mark.skipif(not can_inflate(), reason="no zlib to build with here")
@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (Error.LOSES, "missing"),
        (Error.DOUBLES, "doubled"),
        (Error.SWAPS, "disordered"),
    ],
)
async def test_a_fault_in_a_compressed_frame_is_noticed(
    error: Error, fault: str
) -> None:
    async with known_server(error) as (_, port):
        seen = await asyncio.to_thread(drive, port, QUICK, compiled=True, deflate=True)
    assert seen["all"][fault] >= 1


@compiled
async def test_at_a_given_rate_it_posts_that_often(*, compiled: bool) -> None:
    # Long enough that a machine which stands still for half a second changes little.
    load = Load(warm_up=0.2, seconds=4.0, rate=100, quiet=0.2)
    async with known_server() as (_, port):
        seen = await asyncio.to_thread(drive, port, load, compiled=compiled)
    assert 80 <= seen["acks"] / seen["elapsed"] <= 120
    assert 0 < seen["delivered_ms"]["p50"] <= seen["delivered_ms"]["p99"] < 1_000


async def test_a_server_that_refuses_the_handshake_is_no_measure() -> None:
    def refuse(line: ServerConnection, _: Request) -> Response:
        return line.respond(HTTPStatus.SERVICE_UNAVAILABLE, "not now")

    async def talk(line: ServerConnection) -> None:
        pytest.fail(f"{line} got in")

    async with serve(talk, "127.0.0.1", 0, process_request=refuse) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(RuntimeError, match="did not get in"):
            await asyncio.to_thread(drive, port, QUICK, compiled=HAS_COMPILER)
