"""The two commands: what they need, and that they do nothing twice."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tests.meta.conftest import ROOT
from tests.running import clean_environment


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """Run make as somebody types it, not as a part of the make that runs the tests."""
    return subprocess.run(
        ["make", *words],
        cwd=ROOT,
        env=own_environment({}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def own_environment(more: dict[str, str]) -> dict[str, str]:
    """Return an environment that no outer make has touched."""
    ours = clean_environment(more)
    return {name: value for name, value in ours.items() if not name.startswith("MAKE")}


def test_what_is_set_up_is_not_set_up_again() -> None:
    assert make("setup").returncode == 0
    again = make("setup")
    assert again.returncode == 0
    assert again.stdout == ""


def test_a_second_make_run_is_open_within_three_seconds(tmp_path: Path) -> None:
    # Of computing: how long it takes by the clock is up to who else is computing.
    assert make("setup").returncode == 0
    settings = {"CHINWAG_DATA": str(tmp_path / "data"), "CHINWAG_PORT": "0"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=own_environment(settings),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_open(process, log)
    finally:
        # Ctrl+C reaches make and Chinwag alike.
        os.killpg(process.pid, signal.SIGINT)
        _, process.returncode, spent = os.wait4(process.pid, 0)
    assert 0.1 < spent.ru_utime + spent.ru_stime < 3


def wait_until_open(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while "Ctrl+C ends it." not in log.read_text(encoding="utf-8"):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_every_target_has_words_and_is_told_by_make_help() -> None:
    told = make("help").stdout
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    for target in set(phony.split()) - {"debian"}:
        assert re.search(rf"^{target} +\S", told, re.MULTILINE), target


def test_continuous_integration_runs_what_everybody_runs() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().endswith("make test")


def test_no_requirement_is_without_its_hash() -> None:
    for name in ("bootstrap.txt", "run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][^\s;]*==\S+.*\\$", text, re.MULTILINE)
        named = re.findall(r"^[A-Za-z0-9].*$", text, re.MULTILINE)
        assert pinned
        assert len(pinned) == len(named)
        assert text.count("--hash=sha256:") >= len(pinned)
