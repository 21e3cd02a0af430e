"""How often the disk is waited for, as the operating system sees it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.conftest import ROOT

SCRIPT = Path(__file__).with_name("one_fsync.py")


@pytest.mark.skipif(shutil.which("strace") is None, reason="NOT PROVED HERE: no strace")
@pytest.mark.parametrize("rooms", [1, 50])
def test_fifty_waiting_posts_are_one_fsync(
    data: Path, tmp_path: Path, rooms: int
) -> None:
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,stat,newfstatat,statx"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", calls, "-o", trace, sys.executable]
        + [str(part) for part in (SCRIPT, data, rooms)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "not permitted" in done.stderr:
        pytest.skip("NOT PROVED HERE: nobody may be traced")
    assert done.returncode == 0, done.stderr
    seen = trace.read_text()
    within = seen[seen.index("/nothing/begin") : seen.index("/nothing/end")]
    assert len(re.findall(r"(?:fsync|fdatasync)\(", within)) == 1, within
    # It would see more than one: the rooms were founded one by one.
    assert len(re.findall(r"(?:fsync|fdatasync)\(", seen)) > rooms
