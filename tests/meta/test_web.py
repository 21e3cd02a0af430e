"""The page's guards: types, lint, layers, sizes. Each says no where it is broken."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.meta.conftest import ROOT

MANY = "\n".join(f"  if (n === {n}) return {n};" for n in range(14))
LONG = "\n".join(f"  n += {n};" for n in range(60))


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Return a copy of the page's sources with what they are checked by."""
    copy = tmp_path / "web"
    unseen = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "web", copy, ignore=unseen)
    (copy / "node_modules").symlink_to(ROOT / "web/node_modules")
    return copy


def check(web: Path, part: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `npm run check` in a copy, or only one of its parts."""
    path = f"{ROOT}/.venv/bin:{ROOT}/web/node_modules/.bin:{os.environ['PATH']}"
    return subprocess.run(
        part.split() if part else ["npm", "run", "--silent", "check"],
        cwd=web,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_page_as_it_stands_is_in_order(web: Path) -> None:
    seen = check(web)
    assert seen.returncode == 0, seen.stdout + seen.stderr


@pytest.mark.parametrize(
    ("file", "code", "part", "word"),
    [
        ("state/x.ts", 'export const x: number = "1";', "tsc --noEmit", "TS2322"),
        ("state/x.ts", "export function f(x) { return x; }", "tsc --noEmit", "TS7006"),
        (
            "state/x.ts",
            "export function f(n: number): number {\n" + MANY + "\n  return n;\n}",
            "oxlint --deny-warnings",
            "complexity",
        ),
        (
            "state/x.ts",
            "export function f(n: number): number {\n" + LONG + "\n  return n;\n}",
            "oxlint --deny-warnings",
            "max-lines-per-function",
        ),
        (
            "state/x.ts",
            "\n".join(f"export const x{n} = 1;" for n in range(401)),
            "oxlint --deny-warnings",
            "max-lines",
        ),
        ("state/x.ts", "export default 1;", "oxlint --deny-warnings", "default"),
        ("state/x.ts", "export const x: any = 1;", "oxlint --deny-warnings", "any"),
        (
            "state/x.ts",
            'import { f } from "../views/icon.tsx";\nexport const x = f;',
            "node tools/layers.mjs",
            "state may not import views",
        ),
        (
            "net/x.ts",
            'import { h } from "preact";\nexport const x = h;',
            "node tools/layers.mjs",
            "net may not import the package preact",
        ),
        (
            "state/x.ts",
            "export const x = Date.now();",
            "node tools/layers.mjs",
            "Date.now",
        ),
        (
            "views/x.tsx",
            "export const f = (e: Element) => { e.innerHTML = 'x'; };",
            "node tools/layers.mjs",
            "innerHTML",
        ),
        (
            "views/x.tsx",
            'export const x = fetch("/api/rooms");',
            "node tools/layers.mjs",
            "fetch",
        ),
        ("stray/x.ts", "export const x = 1;", "node tools/layers.mjs", "no layer"),
    ],
)
def test_a_broken_rule_is_red(
    web: Path, file: str, code: str, part: str, word: str
) -> None:
    planted = web / "src" / file
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"{code}\n", encoding="utf-8")
    seen = check(web, part)
    assert seen.returncode != 0
    assert word in seen.stdout + seen.stderr


@pytest.mark.parametrize(
    "part", ["tsc --noEmit", "oxlint --deny-warnings", "node tools/layers.mjs"]
)
def test_a_guard_of_the_page_that_sees_nothing_is_red(web: Path, part: str) -> None:
    for folder in ("src", "tools"):
        for file in (web / folder).rglob("*.ts*"):
            file.unlink()
    for file in [*web.glob("*.ts"), *(web / "tools").glob("*.test.*")]:
        file.unlink()
    if part.startswith("oxlint"):
        shutil.rmtree(web / "tools")
    assert check(web, part).returncode != 0
