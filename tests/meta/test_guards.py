"""Our own guards: sizes, foreign words, freshness. Each says no where it is broken."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import guard
from scripts.generate import __main__ as generate
from tests.meta.conftest import ROOT


def plant(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["src/chinwag/big.py", "tests/t.py", "web/src/a.ts"])
def test_a_file_of_401_lines_is_red(tmp_path: Path, name: str) -> None:
    plant(tmp_path, "src/chinwag/fine.py", "X = 1\n" * 400)
    assert guard.long_files(tmp_path) == []
    plant(tmp_path, name, "\n" * 401)
    assert guard.long_files(tmp_path) == [f"{name}: 401 lines, at most 400"]


@pytest.mark.parametrize("word", ["def", "async def"])
def test_a_function_of_61_lines_is_red(tmp_path: Path, word: str) -> None:
    plant(tmp_path, "src/a.py", f"{word} fine():\n" + "    x = 1\n" * 59)
    assert guard.long_functions(tmp_path) == []
    plant(tmp_path, "src/a.py", f"{word} monster():\n" + "    x = 1\n" * 60)
    assert guard.long_functions(tmp_path) == [
        "src/a.py:1: monster has 61 lines, at most 60"
    ]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "https://files.python" + "hosted.org/x.whl",
        '"resolved": "https://registry.npm' + 'js.org/x"',
        "index-url = https://py" + "pi.org/simple",
        "see /ro" + "ot/notes",
        "/ho" + "me/ada/chinwag",
        "cd /wo" + "rk/main",
    ],
)
def test_a_line_that_names_a_registry_or_a_machine_is_red(
    checkout: Path, line: str
) -> None:
    plant(checkout, "docs/a.md", f"Fine.\n{line}\n")
    subprocess.run(["git", "add", "."], cwd=checkout, check=True)
    assert guard.foreign_words(checkout)[0].startswith("docs/a.md:2: ")


def test_names_that_only_look_like_it_are_fine(checkout: Path) -> None:
    plant(checkout, "docs/a.md", "docs/work/x and https://chat.example/home/me\n")
    subprocess.run(["git", "add", "."], cwd=checkout, check=True)
    assert guard.foreign_words(checkout) == []


@pytest.mark.parametrize(
    "look", [guard.long_files, guard.long_functions, guard.foreign_words]
)
def test_a_guard_that_sees_nothing_is_red(
    checkout: Path, look: Callable[[Path], list[str]]
) -> None:
    with pytest.raises(guard.Blind):
        look(checkout)


def test_the_house_as_it_stands_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert guard.main(ROOT) == 0, capsys.readouterr().out


def test_generated_files_are_fresh() -> None:
    assert generate.main(["--check"], ROOT) == 0


@pytest.mark.parametrize("path", list(generate.OUTPUTS))
def test_a_stale_generated_file_is_red(
    tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate.main([], tmp_path) == 0
    assert generate.main(["--check"], tmp_path) == 0
    with (tmp_path / path).open("a", encoding="utf-8") as file:
        file.write("by hand\n")
    assert generate.main(["--check"], tmp_path) == 1
    assert path in capsys.readouterr().err
