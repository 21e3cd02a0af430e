"""Straight lines through what was measured: which part of a cost grows with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from operator import mul


@dataclass(frozen=True)
class Fit:
    """A cost as a sum of parts.

    Attributes:
        parts: What each column of the rows is to be multiplied with.
        residuals: By how much each measured value is above the line, as a part of
            the line.
    """

    parts: list[float]
    residuals: list[float]

    @property
    def worst(self) -> float:
        """The largest residual, whether above or below."""
        return max(map(abs, self.residuals))


def fit(rows: Sequence[Sequence[float]], values: Sequence[float]) -> Fit:
    """Return the parts whose sum is nearest to the values, by least squares.

    Each point weighs as one over its value: what counts is by which part the line is
    wrong, be it at ten members or at a thousand. All values are above zero.

    Raises:
        ValueError: There are too few points to tell the columns apart.
    """
    if not rows or len(rows) < len(rows[0]):
        raise ValueError("too few different points")
    weighted = [
        [cell / value for cell in row] for row, value in zip(rows, values, strict=True)
    ]
    # Columns of like size keep the sums apart from each other: bytes and members are
    # of different orders.
    columns: list[tuple[float, ...]] = list(zip(*weighted, strict=True))
    scales = [max(map(abs, column)) or 1.0 for column in columns]
    scaled: list[list[float]] = [
        [cell / scale for cell in column]
        for column, scale in zip(columns, scales, strict=True)
    ]
    normal = [[_dot(one, other) for other in scaled] for one in scaled]
    solved = solve(normal, [sum(column) for column in scaled])
    parts = [each / scale for each, scale in zip(solved, scales, strict=True)]
    lines = [_dot(parts, row) for row in rows]
    return Fit(
        parts,
        [value / line - 1 for value, line in zip(values, lines, strict=True)],
    )


def solve(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Return the solution of linear equations, by elimination with pivots.

    Raises:
        ValueError: There is none, or more than one.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        best = max(range(place, len(rows)), key=lambda n: abs(rows[n][place]))
        if abs(rows[best][place]) < 1e-12:
            raise ValueError("too few different points")
        rows[place], rows[best] = rows[best], rows[place]
        pivot = [each / rows[place][place] for each in rows[place]]
        rows = [
            pivot if n == place else _subtract(row, pivot, row[place])
            for n, row in enumerate(rows)
        ]
    return [row[-1] for row in rows]


def _subtract(row: list[float], other: list[float], times: float) -> list[float]:
    return [one - times * two for one, two in zip(row, other, strict=True)]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(starmap(mul, zip(one, other, strict=True)))
