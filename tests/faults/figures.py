"""The few figures that tests give."""

import sys
from collections.abc import Iterable


def tell(figures: object) -> None:
    """Say it; pytest shows it with `-rP`, and where a test fails."""
    sys.stdout.write(f"{figures}\n")


def percentile(numbers: Iterable[float], percent: float) -> float:
    """Return the least number that so many percent do not exceed."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
