"""A copy of the house in which a rule can be broken on purpose."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the package and of the rules for it."""
    unseen = shutil.ignore_patterns("__pycache__", "page")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=unseen)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def run(house: Path) -> Tool:
    """Return a way to run a tool in the copy, on the copy."""

    def run_there(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / ".venv/bin" / command[0], *command[1:]],
            cwd=house,
            env=os.environ | {"PYTHONPATH": str(house / "src"), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_there
