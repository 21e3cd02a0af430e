"""How many connections one address may make for plain HTTP, and for how long."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator

import psutil
import pytest

from tests.live.servers import RATES_OFF, Server

FEW = RATES_OFF | {"CHINWAG_RATE_CONNECTIONS": "1/2"}
"""Four times as many for HTTP: four a second, eight at once."""
AT_ONCE = 8
FULL_AGAIN = 2.5
LONG = 70.0


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """A server that lets few connections in."""
    server = Server(tmp_path_factory.mktemp("few") / "data", settings=FEW)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def strict(few: Server) -> AsyncGenerator[Server]:
    """That server, when it would let all in that it ever does."""
    await asyncio.sleep(FULL_AGAIN)
    yield few
    await few.see_out()


async def ask(server: Server) -> tuple[int, dict[str, str]]:
    wire = await server.wire()
    wire.ask("GET /up HTTP/1.1", Host="127.0.0.1")
    return await wire.head()


async def test_plain_connections_count_against_their_address(strict: Server) -> None:
    told = await asyncio.gather(*(ask(strict) for _ in range(5 * AT_ONCE)))
    statuses = Counter(status for status, _ in told)
    assert statuses.keys() == {200, 429}
    assert statuses[200] >= AT_ONCE
    refusal = next(headers for status, headers in told if status == 429)
    assert refusal["retry-after"] == "1"
    assert refusal["connection"] == "close"
    await asyncio.sleep(1.2)
    assert (await ask(strict))[0] == 200


async def test_whoever_comes_too_fast_and_says_nothing_is_soon_gone(
    strict: Server,
) -> None:
    wires = [await strict.wire() for _ in range(5 * AT_ONCE)]
    begun = asyncio.get_running_loop().time()
    async with asyncio.timeout(20):
        said = await wires[-1].rest()
    assert said == b""
    # Whoever was in time has ten seconds for their head.
    assert asyncio.get_running_loop().time() - begun < 8


async def test_a_connection_on_which_much_is_asked_counts_once(strict: Server) -> None:
    wire = await strict.wire()
    for _ in range(10 * AT_ONCE):
        wire.ask("GET /up HTTP/1.1", Host="127.0.0.1")
        status, headers = await wire.head()
        assert status == 200
        await wire.reader.readexactly(int(headers["content-length"]))


async def test_an_answer_that_nobody_takes_is_dropped_after_a_minute(
    server: Server, *, campaign: bool
) -> None:
    if not campaign:
        pytest.skip("NOT PROVED HERE: it takes a minute; see --campaign.")
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post_all(room, [f"{n} " + "x" * 9_000 for n in range(25)])
    wire = await server.wire(window=4_096)
    for _ in range(40):
        page = f"GET /api/rooms/{room.id}/events?limit=200 HTTP/1.1"
        wire.ask(page, Host="127.0.0.1", Authorization=f"Bearer {ada.token}")
    begun = asyncio.get_running_loop().time()
    peer = wire.writer.get_extra_info("sockname")[1]
    while is_open(server, peer):
        await asyncio.sleep(1)
        assert asyncio.get_running_loop().time() - begun < LONG
    assert asyncio.get_running_loop().time() - begun > 55


def is_open(server: Server, port: int) -> bool:
    """Tell whether the server still holds the connection from that port."""
    lines = psutil.Process(server.own_pid).net_connections("tcp")
    return any(line.raddr and line.raddr.port == port for line in lines)


async def test_a_body_that_never_ends_has_a_minute(
    server: Server, *, campaign: bool
) -> None:
    if not campaign:
        pytest.skip("NOT PROVED HERE: it takes a minute; see --campaign.")
    wire = await server.wire()
    wire.ask("POST /api/look HTTP/1.1", Host="127.0.0.1", Content_Length="1000")
    begun = asyncio.get_running_loop().time()

    async def drip() -> None:
        while not wire.writer.is_closing():
            wire.send(b" ")
            await asyncio.sleep(1)

    async with asyncio.TaskGroup() as tasks:
        dripping = tasks.create_task(drip())
        said = await wire.rest(LONG)
        dripping.cancel()
    assert said.startswith(b"HTTP/1.1 408 ")
    assert 59 < asyncio.get_running_loop().time() - begun < LONG
