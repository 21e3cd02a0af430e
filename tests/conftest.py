"""What all tests share: how hard they look, and in which order they run."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from typing_extensions import override
from xdist.scheduler import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    LoadScopeScheduling,
)

BROWSER = Path(__file__).parent / "browser"
TOGETHER = ("browser", "security")
"""Folders whose files share a Chromium, or a server that is looked at afterwards."""

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--campaign`, as `make proof` gives it, and a seed of one's own."""
    parser.addoption(
        "--campaign", action="store_true", help="Go on for as long as a release asks."
    )
    parser.addoption("--seed", type=int, default=None, help="Draw another storm.")


class _InFiles(LoadScopeScheduling):
    """Where processes share the tests, a file's stay together, or a folder's."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        file = Path(nodeid.partition("::")[0])
        return next((name for name in TOGETHER if name in file.parts), str(file))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:  # noqa: ANN401 - its own
    """Tell how they are shared."""
    return _InFiles(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's first: they take as long as all others in a process beside."""
    items.sort(key=lambda item: BROWSER not in item.path.parents)
