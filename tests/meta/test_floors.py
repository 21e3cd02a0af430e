"""Who may import whom: the rule holds, and it bites where it is broken."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.meta.conftest import ROOT, Tool

FLOORS = "The building, floor by floor"
CIRCLES = "No circles anywhere"
PURE = "Wire and rules know nothing of I/O"
EDGES = "The edges know the wire, not what lies behind it"
STORE = "The store keeps values, not frames"
DRIVERS = "Each driver is imported in one place"


def test_the_house_as_it_stands_is_in_order(run: Tool) -> None:
    seen = run("lint-imports", "--no-cache")
    assert seen.returncode == 0, seen.stdout
    assert "6 kept, 0 broken" in seen.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("ids.py", "import chinwag.errors", FLOORS),
        ("domain/planted.py", "import chinwag.protocol.close", FLOORS),
        ("protocol/planted.py", "import chinwag.handlers.call", FLOORS),
        ("store/planted.py", "import chinwag.handlers.call", FLOORS),
        ("gateway/planted.py", "import chinwag.api", FLOORS),
        ("gateway/planted.py", "import chinwag.config", FLOORS),
        ("config.py", "import chinwag.app", FLOORS),
        ("stray.py", "", FLOORS),
        ("domain/planted.py", "import asyncio", PURE),
        ("protocol/planted.py", "import time", PURE),
        ("protocol/planted.py", "import socket", PURE),
        ("domain/planted.py", "import os", PURE),
        ("domain/planted.py", "import sqlite3", PURE),
        ("gateway/planted.py", "import chinwag.handlers.call", EDGES),
        ("api/planted.py", "import chinwag.store", EDGES),
        ("jobs/planted.py", "import chinwag.api", FLOORS),
        ("store/planted.py", "import chinwag.protocol.envelope", STORE),
        ("handlers/planted.py", "import sqlite3", DRIVERS),
        ("cli.py", "import sqlite3", DRIVERS),
        ("app.py", "import pysqlite3", DRIVERS),
    ],
)
def test_a_forbidden_import_is_red(
    house: Path, run: Tool, file: str, line: str, contract: str
) -> None:
    planted = house / "src/chinwag" / file
    planted.parent.mkdir(exist_ok=True)
    (planted.parent / "__init__.py").touch()
    with planted.open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")
    seen = run("lint-imports", "--no-cache")
    assert seen.returncode == 1
    assert f"{contract} BROKEN" in seen.stdout


def test_a_circle_is_red(house: Path, run: Tool) -> None:
    handlers = house / "src/chinwag/handlers"
    (handlers / "chicken.py").write_text("import chinwag.handlers.egg\n")
    (handlers / "egg.py").write_text("import chinwag.handlers.chicken\n")
    seen = run("lint-imports", "--no-cache")
    assert seen.returncode == 1
    assert f"{CIRCLES} BROKEN" in seen.stdout


def test_an_empty_house_is_red(house: Path, run: Tool) -> None:
    shutil.rmtree(house / "src/chinwag")
    (house / "src/chinwag").mkdir()
    (house / "src/chinwag/__init__.py").touch()
    assert run("lint-imports", "--no-cache").returncode != 0


@pytest.fixture
def contracts() -> list[dict[str, Any]]:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = rules["tool"]["importlinter"]["contracts"]
    return found


def test_no_rule_has_exceptions(contracts: list[dict[str, Any]]) -> None:
    assert len(contracts) == 6
    assert not any("ignore_imports" in contract for contract in contracts)


def test_every_edge_that_there_is_stands_under_the_rule_for_edges(
    contracts: list[dict[str, Any]],
) -> None:
    (rule,) = [contract for contract in contracts if contract["name"] == EDGES]
    package = ROOT / "src/chinwag"
    edges = [
        name for name in ("gateway", "api", "jobs") if any(package.glob(f"{name}/*.py"))
    ]
    assert rule["source_modules"] == [f"chinwag.{name}" for name in edges]
