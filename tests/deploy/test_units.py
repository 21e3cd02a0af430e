"""The files in `deploy/` that no test can run say what the program does."""

import re
import shutil
import subprocess

import pytest

from scripts.generate.manuals import start_errors
from tests.meta.conftest import ROOT

UNIT = ROOT / "deploy/chinwag.service"
# A disk that failed is looked at anew by the next start.
PASSING = {"PortTaken", "AlreadyRunning", "DiskFull", "StorageFailed"}


def test_the_unit_does_not_restart_what_does_not_pass_by_itself() -> None:
    lasting = {
        str(kind.exit_status) for kind in start_errors() if kind.__name__ not in PASSING
    }
    told = re.search(r"^RestartPreventExitStatus=(.*)$", UNIT.read_text(), re.MULTILINE)
    assert told
    assert set(told[1].split()) == lasting


def test_the_unit_is_one_that_systemd_understands() -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not installed: the unit is not verified")
    seen = subprocess.run(
        [systemd, "verify", UNIT], capture_output=True, text=True, check=False
    )
    complaints = [
        line
        for line in seen.stderr.splitlines()
        # That it is not installed here is no fault of the unit.
        if UNIT.name in line and "/opt/chinwag/bin/chinwag" not in line
    ]
    assert complaints == []


def test_the_container_installs_the_locked_requirements() -> None:
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements/run.txt" in text
    assert "EXPOSE 2428" in text
