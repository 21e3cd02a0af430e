"""One server for nearly all of it, whose memory and complaints are watched."""

import asyncio
from collections.abc import AsyncGenerator, Generator

import pytest

from tests.live.servers import Server
from tests.security.tally import Tally


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """One server without rates that nobody stops."""
    server = Server(tmp_path_factory.mktemp("security") / "data")
    server.start()
    asyncio.run(_warm_up(server))
    yield server
    assert server.process.poll() is None, server.complaint
    server.stop()


async def _warm_up(server: Server) -> None:
    """Use everything once, so that what it costs to be there is there."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    for n in range(200):
        await ada.post(room, f"{n}")
        await ada.ask("history", room=room.id, limit=200)
    await server.see_out()


@pytest.fixture(scope="session")
def tally(house: Server) -> Generator[Tally]:
    """Where every input is counted."""
    tally = Tally(house)
    yield tally
    tally.write()


@pytest.fixture
async def server(house: Server) -> AsyncGenerator[Server]:
    """The shared server, to be left by all who came in."""
    yield house
    await house.see_out()


@pytest.fixture(scope="session")
def campaign(request: pytest.FixtureRequest) -> bool:
    """Tell whether all is fed that a release asks for."""
    return bool(request.config.getoption("--campaign"))
