"""Who somebody is: by header, else by cookie, else by hello, and whom proxies name."""

from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.guests import Guest
from tests.live.servers import Server


async def ask_me(server: Server, *, token: str | None = None, **headers: str) -> str:
    """Return as whom a socket with these headers is greeted, or why it is not."""
    wire = await server.wire()
    status, _ = await wire.upgrade(**headers)
    assert status == 101
    wire.say("hello", 1, **({} if token is None else {"token": token}))
    answer = await wire.hear_answer(1)
    found: str = answer["code"] if "code" in answer else answer["result"]["me"]["id"]
    return found


def cookie(server: Server, token: str | None) -> str:
    return f"other=1; chinwag-{server.port}={token}; more=2"


async def settle(server: Server, name: str) -> Guest:
    """Return somebody who was written down."""
    guest = await server.enter(name)
    await guest.start_room()
    return guest


async def test_a_bearer_goes_before_a_cookie_before_hello(server: Server) -> None:
    ada, bob, cleo = [await settle(server, name) for name in ("Ada", "Bob", "Cleo")]
    bearer, jar = f"Bearer {ada.token}", cookie(server, bob.token)
    assert (
        await ask_me(server, Authorization=bearer, Cookie=jar, token=cleo.token)
        == ada.id
    )
    assert await ask_me(server, Cookie=jar, token=cleo.token) == bob.id
    assert await ask_me(server, token=cleo.token) == cleo.id
    assert await ask_me(server, Authorization=f"bEaReR {ada.token}") == ada.id


async def test_an_unknown_token_is_unauthorized_an_unknown_cookie_is_none(
    server: Server,
) -> None:
    ada = await settle(server, "Ada")
    jar = cookie(server, "unknown")
    assert await ask_me(server, Authorization="Bearer unknown") == "unauthorized"
    assert await ask_me(server, token="unknown") == "unauthorized"
    assert await ask_me(server, Cookie=jar, token=ada.token) == ada.id
    stranger = await ask_me(server, Cookie=jar)
    assert stranger not in {"unauthorized", ada.id}


async def test_a_page_that_nobody_knows_is_unauthorized(server: Server) -> None:
    ada = await settle(server, "Ada")
    own = f"http://127.0.0.1:{server.port}"
    assert await ask_me(server, Origin=own) == "unauthorized"
    jar = cookie(server, "unknown")
    assert await ask_me(server, Origin=own, Cookie=jar) == "unauthorized"
    known = cookie(server, ada.token)
    assert await ask_me(server, Origin=own, Cookie=known) == ada.id


async def test_a_cookie_of_another_port_or_of_https_is_not_looked_at(
    server: Server,
) -> None:
    ada = await settle(server, "Ada")
    own = f"http://127.0.0.1:{server.port}"
    for name in ("chinwag", f"chinwag-{server.port + 1}", "__Host-chinwag"):
        jar = f"{name}={ada.token}"
        assert await ask_me(server, Origin=own, Cookie=jar) == "unauthorized"


@pytest.mark.parametrize("jar", ["", ";;;=", "a=b", "\xff", 'chinwag="', "=x; =y"])
async def test_odd_cookies_are_none(server: Server, jar: str) -> None:
    assert await ask_me(server, Cookie=jar) != "unauthorized"


async def test_nobody_is_who_they_say_they_are(server: Server) -> None:
    """An id is no token: knowing who Ada is does not make anybody Ada."""
    ada = await settle(server, "Ada")
    assert await ask_me(server, token=ada.id) == "unauthorized"
    eve = await server.enter("Ada")
    assert eve.id != ada.id
    told = await eve.ask("me", person=ada.id, by=ada.id, user_id=ada.id)
    assert told["me"]["id"] == eve.id


FORWARDED = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "chat.example",
}
SETTINGS = {
    "CHINWAG_PUBLIC_URL": "https://chat.example",
    "CHINWAG_RATE_JOINS": "1/2",
    "CHINWAG_RATE_CONNECTIONS": "0",
}


async def start_room(server: Server, **headers: str) -> tuple[int, dict[str, str]]:
    """Found a room by HTTP, as a page does."""
    wire = await server.wire()
    head = {
        "Host": f"127.0.0.1:{server.port}",
        "Content-Type": "application/json",
        "Content-Length": "2",
        "X-Chinwag": "1",
        "Sec-Fetch-Site": "same-origin",
    }
    wire.ask("POST /api/rooms HTTP/1.1", **(head | headers))
    wire.send(b"{}")
    return await wire.head()


async def test_forwarded_headers_count_from_a_proxy_that_was_named(
    start: Start, tmp_path: Path
) -> None:
    named = SETTINGS | {"CHINWAG_PROXIES": "127.0.0.0/8"}
    server = start(data=tmp_path / "named", settings=named)
    origin = {"Origin": "https://chat.example"}
    status, headers = await start_room(server, **FORWARDED, **origin)
    assert status in {200, 201}
    assert headers["set-cookie"].startswith("__Host-chinwag=")
    assert "secure" in headers["set-cookie"].lower()
    jar = headers["set-cookie"].partition(";")[0]
    me = await ask_me(server, **FORWARDED, **origin, Cookie=jar)
    assert me != "unauthorized"
    # The client's own address counts, and the nearest that is no proxy.
    for address in ("192.0.2.8", "192.0.2.9", "192.0.2.1, 192.0.2.10, 127.0.0.9"):
        more = FORWARDED | {"X-Forwarded-For": address}
        assert (await start_room(server, **more, **origin))[0] in {200, 201}
    statuses = [(await start_room(server, **FORWARDED, **origin))[0] for _ in range(3)]
    assert 429 in statuses


async def test_forwarded_headers_of_anybody_else_count_for_nothing(
    start: Start, tmp_path: Path
) -> None:
    settings = SETTINGS | {"CHINWAG_PROXIES": "192.0.2.1,10.0.0.0/8"}
    server = start(data=tmp_path / "other", settings=settings)
    own = f"http://127.0.0.1:{server.port}"
    for n in range(2):
        more = FORWARDED | {"X-Forwarded-For": f"192.0.2.{n}"}
        status, headers = await start_room(server, **more, Origin=own)
        assert status in {200, 201}
        assert headers["set-cookie"].startswith(f"chinwag-{server.port}=")
    # All of them came from one address.
    more = FORWARDED | {"X-Forwarded-For": "192.0.2.99"}
    assert (await start_room(server, **more, Origin=own))[0] == 429
    assert await ask_me(server, **more) == "rate_limited"
