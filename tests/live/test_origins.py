"""Pages of other sites, and other names for us, come no further than the handshake."""

import asyncio

import pytest

from tests.live.servers import Server
from tests.live.wires import UPGRADE

FOREIGN = """
null
http://evil.example
https://evil.example
http://evil.example:{port}
http://127.0.0.1
http://127.0.0.1:1
http://127.0.0.1:{port}0
http://127.0.0.1:{port}.evil.example
http://127.0.0.1.evil.example:{port}
http://evil.example#127.0.0.1:{port}
http://evil.example?127.0.0.1:{port}
http://evil.example/127.0.0.1:{port}
http://127.0.0.1:{port}@evil.example
http://evil.example@127.0.0.1:{port}
http://user:pass@127.0.0.1:{port}
http://127.0.0.1:{port}/
http://127.0.0.1:{port}/page
http://127.0.0.1:{port}?
http://127.0.0.1:{port}#
http://127.0.0.2:{port}
http://127.1:{port}
http://2130706433:{port}
http://0x7f000001:{port}
http://0177.0.0.1:{port}
http://[::1]:{port}
http://[::ffff:127.0.0.1]:{port}
http://localhost:{port}
http://localhost
http://127.0.0.1:
http://127.0.0.1:port
http://127.0.0.1:-1
http://127.0.0.1:99999999
http://
http:
http:127.0.0.1:{port}
http:/127.0.0.1:{port}
http:///127.0.0.1:{port}
//127.0.0.1:{port}
127.0.0.1:{port}
127.0.0.1
ws://127.0.0.1:{port}
wss://127.0.0.1:{port}
ftp://127.0.0.1:{port}
file://
file://127.0.0.1:{port}
data:text/html,hello
blob:http://127.0.0.1:{port}/1
javascript://127.0.0.1:{port}
chrome-extension://abcdefghijklmnop
moz-extension://127.0.0.1:{port}
about:blank
http://127.0.0.1:{port}, http://evil.example
http://evil.example, http://127.0.0.1:{port}
http://127.0.0.1:{port} http://evil.example
http://127.0.0.1%00.evil.example:{port}
http://127.0.0.1\\.evil.example:{port}
http://evil.example\\@127.0.0.1:{port}
http://127。0。0。1:{port}
http://[127.0.0.1]:{port}
http://*:{port}
*
undefined
""".split("\n")[1:-1]
FOREIGN_HOSTS = """
evil.example
evil.example:{port}
127.0.0.1.evil.example:{port}
127.0.0.1.nip.io
localhost.evil.example
evil.local.example
local
localhostt
127.0.0.1:{port}@evil.example
127.0.0.1:{port}/
""".split()


async def ask(server: Server, **headers: str) -> int:
    wire = await server.wire()
    status, _ = await wire.upgrade(**headers)
    return status


async def test_a_page_of_any_other_origin_is_refused_with_403(server: Server) -> None:
    let_in: list[str] = []
    for origin in FOREIGN:
        # What is no Latin-1 goes over the wire as a browser's UTF-8 would.
        raw = origin.format(port=server.port).encode().decode("latin-1")
        if await ask(server, Origin=raw) != 403:
            let_in.append(origin)
    assert not let_in


async def test_two_origins_are_as_foreign_as_a_wrong_one(server: Server) -> None:
    own = f"http://127.0.0.1:{server.port}"
    wire = await server.wire()
    twice = f"127.0.0.1:{server.port}\r\nOrigin: {own}\r\nOrigin: {own}"
    wire.ask(**UPGRADE, Host=twice)
    assert (await wire.head())[0] == 403


async def test_the_servers_own_page_and_programs_come_in(server: Server) -> None:
    assert await ask(server, Origin=f"http://127.0.0.1:{server.port}") == 101
    assert await ask(server) == 101
    local = f"chat.local:{server.port}"
    assert await ask(server, Host=local, Origin=f"http://{local}") == 101


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_a_foreign_host_is_misdirected(server: Server, host: str) -> None:
    host = host.format(port=server.port)
    assert await ask(server, Host=host) == 421
    wire = await server.wire()
    wire.ask("GET /up HTTP/1.1", Host=host)
    assert (await wire.head())[0] == 421


@pytest.mark.parametrize("host", ["Host: a.local\r\nHost: b.local\r\n", ""])
async def test_a_request_has_exactly_one_host(server: Server, host: str) -> None:
    wire = await server.wire()
    wire.send(f"GET /up HTTP/1.1\r\n{host}\r\n".encode())
    assert (await wire.head())[0] == 400


async def test_refused_handshakes_end_the_connection(server: Server) -> None:
    wire = await server.wire()
    status, headers = await wire.upgrade(Origin="http://evil.example")
    assert (status, headers["connection"]) == (403, "close")
    async with asyncio.timeout(5):
        body = await wire.reader.read()
    assert body == b"Pages of another site can't connect here.\n"
