"""What the package imports is what it asks for, no more and no less."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.meta.conftest import ROOT

# uvicorn finds its parser by name.
NAMED = {"httptools"}


def imported(package: Path) -> set[str]:
    """Return the distributions whose modules a package imports."""
    modules: set[str] = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
    whose = packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - {package.name}
    return {whose.get(module, [module])[0].lower() for module in foreign}


def asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        re.split(r"[<>=;\s]", line)[0].lower()
        for line in project["project"]["dependencies"]
    }


def normal(names: set[str]) -> set[str]:
    return {name.replace("_", "-") for name in names}


def test_every_import_is_asked_for() -> None:
    assert normal(imported(ROOT / "src/chinwag")) - asked_for() == set()


def test_nothing_is_asked_for_in_vain() -> None:
    assert asked_for() - normal(imported(ROOT / "src/chinwag")) - NAMED == set()


def test_an_import_that_nobody_asked_for_is_red(tmp_path: Path) -> None:
    package = tmp_path / "chinwag"
    package.mkdir()
    (package / "planted.py").write_text("import hypothesis\nimport chinwag.ids\n")
    assert imported(package) == {"hypothesis"}
    assert imported(package) - asked_for()
