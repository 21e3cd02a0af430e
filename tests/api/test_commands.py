"""Any command by HTTP is answered with the frame that a socket would have got."""

import pytest

from tests.api.conftest import ORIGIN, Server


async def test_a_reply_is_the_sockets_reply(server: Server) -> None:
    ada = await server.guest("Ada")
    answer = await ada.ask("me")
    assert answer.status_code == 200
    myself = (await ada.client.get("/api/rooms")).json()
    assert answer.json() == {"type": "reply", "id": 1, "result": myself}


async def test_history_comes_as_json_and_not_as_text_in_it(server: Server) -> None:
    ada = await server.guest("Ada")
    result = (await ada.ask("history", room=ada.room)).json()["result"]
    assert [event["kind"] for event in result["events"]] == ["joined"]


async def test_a_failure_is_the_sockets_failure_under_its_status(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    answer = await ada.ask("post_message", room="0", cmid="one", text="Hullo")
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "failure",
        "id": 1,
        "code": "not_found",
        "message": "No such room.",
        "retry_after": None,
    }


@pytest.mark.parametrize(
    ("body", "number", "named"),
    [
        (b'{"type":"me"}', None, "id"),
        (b'{"type":"dance","id":7}', 7, "type"),
        (b'{"type":"open_room","id":7}', 7, "room"),
        (b'{"type":"open_room","id":7,"room":7}', 7, "room"),
        (b'{"type":"open_room","id":7,"room":"\\u0000"}', 7, "room"),
        (b'{"id":-1}', None, "type"),
        (b"{", None, "JSON"),
    ],
)
async def test_what_is_no_command_fails_under_its_id_where_that_can_be_read(
    server: Server, body: bytes, number: int | None, named: str
) -> None:
    answer = await server.program().post(
        "/api/commands", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    failure = answer.json()
    assert failure["type"] == "failure"
    assert failure["id"] == number
    assert failure["code"] == "bad_request"
    assert named in failure["message"]


async def test_what_never_gets_to_the_door_is_a_failure_too(server: Server) -> None:
    large = await server.program().post("/api/commands", json={"x": "x" * 300_000})
    assert large.status_code == 413
    assert large.json()["code"] == "too_large"
    assert large.json()["type"] == "failure"


async def test_a_program_says_hello_and_is_told_its_token(server: Server) -> None:
    hello = {"type": "hello", "id": 1, "name": "Ada"}
    answer = await server.program().post("/api/commands", json=hello)
    welcome = answer.json()["result"]
    assert welcome["me"]["name"] == "Ada"
    assert welcome["epoch"] == server.epoch
    again = server.program(welcome["token"])
    assert (await again.get("/api/rooms")).json()["me"] == welcome["me"]


@pytest.mark.parametrize(
    "command", [{"type": "hello"}, {"type": "start_room"}, {"type": "join_room"}]
)
async def test_a_page_gets_a_cookie_and_no_token_by_commands_either(
    server: Server, command: dict[str, object]
) -> None:
    ada, page = await server.guest("Ada"), server.page()
    body = {"id": 1, "key": ada.key} | command
    answer = await page.post("/api/commands", json=body)
    assert answer.status_code == 200
    assert "token" not in answer.json()["result"]
    assert answer.cookies["chinwag-2428"] not in answer.text
    assert (await page.get("/api/rooms")).status_code == 200


async def test_nobody_may_look_at_a_link_and_do_nothing_else(server: Server) -> None:
    ada, nobody = await server.guest("Ada"), server.program()
    look = {"type": "look_at_link", "id": 1, "key": ada.key}
    assert (await nobody.post("/api/commands", json=look)).status_code == 200
    for body in ({"type": "me", "id": 1}, {"type": "ping", "id": 1}):
        answer = await nobody.post("/api/commands", json=body)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_hello_counts_for_a_page(server: Server) -> None:
    ada = await server.guest("Ada")
    hello = {"type": "hello", "id": 1, "token": ada.token}
    page = server.program(Origin=ORIGIN)
    answer = await page.post("/api/commands", json=hello)
    assert answer.json()["result"]["me"]["name"] == "Ada"
    wrong = await page.post("/api/commands", json=hello | {"token": "wrong"})
    assert wrong.status_code == 401
