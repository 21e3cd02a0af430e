"""Pages of other sites get no answer, and headers that anybody can write no belief."""

import asyncio
import itertools
import json

from tests.live.servers import Server
from tests.security.tally import Tally

AT_ONCE = 16
OWN = "127.0.0.1"
SCHEMES = ("http", "https", "ws", "HTTP", "ftp", "file", "data", "blob:http", "")
HOSTS = (
    *(
        "evil.example",
        "{own}.evil.example",
        "evil.example.{own}",
        "127.1",
        "2130706433",
    ),
    *(
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.0.0.2",
        "localhost",
    ),
    *("{own}@evil.example", "evil.example@{own}", "{own}%00", "{own}.", "127.0.0.1%2e"),
)
TAILS = (
    "{port}",
    "80",
    "443",
    "1{port}",
    "{port}/",
    "{port}#",
    "{port}?",
    "{port} ",
    "",
)
AS_NOBODY = (
    "null",
    "",
    "*",
    "undefined",
    "about:blank",
    "chrome-extension://abc",
    "//x",
)


def origins(port: int) -> list[str]:
    """Return origins that are not the server's own, by the hundred."""
    own = f"http://{OWN}:{port}"
    made = {
        f"{scheme}://{host}:{tail}".format(own=OWN, port=port)
        for scheme, host, tail in itertools.product(SCHEMES, (*HOSTS, "{own}"), TAILS)
    }
    made |= {
        f"{own}{more}" for more in (", null", " null", "\t", ";", "\\", ",", "\x00")
    }
    made |= {f"null {own}", f"{own}, {own}", own.upper(), *AS_NOBODY}
    # Host and port tell a site: TLS may end at a proxy that says nothing of it.
    ours = (own, own.replace("http", "https"))
    return sorted(each for each in made if each.strip(" \t") not in {*ours, ""})


async def ask(server: Server, request: str, **headers: str) -> int:
    wire = await server.wire()
    wire.ask(request, **{"Host": f"{OWN}:{server.port}"} | headers)
    status, _ = await wire.head()
    await wire.drop()
    return status


async def test_a_page_of_another_site_gets_403_by_every_way_in(
    server: Server, tally: Tally
) -> None:
    room = asyncio.Semaphore(AT_ONCE)
    let_in: list[tuple[str, int]] = []
    foreign = origins(server.port)
    some = foreign[:: len(foreign) // 160]
    assert len(some) >= 120

    async def see(origin: str) -> None:
        async with room:
            wire = await server.wire()
            socket, _ = await wire.upgrade(Origin=origin)
            post = await ask(server, "POST /api/look HTTP/1.1", Origin=origin)
            read = await ask(server, "GET /api/rooms HTTP/1.1", Origin=origin)
        for status in (socket, post, read):
            tally.feed("origins", status)
            # What may not stand in a header at all is no request.
            if status != 403 and not (status == 400 and "\x00" in origin):
                let_in.append((origin, status))

    async with asyncio.TaskGroup() as tasks:
        for origin in some:
            tasks.create_task(see(origin))
    assert not let_in


ADDRESSES = ("192.0.2.9", "::1", "127.0.0.1", "unknown", "10.0.0.1, 192.0.2.9", "")
SAID = (
    *(
        ("X-Forwarded-Proto", proto)
        for proto in ("https", "wss", "HTTPS", "x", "https,http")
    ),
    *(
        ("X-Forwarded-Host", host)
        for host in ("evil.example", "a.local", "x:1", "", "a b")
    ),
    *(("X-Forwarded-For", address) for address in ADDRESSES),
    *(("X-Real-IP", address) for address in ADDRESSES),
    *(("X-Forwarded-Port", port) for port in ("443", "1", "x")),
    *(
        ("X-Forwarded-Scheme", "https"),
        ("X-Forwarded-Ssl", "on"),
        ("Front-End-Https", "on"),
    ),
    *(("X-Forwarded-Server", "evil.example"), ("X-Host", "evil.example")),
    *(
        ("X-Original-URL", "/metrics"),
        ("X-Rewrite-URL", "/metrics"),
        ("Via", "1.1 evil"),
    ),
    *(("X-Forwarded-Prefix", "/evil"), ("X-HTTP-Method-Override", "DELETE")),
    *(("Forwarded", f"for={a};proto=https;host=evil.example") for a in ADDRESSES),
    *(("True-Client-IP", "192.0.2.9"), ("CF-Connecting-IP", "192.0.2.9")),
)


async def test_whoever_is_no_known_proxy_is_not_believed(
    server: Server, tally: Tally
) -> None:
    pairs = list(itertools.combinations(SAID, 2))
    believed: list[tuple[str, ...]] = []
    cases = [((one,)) for one in SAID] + pairs[:: len(pairs) // 90]
    assert len(cases) >= 120
    for case in cases:
        wire = await server.wire()
        body = json.dumps({"name": "Tea", "as": "Ada"})
        head = {
            "Host": f"{OWN}:{server.port}",
            "Content-Type": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "Content-Length": str(len(body)),
        } | dict(case)
        wire.ask("POST /api/rooms HTTP/1.1", **head)
        wire.send(body.encode())
        status, headers = await wire.head()
        told = json.loads(await wire.reader.readexactly(int(headers["content-length"])))
        tally.feed("proxy headers", status)
        cookie = headers["set-cookie"]
        own = f"http://{OWN}:{server.port}/join#"
        plain = cookie.startswith(f"chinwag-{server.port}=") and "Secure" not in cookie
        if not (status == 200 and told["link"].startswith(own) and plain):
            believed.append((*map(str, case), cookie))
        await wire.drop()
    assert not believed
