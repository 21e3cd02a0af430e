"""Signs of life."""

import pytest

from tests.api.conftest import Server


@pytest.mark.parametrize("path", ["/up", "/healthz"])
async def test_a_server_that_answers_is_alive_even_when_it_is_not_ready(
    server: Server, path: str
) -> None:
    server.ready = False
    assert (await server.program().get(path)).status_code == 200


async def test_it_is_ready_while_it_takes_commands(server: Server) -> None:
    assert (await server.program().get("/readyz")).status_code == 200
    server.ready = False
    answer = await server.program().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


async def test_the_figures_are_prometheus_text(server: Server) -> None:
    answer = await server.program().get("/metrics")
    assert answer.text == "chinwag_sockets 3\n"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
