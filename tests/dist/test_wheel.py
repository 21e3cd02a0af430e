"""The wheel carries the page, and runs where there is nothing but Python."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Generator
from pathlib import Path
from urllib.request import urlopen

import pytest

import chinwag
from tests.meta.conftest import ROOT
from tests.running import Running, running

BIN = ROOT / ".venv/bin"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a freshly built wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """Return the wheel, which was built from the sdist."""
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """Return a new environment with the wheel and its locked requirements."""
    venv = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    install = [BIN / "uv", "pip", "install", "--quiet", "--python", venv]
    locked = ROOT / "requirements/run.txt"
    subprocess.run([*install, "--require-hashes", "-r", locked], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    return venv


@pytest.fixture(scope="module")
def server(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    """Return the wheel's server, with a PATH on which there is no Node."""
    data = tmp_path_factory.mktemp("served") / "data"
    environment = {"PATH": str(empty / "bin")}
    command = [empty / "bin/chinwag"]
    with running(data, environment=environment, command=command) as started:
        yield started


def fetch(url: str) -> str:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        text: str = answer.read().decode()
    return text


def test_the_wheel_carries_page_licence_and_migrations(wheel: Path) -> None:
    assert wheel.name == f"chinwag-{chinwag.__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    assert "chinwag/page/index.html" in names
    assert any(re.fullmatch(r"chinwag/page/.+\.js", name) for name in names)
    assert any(name.startswith("chinwag/store/migrations/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests", "web", "bench")) for name in names)


def test_the_wheel_serves_the_page_and_all_that_it_asks_for(server: Running) -> None:
    page = fetch(f"{server.url}/")
    parts = re.findall(r'(?:src|href)="(/[^"#]+\.(?:js|css|svg|png))"', page)
    assert parts
    for part in parts:
        assert fetch(f"{server.url}{part}")


def test_the_wheel_finds_nothing_bad_with_itself(empty: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [empty / "bin/python", "-m", "chinwag", "doctor", "--data", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "The page is there." in told.stdout
