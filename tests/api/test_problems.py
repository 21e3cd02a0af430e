"""Whatever goes wrong is told as a problem document, with a code of the catalogue."""

from collections.abc import AsyncGenerator

import pytest
from structlog.testing import capture_logs

from chinwag.errors import REFUSALS, RateLimited, Refusal
from chinwag.protocol.commands import AnyCommand
from chinwag.protocol.door import Answered, Caller
from tests.api.conftest import Serve, Server

CODES = {refusal.code for refusal in REFUSALS}
JSON = {"Content-Type": "application/json"}


class Refusing:
    """A door behind which everything is refused, or breaks."""

    def __init__(self, answer: Exception) -> None:
        self.answer = answer

    def submit(self, _: Caller, __: AnyCommand, answered: Answered) -> None:
        if not isinstance(self.answer, Refusal):
            raise self.answer
        answered(self.answer)

    def end_session(self, _: str, __: object) -> None:
        raise self.answer


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_every_refusal_is_a_problem_document_with_its_code_and_status(
    serve: Serve, refusal: type[Refusal]
) -> None:
    server = await serve(door=Refusing(refusal("Because.")))
    answer = await server.program().get("/api/rooms")
    assert answer.status_code == refusal.status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "retry-after" not in answer.headers
    problem = answer.json()
    assert problem.pop("title")
    assert problem == {
        "type": "about:blank",
        "status": refusal.status,
        "detail": "Because.",
        "code": refusal.code,
    }


async def test_what_may_be_tried_again_tells_when(serve: Serve) -> None:
    server = await serve(door=Refusing(RateLimited(retry_after=1.3)))
    answer = await server.program().get("/api/rooms")
    assert answer.json()["retry_after"] == 1.3
    # The header knows whole seconds only, and too early would be refused again.
    assert answer.headers["retry-after"] == "2"


async def test_what_nobody_foresaw_is_logged_under_the_id_that_the_answer_names(
    serve: Serve,
) -> None:
    server = await serve(door=Refusing(ZeroDivisionError("secret")))
    with capture_logs() as logs:
        answer = await server.program().get("/api/rooms")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
    (entry,) = logs
    assert entry["id"] in answer.json()["detail"]
    assert isinstance(entry["exc_info"], ZeroDivisionError)


BROKEN = [
    (b"", "JSON"),
    (b"{", "JSON"),
    (b"\xff", "JSON"),
    (b'{"key":"a","x":' + b"[" * 100_000, "JSON"),
    (b'{"key":"\\ud800"}', "JSON"),
    (b"[]", "object"),
    (b"null", "object"),
    (b"{}", "key"),
    (b'{"key":1}', "key"),
    (b'{"key":"a","name":[]}', "name"),
    (b'{"key":"a\\u0000"}', "key"),
    (b'{"key":"%s"}' % (b"k" * 2_049), "key"),
]


@pytest.mark.parametrize(("body", "named"), BROKEN)
async def test_a_broken_body_is_refused_and_its_field_is_named(
    server: Server, body: bytes, named: str
) -> None:
    answer = await server.program().post("/api/join", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"
    assert named in answer.json()["detail"]


async def test_a_body_that_is_not_said_to_be_json_is_refused(server: Server) -> None:
    answer = await server.program().post("/api/rooms", data={"name": "Tea"})
    assert answer.status_code == 400
    assert "Content-Type" in answer.json()["detail"]


async def test_json_may_be_said_to_be_so_in_any_way(server: Server) -> None:
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        answer = await server.program().post(
            "/api/rooms", content=b"{}", headers={"Content-Type": kind}
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_refused(
    server: Server, *, announced: bool
) -> None:
    body = b'{"name":"%s"}' % (b"a" * 256 * 1024)

    async def pieces() -> AsyncGenerator[bytes]:
        yield body

    answer = await server.program().post(
        "/api/rooms", content=body if announced else pieces(), headers=JSON
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("before=-1", "before"),
        ("after=9007199254740992", "after"),
        ("around=", "around"),
        ("before=1&after=1", "before"),
    ],
)
async def test_a_bad_query_is_refused_and_named(
    server: Server, query: str, named: str
) -> None:
    ada = await server.guest("Ada")
    answer = await ada.client.get(f"/api/rooms/{ada.room}/events?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"
    assert named in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api", 404),
        ("GET", "/api/openapi.json/x", 404),
        ("POST", "/api/nowhere", 404),
        ("GET", "/assets/nothing.js", 404),
        ("GET", "/room/a/b/c", 404),
        ("DELETE", "/api/rooms", 405),
        ("POST", "/", 405),
        ("GET", "/api/join", 405),
        ("BREW", "/", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_document_too(
    server: Server, method: str, path: str, status: int
) -> None:
    answer = await server.program().request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["code"] in CODES
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    "room", ["0", "zz", "-1", "%00", "1" * 3_000, "\u0661", "..%2f"]
)
async def test_a_room_that_cannot_be_is_not_found_like_one_that_is_not(
    server: Server, room: str
) -> None:
    ada, eve = await server.guest("Ada"), await server.guest("Eve")
    absent = await ada.client.get(f"/api/rooms/{eve.room}")
    answer = await ada.client.get(f"/api/rooms/{room}")
    assert answer.status_code == 404
    if "%2f" not in room:
        assert answer.json() == absent.json()
