"""A server with a little talk in it, for whoever looks at what is kept."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.server import Server, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[Server]:
    """Return a server on an empty directory."""
    async with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Path:
    """Return the data directory, which is there."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"
