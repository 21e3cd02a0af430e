"""Whatever is sent to a running server, it answers as it says that it does."""

from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.running import Running, running

UNLIMITED = {"CHINWAG_RATE_JOINS": "0", "CHINWAG_RATE_MESSAGES": "0"}
# Its types are too generic to be followed.
schemathesis: Any = import_module("schemathesis")
described: Any = import_module("schemathesis.specs.openapi.checks")
CHECKS = [
    import_module("schemathesis.checks").not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_headers_conformance,
    described.response_schema_conformance,
]
# Its answer has no end; tests/api/test_stream.py sees to it.
ENDLESS = "GET /api/rooms/{room}/stream"
OPERATIONS = [
    "POST /api/commands",
    "POST /api/forget",
    "POST /api/join",
    "POST /api/look",
    "POST /api/rooms",
    "POST /api/rooms/{room}/messages",
    "GET /api/rooms",
    "GET /api/rooms/{room}",
    "GET /api/rooms/{room}/events",
    "GET /api/search",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /up",
]
WITHOUT_INPUT = {
    "POST /api/forget",
    "GET /api/rooms",
    "GET /api/rooms/{room}",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /up",
}
AS_TOLD = schemathesis.GenerationMode.POSITIVE
OTHERWISE = schemathesis.GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    data: Path = tmp_path_factory.mktemp("any") / "data"
    with running(data, environment=UNLIMITED) as started:
        yield started


@pytest.fixture(scope="module")
def operations(server: Running) -> dict[str, Any]:
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")
    found = [each.ok() for each in schema.get_all_operations()]
    return {operation.label: operation for operation in found}


def test_these_are_all_operations(operations: dict[str, Any]) -> None:
    assert set(operations) == {*OPERATIONS, ENDLESS}


@pytest.mark.parametrize(
    ("label", "mode"),
    [
        *((label, AS_TOLD) for label in OPERATIONS),
        *((label, OTHERWISE) for label in OPERATIONS if label not in WITHOUT_INPUT),
    ],
)
def test_every_answer_is_as_described(
    server: Running, operations: dict[str, Any], label: str, mode: object
) -> None:
    made = httpx2.post(f"{server.url}/api/rooms", json={"as": "Ada"}).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    known = False

    @given(case=operations[label].as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def ask(case: Any) -> None:  # noqa: ANN401 - see above
        nonlocal known
        known = not known
        if known and "room" in case.path_parameters:
            case.path_parameters["room"] = made["room"]["id"]
        answer = case.call(headers=bearer)
        case.validate_response(answer, checks=CHECKS)

    ask()
