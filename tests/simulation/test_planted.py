"""The simulation is itself checked: it notices every bug that is planted."""

import pytest

from tests.simulation.campaign import run
from tests.simulation.planted import PLANTED, Plant
from tests.simulation.schedule import Stage

MOST = 4_000
"""Schedules within which a planted bug must show."""


@pytest.mark.parametrize("plant", PLANTED, ids=[p.__name__ for p in PLANTED])
def test_a_planted_bug_is_noticed(plant: Plant, stage: Stage) -> None:
    with plant():
        report = run(range(1, MOST), stage=stage)
    assert report.wrong, "\n".join(report.lines())
