"""Servers for tests: one that all share, and others of their own."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from pathlib import Path

import pytest

from tests.live.servers import RATES_OFF, Server

Start = Callable[..., Server]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """One server without rates that nobody stops."""
    server = Server(tmp_path_factory.mktemp("live") / "data")
    server.start()
    yield server
    assert server.process.poll() is None, server.complaint
    server.stop()


@pytest.fixture
async def server(shared_server: Server) -> AsyncGenerator[Server]:
    """The shared server, to be left by all who came in."""
    yield shared_server
    await shared_server.see_out()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncGenerator[Start]:
    """Start a server of the test's own: `start(*flags, settings=…)`."""
    started: list[Server] = []

    def begin(
        *flags: str,
        data: Path | None = None,
        settings: Mapping[str, str] = RATES_OFF,
        before: tuple[str, ...] = (),
    ) -> Server:
        place = data or tmp_path / "data"
        server = Server(place, *flags, settings=settings, before=before)
        started.append(server)
        server.start()
        return server

    yield begin
    for server in started:
        server.end()
        await server.see_out()
