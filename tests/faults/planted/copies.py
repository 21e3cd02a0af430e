"""A copy of Chinwag's sources with a bug in it, for a server to run from."""

import os
import shutil
from pathlib import Path

from tests.faults.planted.bug import Bug

SOURCES = Path(__file__).parents[3] / "src/chinwag"


def plant(bug: Bug, place: Path) -> dict[str, str]:
    """Copy the sources with the bug; return the environment that runs the copy.

    Raises:
        AssertionError: The sources are not any more what the bug was made for.
    """
    target = place / bug.name / "chinwag"
    # Links are enough, as long as what is changed becomes a file of its own.
    shutil.copytree(SOURCES, target, copy_function=os.link)
    for change in bug.changes:
        file = target / change.file
        text = file.read_text(encoding="utf-8")
        found = text.count(change.old)
        assert found == 1, (
            f"{bug.name}: {change.file} has {found} times what is to be changed; "
            f"make the bug anew for the sources as they are: {change.old!r}"
        )
        file.unlink()
        file.write_text(text.replace(change.old, change.new), encoding="utf-8")
    return {"PYTHONPATH": str(target.parent)}
