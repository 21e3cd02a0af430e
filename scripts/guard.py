"""`python -m scripts.guard` refuses what is too long, and what names this machine.

Each guard returns what is wrong, one line each, and raises `Blind` where it finds
nothing to look at: a guard that sees nothing must not say that all is well.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 400
MOST_FUNCTION_LINES = 60
CODE = ("src/**/*.py", "tests/**/*.py", "scripts/**/*.py", "bench/**/*.py")
PAGE = ("web/src/**/*.ts", "web/src/**/*.tsx", "web/src/**/*.css")
GENERATED = ".gen."
UNSEEN = {".venv", "node_modules", "page"}

# Where packages come from, and where somebody's checkout stands, is the business of
# the machine alone.
HOSTS = r"(?:pypi|npmjs|pythonhosted|jfrog|yarnpkg)\.(?:org|com|io)"
PLACES = r"(?<![\w.~/-])/(?:work|root|Users|home/(?!USER\b)[a-z]+)/\w"
FOREIGN = re.compile(f"{HOSTS}|{PLACES}")


class Blind(Exception):
    """There is nothing to look at, which is never right."""


def long_files(root: Path) -> list[str]:
    """Return the files of code and page with more than `MOST_LINES` lines."""
    return [
        f"{file.relative_to(root)}: {lines} lines, at most {MOST_LINES}"
        for file in _files(root, (*CODE, *PAGE))
        if GENERATED not in file.name
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]


def long_functions(root: Path) -> list[str]:
    """Return the Python functions with more than `MOST_FUNCTION_LINES` lines."""
    return [
        f"{file.relative_to(root)}:{function.lineno}: {function.name} has {lines} "
        f"lines, at most {MOST_FUNCTION_LINES}"
        for file in _files(root, CODE)
        for function in _functions(file)
        if (lines := _length(function)) > MOST_FUNCTION_LINES
    ]


def foreign_words(root: Path) -> list[str]:
    """Return the lines of tracked files that name a registry or a path of a machine."""
    return [
        f"{file.relative_to(root)}:{number}: {found[0]}"
        for file in _tracked(root)
        for number, line in enumerate(_lines(file), start=1)
        if (found := FOREIGN.search(line))
    ]


GUARDS: tuple[Callable[[Path], list[str]], ...] = (
    long_files,
    long_functions,
    foreign_words,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _files(root: Path, patterns: Iterable[str]) -> list[Path]:
    """Return the files of all patterns; nothing for the first one is `Blind`."""
    found: list[Path] = []
    for number, pattern in enumerate(patterns):
        several = [
            file
            for file in sorted(root.glob(pattern))
            if not UNSEEN.intersection(file.relative_to(root).parts)
        ]
        if number == 0 and not several:
            raise Blind(f"no file is like {pattern}")
        found.extend(several)
    return found


def _functions(file: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _tracked(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = [root / name for name in listed.split("\0") if name]
    if not files:
        raise Blind("git tracks no file")
    return [file for file in files if file.is_file()]


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def main(root: Path = ROOT) -> int:
    """Print what is wrong; 1 if anything is."""
    wrong = [line for guard in GUARDS for line in guard(root)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
