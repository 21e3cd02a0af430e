"""What all tests share: how hard hypothesis looks, and in which order they run."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

BROWSER = Path(__file__).parent / "browser"

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last.

    Its driver keeps an event loop running, and no test with another can follow it.
    """
    items.sort(key=lambda item: BROWSER in item.path.parents)
