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
    """Put the browser's tests last.

    Its driver keeps an event loop running, and no test with another can follow it.
    """
    items.sort(key=lambda item: BROWSER in item.path.parents)
