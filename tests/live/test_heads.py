"""Requests that are too large, too slow or no handshake at all."""

import asyncio

import pytest

from tests.live.servers import Server
from tests.live.wires import UPGRADE


async def knock(server: Server, head: str) -> tuple[int, dict[str, str]]:
    wire = await server.wire()
    wire.send(head.encode("latin-1"))
    return await wire.head()


@pytest.mark.parametrize(
    "more",
    [
        f"X-Long: {'x' * 17_000}\r\n",
        "".join(f"X-{n}: {'y' * 200}\r\n" for n in range(90)),
        "".join(f"X-{n}: y\r\n" for n in range(101)),
        f"Cookie: {'c=d; ' * 4_000}\r\n",
    ],
    ids=["long", "many long", "many", "cookie"],
)
async def test_a_head_that_is_too_large_is_refused_however_it_comes(
    server: Server, more: str
) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    assert (await knock(server, f"GET /up HTTP/1.1\r\n{host}{more}\r\n"))[0] == 431
    wire = await server.wire()
    wire.send(f"GET /up HTTP/1.1\r\n{host}".encode())
    whole = f"{more}\r\n".encode()
    for start in range(0, len(whole), 5_000):
        wire.send(whole[start : start + 5_000])
        await asyncio.sleep(0.005)
    assert (await wire.head())[0] == 431


async def test_a_second_request_has_a_head_of_its_own(server: Server) -> None:
    wire = await server.wire()
    for _ in range(5):
        wire.ask("GET /up HTTP/1.1", Host=f"127.0.0.1:{server.port}", X_A="a" * 9_000)
        status, headers = await wire.head()
        assert status == 200
        await wire.reader.readexactly(int(headers["content-length"]))
    wire.ask("GET /up HTTP/1.1", Host=f"127.0.0.1:{server.port}", X_A="a" * 17_000)
    assert (await wire.head())[0] == 431


async def test_an_address_that_is_too_long_is_refused(server: Server) -> None:
    head = f"GET /up?{'a' * 17_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert (await knock(server, head))[0] == 431


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        ("POST /ws HTTP/1.1", {}, 405),
        ("GET /ws HTTP/1.0", {}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Version": "12"}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": ""}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": "short"}, 400),
    ],
)
async def test_what_is_no_handshake_opens_no_socket(
    server: Server, request_line: str, headers: dict[str, str], status: int
) -> None:
    wire = await server.wire()
    wire.ask(request_line, **(UPGRADE | {"Host": "127.0.0.1"} | headers))
    assert (await wire.head())[0] == status


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ("", None),
        ("chinwag.1", "chinwag.1"),
        ("other, chinwag.1", "chinwag.1"),
        ("other.9", None),
    ],
)
async def test_the_subprotocol_is_ours_where_it_is_offered(
    server: Server, offered: str, chosen: str | None
) -> None:
    wire = await server.wire()
    status, headers = await wire.upgrade(**{"Sec-WebSocket-Protocol": offered})
    assert (status, headers.get("sec-websocket-protocol")) == (101, chosen)
    wire.say("hello")
    assert (await wire.hear())["type"] == "reply"
