"""What other sites' pages send in somebody's name is refused, and changes nothing."""

import pytest

from chinwag.protocol.site import Site
from tests.api.conftest import ORIGIN, Serve, Server

FOREIGN = [
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:2429",
    "http://127.0.0.1:24281",
    "https://127.0.0.1:2428/",
    "http://127.0.0.1:2428/",
    "http://127.0.0.1:2428#",
    "http://127.0.0.1:2428@elsewhere.example",
    "http://127.0.0.1.elsewhere.example:2428",
    "http://elsewhere.example",
    "http://elsewhere.example:2428",
    "http://localhost:2428",
    "ftp://127.0.0.1:2428",
    "file://",
    "127.0.0.1:2428",
    "http://127.0.0.1:2428 http://elsewhere.example",
]
POSTS = ["/api/rooms", "/api/join", "/api/look", "/api/forget", "/api/commands"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_page_of_another_origin_is_refused(server: Server, origin: str) -> None:
    page = server.program(Origin=origin, **{"X-Chinwag": "1"})
    answer = await page.post("/api/rooms", json={})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", POSTS)
async def test_no_post_is_open_to_other_sites(server: Server, path: str) -> None:
    ada = await server.guest("Ada")
    for headers in (
        {"Origin": "http://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        for token in (None, ada.token):
            page = server.program(token, **headers)
            answer = await page.post(path, json={"key": ada.key, "type": "me", "id": 1})
            assert answer.status_code == 403, (headers, token)
            assert answer.json()["code"] == "forbidden"
    assert (await ada.client.get("/api/rooms")).status_code == 200


async def test_a_foreign_page_may_not_even_read(server: Server) -> None:
    ada = await server.guest("Ada")
    page = server.program(ada.token, Origin="http://elsewhere.example")
    assert (await page.get("/api/rooms")).status_code == 403


async def test_a_page_of_an_origin_that_the_operator_allows_is_taken(
    serve: Serve,
) -> None:
    server = await serve(site=Site(origins=("https://intranet.example",)))
    page = server.program(Origin="https://intranet.example", **{"X-Chinwag": "1"})
    assert (await page.post("/api/rooms", json={})).status_code == 200


@pytest.mark.parametrize("path", [*POSTS, "/api/rooms/{room}/messages"])
@pytest.mark.parametrize("value", [None, "", "0", "true", "11"])
async def test_a_cookie_changes_nothing_without_our_header(
    server: Server, path: str, value: str | None
) -> None:
    page = server.page()
    made = (await page.post("/api/rooms", json={"as": "Ada"})).json()
    before = (await page.get("/api/rooms")).json()
    del page.headers["X-Chinwag"]
    body = {"type": "leave_room", "id": 1, "key": made["key"], "text": "hullo"}
    body["room"] = made["room"]["id"]
    answer = await page.post(
        path.format(room=made["room"]["id"]),
        json=body,
        headers={} if value is None else {"X-Chinwag": value},
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert "X-Chinwag" in (answer.json().get("detail") or answer.json()["message"])
    assert (await page.get("/api/rooms")).json() == before


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
async def test_a_cookie_changes_nothing_by_what_a_form_can_send(
    server: Server, kind: str
) -> None:
    page = server.page()
    await page.post("/api/rooms", json={})
    answer = await page.post(
        "/api/rooms", content=b'{"name":"Tea"}', headers={"Content-Type": kind}
    )
    assert answer.status_code == 403
    assert len((await page.get("/api/rooms")).json()["rooms"]) == 1


async def test_a_token_in_the_header_needs_no_other(server: Server) -> None:
    ada = await server.guest("Ada")
    assert (await ada.say("Hullo")).status_code == 200
    page = server.program(ada.token, Origin=ORIGIN)
    assert (await page.post("/api/rooms", json={})).status_code == 200
