"""Whatever happens, in whatever order: nothing is lost, doubled or made up.

Every schedule comes from its seed. One that fails tells how to replay it.
"""

import os
import subprocess
import sys
from itertools import chain

import pytest

from tests.simulation.campaign import Report, replay, run, seeds_for
from tests.simulation.planted import told_before_commit
from tests.simulation.schedule import Stage, play, set_stage, steady

SECONDS = 20.0
MOST = 3_000
LEAST = 100
FEW = range(40)


def test_every_schedule_ends_well() -> None:
    report = run(chain(range(1, LEAST), seeds_for(LEAST, MOST, SECONDS)))
    assert not report.wrong, "\n".join(report.lines())
    for kind in ("crashes", "drops", "stalls", "full disks", "disk errors"):
        assert report.counts[kind], kind
    for code in ("unavailable", "not_found", "rate_limited"):
        assert report.counts[f"refused: {code}"], code


def test_the_same_seeds_are_the_same_story() -> None:
    first, second = run(FEW), run(FEW)
    assert first.digest == second.digest
    assert first.counts == second.counts
    assert run([1]).digest != run([2]).digest


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_tells_the_same_story(hash_seed: str) -> None:
    seen = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.simulation",
            f"--seed={FEW.start}",
            f"--schedules={len(FEW)}",
        ],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"digest {run(FEW).digest:08x}" in seen.stdout


def test_a_schedule_can_be_replayed_in_words() -> None:
    world = replay(3)
    with steady():
        again = play(3, set_stage())
    assert world.digest == again.digest
    assert world.trace
    assert any("Ada-0 <" in line for line in world.trace)


def test_a_failing_seed_tells_how_to_replay_it(stage: Stage) -> None:
    with told_before_commit():
        report = run(range(1, 200), stage=stage)
    (seed,) = report.wrong
    assert f"  replay: python -m tests.simulation {seed}" in list(report.lines())


def test_a_report_counts_what_was_done(stage: Stage) -> None:
    report: Report = run(range(1, 10), stage=stage)
    assert report.schedules == 9
    assert 9 * 20 <= report.counts["steps"] < 9 * 60
    assert report.simulated > 9
