"""How long the faults go on: minutes with every change, hours in a campaign."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.faults.history import History
from tests.faults.supervisor import Supervisor
from tests.live.servers import Server


class Length:
    """How often something is done: with every change, or for a release."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.campaign = bool(request.config.getoption("--campaign", default=False))

    def of(self, times: int, *, campaign: int) -> int:
        """Return how often."""
        return campaign if self.campaign else times


@pytest.fixture
def length(request: pytest.FixtureRequest) -> Length:
    """Return how often things are done."""
    return Length(request)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return what the test draws from, and say how to draw the same again."""
    given = request.config.getoption("--seed", default=None)
    drawn = 20_241 if given is None else int(given)
    print(f"Again: pytest {request.node.nodeid} --seed {drawn}")  # noqa: T201 - shown where it fails
    return drawn


@pytest.fixture
def history() -> History:
    """Return an empty history."""
    return History()


@pytest.fixture
def supervisor(tmp_path: Path, history: History) -> Generator[Supervisor]:
    """Return the hand over a server that does not run yet, and runs no more after."""
    server = Server(tmp_path / "data")
    yield Supervisor(server, history)
    server.end()
