"""Pages for people: links lead somewhere, snippets are real, the site builds."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.meta.conftest import ROOT

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def dead_links(root: Path) -> list[str]:
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    assert pages, "no page to look at"
    return [
        f"{page.relative_to(root)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]


def test_links_between_pages_lead_somewhere() -> None:
    assert dead_links(ROOT) == []


def test_a_dead_link_is_red(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("See [this](docs/gone.md#there).\n")
    assert dead_links(tmp_path) == ["README.md: docs/gone.md"]


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_page_on_proxies_shows_the_very_files_that_are_tested(name: str) -> None:
    page = (ROOT / "docs/how-to/reverse-proxy.md").read_text(encoding="utf-8")
    assert (ROOT / "deploy" / name).read_text(encoding="utf-8") in page


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)
    built = subprocess.run(
        [ROOT / ".venv/bin/zensical", "build", "--clean", "--strict"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    index = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert "Open a link and talk" in index


def test_commands_in_the_readme_and_contributing_exist() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told: set[str] = set()
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        told.update(re.findall(r"`make ([a-z]+)", text))
    assert told
    assert told <= made
