"""Whether the tests would see what they are there to see: bugs planted on purpose.

Each is a change of a copy of the sources; the scenario that is named beside it has to
turn red, for the reason that is named as well. The same scenarios stay green where
nothing is planted.
"""

import re
import time
import traceback
from pathlib import Path

import pytest

from tests.faults.conftest import Length
from tests.faults.figures import tell
from tests.faults.history import History
from tests.faults.planted.bugs import BUGS
from tests.faults.planted.copies import plant
from tests.faults.planted.scenarios import SCENARIOS, Stage
from tests.faults.supervisor import Supervisor

WITH_EVERY_CHANGE = {
    "reply-before-commit",
    "head-raised-before-commit",
    "dedupe-never",
    "read-then-subscribe",
    "one-frame-across-a-leave",
    "edits-outlive-their-message",
}
"""Some that are quickly found; a campaign plants them all."""


@pytest.fixture
def stage(supervisor: Supervisor, history: History, tmp_path: Path, seed: int) -> Stage:
    """Return where a scenario is played."""
    return Stage(supervisor, history, tmp_path, seed)


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_sound_server_passes(scenario: str, stage: Stage) -> None:
    await SCENARIOS[scenario](stage)


@pytest.mark.parametrize("name", BUGS)
async def test_a_planted_bug_is_found(name: str, stage: Stage, length: Length) -> None:
    if name not in WITH_EVERY_CHANGE and not length.campaign:
        pytest.skip("NOT PROVED HERE: this bug is planted with --campaign alone")
    bug = BUGS[name]
    stage.supervisor.environment = plant(bug, stage.place)
    before = time.monotonic()
    try:
        await SCENARIOS[bug.caught_by](stage)
    # Whatever it says is looked at; pytest's own failures are no exceptions.
    except BaseException as error:  # noqa: BLE001 - as above
        said = "".join(traceback.format_exception(error))
    else:
        pytest.fail(f"nobody noticed: {name}")
    seconds = time.monotonic() - before
    tell(f"| {name} | {bug.caught_by} | {seconds:.1f} s |")
    assert re.search(bug.says, said), said


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_can_still_be_planted(name: str, tmp_path: Path) -> None:
    plant(BUGS[name], tmp_path)
