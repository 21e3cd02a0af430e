"""Style and types: each rule that we rely upon says no where it is broken."""

import json
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from tests.meta.conftest import ROOT, Tool

MANY = "\n".join(f"    if n == {n}:\n        n += 1" for n in range(9))
LONG = "\n".join(f"    print({n})" for n in range(31))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("TID251", "import time\nNOW = time.time()\n"),
        ("TID251", "import datetime\nNOW = datetime.datetime.now()\n"),
        ("TID251", "import asyncio\nTASK = asyncio.create_task(None)\n"),
        ("TID251", "import asyncio\nTASK = asyncio.ensure_future(None)\n"),
        ("TID252", "from .. import errors\n"),
        ("C901", f'def f(n: int) -> int:\n    """F."""\n{MANY}\n    return n\n'),
        ("PLR0915", f'def f() -> None:\n    """F."""\n{LONG}\n'),
        ("PLR0913", "def f(a, b, c, d, e, f, g): ...\n"),
        ("T201", 'print("hello")\n'),
        ("D100", "X = 1\n"),
        ("D103", "def f() -> None:\n    pass\n"),
        ("BLE001", "try:\n    X = 1\nexcept Exception:\n    X = 2\n"),
        ("S110", "try:\n    X = 1\nexcept Exception:\n    pass\n"),
        ("ANN201", "def f():\n    return 1\n"),
        ("FBT001", "def f(loud: bool) -> None: ...\n"),
        ("ERA001", "# x = 1\n"),
        ("S608", 'def f(t): return f"SELECT * FROM {t}"\n'),
        ("RUF100", "X = 1  # noqa: E501\n"),
    ],
)
def test_a_broken_habit_is_red(run: Tool, house: Path, rule: str, code: str) -> None:
    planted = house / "src/chinwag/gateway/planted.py"
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(code, encoding="utf-8")
    seen = run("ruff", "check", "--no-cache", "--output-format=concise", str(planted))
    assert seen.returncode == 1
    assert f" {rule} " in seen.stdout


def test_a_file_that_nobody_formatted_is_red(run: Tool, house: Path) -> None:
    (house / "src/chinwag/planted.py").write_text("x = { 'a':1 }\n")
    seen = run("ruff", "format", "--check", "--no-cache", "src")
    assert seen.returncode == 1
    assert "planted.py" in seen.stdout


def test_the_check_is_red_when_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    seen = subprocess.run(
        [ROOT / "scripts/check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert seen.returncode == 1
    for name in ("sources", "types", "floors", "guards", "generated", "web"):
        assert name in seen.stderr


TYPE_ERRORS = {
    "reportAssignmentType": 'X: int = "one"\n',
    "reportUnknownParameterType": "def f(x):\n    return x\n",
    "reportMatchNotExhaustive": """
        from enum import Enum

        class Light(Enum):
            RED = 1
            GREEN = 2

        def f(light: Light) -> int:
            match light:
                case Light.RED:
                    return 1
            return 0
        """,
    "reportImplicitOverride": """
        class A:
            def f(self) -> int:
                return 1

        class B(A):
            def f(self) -> int:
                return 2
        """,
    "reportUnnecessaryTypeIgnoreComment": "X = 1  # type: ignore[assignment]\n",
    "reportOptionalMemberAccess": """
        import re

        X = re.match("a", "a").group()
        """,
    "reportPrivateUsage": "from chinwag.config import _hint\n\nX = _hint\n",
}


def test_every_kind_of_type_error_is_red(run: Tool, house: Path) -> None:
    planted = house / "src/planted"
    planted.mkdir()
    for rule, code in TYPE_ERRORS.items():
        (planted / f"{rule}.py").write_text(dedent(code), encoding="utf-8")
    (planted / "chicken.py").write_text("import planted.egg\nX = planted.egg\n")
    (planted / "egg.py").write_text("import planted.chicken\nX = planted.chicken\n")
    for empty in ("tests", "scripts", "bench"):
        (house / empty).mkdir()
    (house / ".venv").symlink_to(ROOT / ".venv")
    seen = run("basedpyright", "--outputjson")
    assert seen.returncode == 1
    told = {
        (Path(each["file"]).stem, each.get("rule"))
        for each in json.loads(seen.stdout)["generalDiagnostics"]
    }
    assert told >= {(rule, rule) for rule in TYPE_ERRORS}
    assert ("chicken", "reportImportCycles") in told
