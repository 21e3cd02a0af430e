"""How long the faults go on: a minute with every change, hours in a campaign."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--campaign`, as `make proof` gives it."""
    parser.addoption(
        "--campaign", action="store_true", help="Go on for as long as a release asks."
    )


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """Return how often the server is killed."""
    return 500 if request.config.getoption("--campaign", default=False) else 12
