"""Broken histories, each with the fault that must be found in it.

Sound ones are spoilt in one place each, by every break there is; those that chance does
not make are written by hand.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.faults.breaks import by_hand, folding, orders, promises, sights
from tests.faults.breaks.copies import BREAKS, Break, Broken, Copy, Nowhere
from tests.faults.checker import check
from tests.faults.checks.findings import Kind, Report
from tests.faults.sound import make_sound

SOURCES = (folding, orders, promises, sights)
WORLDS = 40
STEPS = 400


@dataclass
class Row:
    """How many histories have a kind of fault, and in how many it was found."""

    kind: Kind
    made: int = 0
    flagged: int = 0

    def note(self, report: Report) -> None:
        """Count what the checker said of one."""
        self.made += 1
        self.flagged += self.kind in report.kinds


@cache
def _sound(seed: int) -> str:
    return json.dumps(make_sound(seed, STEPS).records)


def spoil(break_it: Break, kind: Kind, some: int) -> Iterator[Broken]:
    """Return up to so many histories that are broken in one way."""
    made = 0
    for seed in range(WORLDS):
        copy = Copy(_sound(seed), seed)
        try:
            break_it(copy)
        except Nowhere:
            continue
        made += 1
        yield Broken(break_it.__name__.replace("_", " "), kind, copy.history)
        if made == some:
            return


@cache
def judge(break_it: Break, kind: Kind, some: int) -> tuple[Report, ...]:
    """Return what the checker says of up to so many that are broken in one way."""
    return tuple(check(broken.history) for broken in spoil(break_it, kind, some))


def tabulate(some: int = 4) -> list[Row]:
    """Return for each kind of fault how many were made and how many were found."""
    rows = {kind: Row(kind) for kind in Kind}
    for broken in by_hand.list_broken():
        rows[broken.kind].note(check(broken.history))
    for kind, break_it in BREAKS:
        for report in judge(break_it, kind, some):
            rows[kind].note(report)
    return list(rows.values())
