"""The switch that lets a server fail on purpose: off in life, strict about words."""

import ast
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from chinwag import config, failpoints
from chinwag.errors import SettingInvalid
from tests.live.servers import Server
from tests.meta.conftest import ROOT

SOURCES = ROOT / "src/chinwag"


@pytest.fixture(autouse=True)
def _unarmed() -> Generator[None]:
    yield
    failpoints.arm("")


def test_a_place_does_nothing_unless_it_is_armed() -> None:
    for point in failpoints.POINTS:
        failpoints.reach(point)


def test_a_place_acts_the_time_that_was_said_and_no_other() -> None:
    failpoints.arm("before-commit=raise@3")
    for _ in range(2):
        failpoints.reach("before-commit")
        failpoints.reach("after-commit")
    with pytest.raises(failpoints.Reached, match="before-commit"):
        failpoints.reach("before-commit")
    failpoints.reach("before-commit")


def test_a_place_may_act_every_so_many_times() -> None:
    failpoints.arm("before-begin=raise%2,after-decide=raise")
    acted = 0
    for _ in range(6):
        try:
            failpoints.reach("before-begin")
        except failpoints.Reached:
            acted += 1
    assert acted == 3
    with pytest.raises(failpoints.Reached):
        failpoints.reach("after-decide")


def test_a_place_can_take_its_time() -> None:
    failpoints.arm("after-commit=sleep:0.05")
    before = time.monotonic()
    failpoints.reach("after-commit")
    assert time.monotonic() - before >= 0.05


@pytest.mark.parametrize(
    "said",
    [
        "after-lunch=kill",
        "after-commit",
        "after-commit=dance",
        "after-commit=kill@0",
        "after-commit=sleep:",
    ],
)
def test_what_is_no_failpoint_is_told_in_a_sentence(said: str) -> None:
    with pytest.raises(SettingInvalid, match=r"CHINWAG_FAILPOINTS has .*after-commit"):
        failpoints.arm(said)


def test_the_settings_know_the_switch_and_do_not_count_it_among_them(
    tmp_path: Path,
) -> None:
    here = {"CHINWAG_DATA": str(tmp_path), failpoints.VARIABLE: "at-start=kill"}
    config.load({}, here)
    assert failpoints.VARIABLE not in {row.variable for row in config.ROWS}


def test_a_server_with_an_unknown_failpoint_refuses_to_start(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", settings={failpoints.VARIABLE: "at-tea=kill"})
    status, said = server.refuse_to_start()
    assert status == 2
    assert said.startswith("CHINWAG_FAILPOINTS has 'at-tea=kill'")
    assert said.count("\n") == 1


def test_every_place_stands_once_in_the_sources_and_in_the_words_about_them() -> None:
    found = [
        call.args[0].value
        for file in SOURCES.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "failpoints.reach"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert sorted(map(str, found)) == sorted(failpoints.POINTS)
    page = (ROOT / "docs/reference/failpoints.md").read_text(encoding="utf-8")
    for point, meaning in failpoints.POINTS.items():
        assert f"| `{point}` | {meaning} |" in page
