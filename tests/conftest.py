"""What all tests share: how hard they look, and in which order they run."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

BROWSER = Path(__file__).parent / "browser"

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--campaign`, as `make proof` gives it, and a seed of one's own."""
    parser.addoption(
        "--campaign", action="store_true", help="Go on for as long as a release asks."
    )
    parser.addoption("--seed", type=int, default=None, help="Draw another storm.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where processes share the tests, keep a file whole, and those of the browser.

    Those come first: they take as long as all others in a process beside them.
    """
    items.sort(key=lambda item: BROWSER not in item.path.parents)
    for item in items:
        place = BROWSER if BROWSER in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(place.stem))
