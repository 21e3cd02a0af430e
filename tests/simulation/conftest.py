"""How every schedule begins, made once."""

import pytest

from tests.simulation.schedule import Stage, set_stage, steady


@pytest.fixture(scope="session")
def stage() -> Stage:
    """Return the stage as the product as it is sets it."""
    with steady():
        return set_stage()
