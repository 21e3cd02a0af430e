"""What machines are told of HTTP is complete, and true."""

import json
from typing import Any

import pytest

from chinwag.errors import REFUSALS
from tests.api.conftest import Server
from tests.api.test_private import PRIVATE

Json = dict[str, Any]


@pytest.fixture
async def description(server: Server) -> Json:
    """Return the OpenAPI document that the server gives."""
    answer = await server.program().get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(description: Json) -> list[tuple[str, str, Json]]:
    return [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


async def test_every_private_route_is_described_and_nothing_of_the_page(
    description: Json,
) -> None:
    described = {(method, path) for method, path, _ in operations(description)}
    assert {each for each in described if each[1].startswith("/api/")} == PRIVATE - {
        ("GET", "/api/openapi.json")
    }
    assert {path for _, path in described if not path.startswith("/api/")} == {
        "/up",
        "/healthz",
        "/readyz",
        "/metrics",
    }


async def test_every_route_has_a_name_of_its_own_words_and_its_refusals(
    description: Json,
) -> None:
    names: set[str] = set()
    for _, path, operation in operations(description):
        names.add(operation["operationId"])
        assert operation["description"].rstrip().endswith(".")
        if path.startswith("/api/"):
            statuses = {str(refusal.status) for refusal in REFUSALS}
            assert statuses <= set(operation["responses"])
            (form,) = operation["responses"]["404"]["content"]
            frames = path == "/api/commands"
            assert form == (
                "application/json" if frames else "application/problem+json"
            )
    assert len(names) == len(operations(description))


async def test_every_struct_is_described_in_words(description: Json) -> None:
    for name, schema in description["components"]["schemas"].items():
        assert schema["description"].endswith((".", "?")), name


async def test_every_part_that_is_referred_to_is_there(description: Json) -> None:
    text = json.dumps(description)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(description["components"]["schemas"])


async def test_it_tells_who_may_speak_and_its_version(description: Json) -> None:
    assert set(description["components"]["securitySchemes"]) == {"bearer", "cookie"}
    assert description["info"]["title"] == "Chinwag"
    assert description["info"]["version"] == "1"


async def test_it_draws_nothing_from_other_hosts(
    server: Server, description: Json
) -> None:
    assert "://" not in json.dumps(description)
    for path in ("/api", "/api/docs", "/schema", "/schema/swagger", "/schema/redoc"):
        assert (await server.page().get(path)).status_code == 404
