"""Becoming somebody by HTTP, staying it, and being forgotten."""

import pytest

from chinwag.domain.rates import Rate
from chinwag.protocol.site import Site
from tests.api.conftest import HOST, ORIGIN, Serve, Server

COOKIE = "chinwag-2428"


async def test_a_program_that_starts_a_room_is_a_guest_and_is_told_its_token(
    server: Server,
) -> None:
    answer = await server.program().post(
        "/api/rooms", json={"name": "Tea", "as": "Ada"}
    )
    assert answer.status_code == 200
    made = answer.json()
    assert made["room"]["name"] == "Tea"
    assert made["me"]["name"] == "Ada"
    assert made["link"] == f"{ORIGIN}/join#{made['key']}"
    assert "set-cookie" not in answer.headers
    mine = await server.program(made["token"]).get("/api/rooms")
    assert mine.json()["me"] == made["me"]


async def test_a_page_that_starts_a_room_gets_a_cookie_and_no_token(
    server: Server,
) -> None:
    page = server.page()
    answer = await page.post("/api/rooms", json={"name": "Tea", "as": "Ada"})
    assert answer.status_code == 200
    assert "token" not in answer.json()
    assert answer.json()["me"]["name"] == "Ada"
    attributes = answer.headers["set-cookie"].lower().split("; ")
    assert attributes[0].startswith(f"{COOKIE}=")
    assert {*attributes[1:]} == {
        "httponly",
        "max-age=34560000",
        "path=/",
        "samesite=lax",
    }
    assert (await page.get("/api/rooms")).json()["me"] == answer.json()["me"]


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site"])
async def test_one_header_that_only_browsers_send_makes_a_page(
    server: Server, header: str
) -> None:
    said = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}[header]
    page = server.program(**{header: said})
    answer = await page.post("/api/rooms", json={})
    assert "token" not in answer.json()
    assert answer.cookies[COOKIE]


async def test_over_https_the_cookie_is_tied_to_the_host_and_secure(
    server: Server,
) -> None:
    page = server.page("https://127.0.0.1:2428")
    answer = await page.post("/api/rooms", json={})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-chinwag=")
    assert "Secure" in cookie.split("; ")
    assert "Path=/" in cookie.split("; ")
    assert "Domain" not in cookie


async def test_who_is_known_starts_a_second_room_as_the_same_person(
    server: Server,
) -> None:
    page = server.page()
    first = await page.post("/api/rooms", json={"as": "Ada"})
    second = await page.post("/api/rooms", json={"as": "Eve"})
    assert second.json()["me"] == first.json()["me"]
    assert "set-cookie" not in second.headers
    assert len((await page.get("/api/rooms")).json()["rooms"]) == 2


async def test_an_unknown_cookie_counts_as_none_and_is_replaced(server: Server) -> None:
    page = server.page()
    page.cookies.set(COOKIE, "stale", domain="127.0.0.1", path="/")
    answer = await page.post("/api/rooms", json={})
    assert answer.status_code == 200
    assert answer.cookies[COOKIE] != "stale"
    assert (await server.page(Cookie=f"{COOKIE}=stale").get("/api/rooms")).json()[
        "code"
    ] == "unauthorized"


async def test_an_unknown_bearer_token_is_refused_and_makes_nobody(
    server: Server,
) -> None:
    stranger = server.program("unheard-of")
    for answer in (
        await stranger.get("/api/rooms"),
        await stranger.post("/api/rooms", json={}),
    ):
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthorized"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_bearer_token_goes_before_the_cookie(server: Server) -> None:
    page, ada = server.page(), await server.guest("Ada")
    await page.post("/api/rooms", json={"as": "Eve"})
    bearer = {"Authorization": f"Bearer {ada.token}"}
    assert (await page.get("/api/rooms", headers=bearer)).json()["me"]["name"] == "Ada"


async def test_a_password_that_a_proxy_asks_for_is_none_of_our_tokens(
    server: Server,
) -> None:
    page = server.page(Authorization="Basic YWRhOmxvdmVsYWNl")
    assert (await page.post("/api/rooms", json={"as": "Ada"})).status_code == 200
    assert (await page.get("/api/rooms")).json()["me"]["name"] == "Ada"


async def test_nobody_is_told_rooms(server: Server) -> None:
    for client in (server.page(), server.program()):
        answer = await client.get("/api/rooms")
        assert answer.status_code == 401


async def test_who_looks_at_a_link_stays_nobody(server: Server) -> None:
    ada = await server.guest("Ada")
    page = server.page()
    answer = await page.post("/api/look", json={"key": ada.key})
    assert answer.json()["room"]["members"] == 1
    assert "set-cookie" not in answer.headers
    assert (await page.get("/api/rooms")).status_code == 401


async def test_a_program_joins_by_a_whole_link_as_a_guest(server: Server) -> None:
    ada = await server.guest("Ada")
    answer = await server.program().post(
        "/api/join", json={"key": ada.made["link"], "name": "Eve"}
    )
    joined = answer.json()
    assert joined["room"]["id"] == ada.room
    assert joined["me"]["name"] == "Eve"
    eve = server.program(joined["token"])
    assert (await eve.get(f"/api/rooms/{ada.room}")).json()["members"] == 2


async def test_a_page_joins_twice_and_is_told_who_it_is_both_times(
    server: Server,
) -> None:
    ada, page = await server.guest("Ada"), server.page()
    first = await page.post("/api/join", json={"key": ada.key, "name": "Eve"})
    again = await page.post("/api/join", json={"key": ada.key, "name": "Mallory"})
    assert first.cookies[COOKIE]
    assert again.json()["me"] == first.json()["me"]
    assert again.json()["room"]["members"] == 2


async def test_a_new_guest_without_a_name_gets_a_friendly_one(server: Server) -> None:
    made = (await server.program().post("/api/rooms", json={})).json()
    assert made["me"]["name"]


async def test_the_same_cmid_starts_the_same_room(server: Server) -> None:
    page = server.page()
    await page.post("/api/rooms", json={})
    made = [
        (await page.post("/api/rooms", json={"cmid": "one"})).json() for _ in range(2)
    ]
    assert made[0]["room"]["id"] == made[1]["room"]["id"]
    assert made[0]["key"] == made[1]["key"]


async def test_the_link_names_the_public_address(serve: Serve) -> None:
    server = await serve(site=Site(public_url="https://chat.example"))
    made = (await server.program().post("/api/rooms", json={})).json()
    assert made["link"].startswith("https://chat.example/join#")


async def test_a_forgotten_page_is_nobody_and_its_token_is_worth_nothing(
    server: Server,
) -> None:
    page = server.page()
    token = (await page.post("/api/rooms", json={})).cookies[COOKIE]
    answer = await page.post("/api/forget", json={})
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert not page.cookies
    assert (await server.program(token).get("/api/rooms")).status_code == 401


async def test_a_forgotten_program_is_nobody(server: Server) -> None:
    ada = await server.guest("Ada")
    assert (await ada.client.post("/api/forget")).status_code == 204
    assert (await ada.client.get("/api/rooms")).status_code == 401


async def test_whom_nobody_knows_is_forgotten_all_the_same(server: Server) -> None:
    assert (await server.program().post("/api/forget")).status_code == 204


async def test_too_many_new_guests_of_one_address_have_to_wait(serve: Serve) -> None:
    server = await serve(joins=Rate(1, 3))
    answers = [await server.program().post("/api/rooms", json={}) for _ in range(5)]
    late = answers[-1]
    assert late.status_code == 429
    assert late.json()["code"] == "rate_limited"
    assert 0 < late.json()["retry_after"] <= 2
    assert int(late.headers["retry-after"]) >= late.json()["retry_after"]


def test_the_host_of_these_tests_is_an_address() -> None:
    assert Site().accepts_host(HOST)
