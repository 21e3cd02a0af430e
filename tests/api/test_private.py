"""What holds for all routes that tell or change something of somebody's."""

import sqlite3

import pytest

from chinwag.api.app import Edge
from tests.api.conftest import ORIGIN, Server

PRIVATE = {
    ("GET", "/api/rooms"),
    ("POST", "/api/rooms"),
    ("POST", "/api/look"),
    ("POST", "/api/join"),
    ("POST", "/api/forget"),
    ("POST", "/api/commands"),
    ("GET", "/api/rooms/{room}"),
    ("GET", "/api/rooms/{room}/events"),
    ("GET", "/api/search"),
    ("GET", "/api/rooms/{room}/stream"),
    ("POST", "/api/rooms/{room}/messages"),
    ("GET", "/api/openapi.json"),
}
SHORT = sorted(each for each in PRIVATE if "stream" not in each[1])


def list_routes(app: Edge) -> set[tuple[str, str]]:
    """Return the methods and paths below /api that do something."""
    return {
        (method, route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", [])
        if route.path_format.startswith("/api/") and method != "OPTIONS"
    }


def dump(server: Server) -> list[str]:
    """Return all that the database holds."""
    with sqlite3.connect(server.store.path) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


async def test_these_are_all_of_them(server: Server) -> None:
    assert isinstance(server.app, Edge)
    routes = list_routes(server.app)
    assert {each for each in routes if "openapi.json/" not in each[1]} == PRIVATE


@pytest.mark.parametrize(("method", "path"), SHORT)
async def test_nobody_keeps_a_private_answer(
    server: Server, method: str, path: str
) -> None:
    ada = await server.guest("Ada")
    path = path.format(room=ada.room)
    body = {"key": ada.key, "text": "Hullo", "type": "me", "id": 1}
    q = {"q": "Hullo"}
    known = await ada.client.request(method, path, json=body, params=q)
    nobody = await server.program().request(method, path, json={})
    foreign = await server.program(Origin="http://elsewhere.example").request(
        method, path, json=body
    )
    assert known.status_code < 300
    for answer in (known, nobody, foreign):
        assert answer.headers["cache-control"] == "no-store"


async def test_no_get_has_an_effect(server: Server) -> None:
    ada, page = await server.guest("Ada"), server.page()
    await page.post("/api/join", json={"key": ada.key})
    await ada.say("Hullo")
    before = dump(server)
    clients = (ada.client, page, server.program(), server.page(), server.program("x"))
    paths = [path.format(room=ada.room) for method, path in SHORT if method == "GET"]
    for client in clients:
        for path in (*paths, "/", "/join", f"/room/{ada.room}", "/metrics", "/up"):
            answer = await client.get(path, headers={"Origin": ORIGIN})
            assert "set-cookie" not in answer.headers
            await client.head(path)
            await client.request("OPTIONS", path)
    assert dump(server) == before
    assert not server.lobby._people  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


async def test_a_route_that_changes_something_cannot_be_got(server: Server) -> None:
    ada = await server.guest("Ada")
    for method, path in PRIVATE:
        if method == "POST" and ("GET", path) not in PRIVATE:
            answer = await ada.client.get(path.format(room=ada.room))
            assert answer.status_code == 405
