"""What all scenarios have in common: a seed goes in, an outcome comes out."""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.checker import check
from tests.faults.forks import Plant, QuickServer
from tests.faults.history import History
from tests.faults.storm import Storm


class NotHere(Exception):
    """This machine lacks what the scenario needs; the message says what."""


@dataclass
class Outcome:
    """What a round has shown.

    Attributes:
        counts: How often what was done or seen.
        figures: What was measured, of which the most is kept.
        faults: What went against a promise, a sentence each.
        history: What everybody did and saw, where there is one.
    """

    counts: Counter[str] = field(default_factory=Counter[str])
    figures: dict[str, int] = field(default_factory=dict[str, int])
    faults: list[str] = field(default_factory=list[str])
    history: History | None = None

    def expect(self, truth: object, fault: str) -> None:
        """Note a fault unless something is true."""
        if not truth:
            self.faults.append(fault)


Round = Callable[[Path, int], Awaitable[Outcome]]
"""A scenario, played once in an empty directory, with a seed."""


@contextlib.contextmanager
def serving(
    data: Path, *flags: str, plant: Plant | None = None
) -> Generator[QuickServer]:
    """Run a server; be sure that it is gone at the end."""
    server = QuickServer(data, *flags)
    server.plant = plant
    try:
        server.start()
        yield server
    finally:
        server.end()


async def finish(talk: Storm, outcome: Outcome) -> None:
    """See a storm to its end; that it never ends is a fault like others."""
    try:
        await talk.finish()
    except (TimeoutError, AssertionError):
        unsaid = {device.name: device.unsaid for device in talk.devices}
        outcome.faults.append(f"Not everything was answered or delivered: {unsaid}.")


def judge(history: History, outcome: Outcome) -> Outcome:
    """Add what the checker finds to an outcome."""
    outcome.history = history
    report = check(history)
    outcome.faults += [str(fault) for fault in report.faults]
    outcome.counts.update(report.counts)
    return outcome
