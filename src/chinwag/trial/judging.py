"""What a step of a trial came to: who heard what, how late, and if that will do."""

from collections.abc import Sequence

import msgspec

STEPS = (10, 30, 100, 300, 1_000, 3_000)


class Step(msgspec.Struct, frozen=True):
    """One room, so many people in it, and what was said for a while.

    Attributes:
        people: How many were in the room.
        posts: How many messages were said.
        deliveries: How many times one reached somebody.
        lost: How many times one never did.
        doubled: How many times one came again, or out of order.
        p50_ms: Milliseconds from saying to hearing, the median of all deliveries.
        p99_ms: The same for the slowest hundredth.
        came_in: Seconds in which they came in: the server may limit how many do.
    """

    people: int
    posts: int
    deliveries: int
    lost: int
    doubled: int
    p50_ms: float
    p99_ms: float
    came_in: float = 0.0

    def holds(self, most_ms: float) -> bool:
        """Tell whether everybody heard everything, and soon enough."""
        return self.lost == self.doubled == 0 < self.posts and self.p99_ms <= most_ms


class Ear:
    """What one person heard: each message once, in order, or it is noted."""

    __slots__ = ("_last", "_since", "delays", "doubled")

    def __init__(self) -> None:
        self._last = 0
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Count what is said from now on, in seconds of a monotonic clock."""
        self._since = now
        self.delays: list[float] = []
        self.doubled = 0

    def hear(self, seq: int, said_at: float, now: float) -> None:
        """Note one message and how many seconds it took, if it counts already."""
        if said_at < self._since:
            return
        if seq <= self._last:
            self.doubled += 1
            return
        self._last = seq
        self.delays.append(now - said_at)


def sum_up(ears: Sequence[Ear], posts: int, *, came_in: float = 0.0) -> Step:
    """Return what all of them heard of so many posts."""
    delays = sorted(delay for ear in ears for delay in ear.delays)
    return Step(
        people=len(ears),
        posts=posts,
        deliveries=len(delays),
        lost=posts * len(ears) - len(delays),
        doubled=sum(ear.doubled for ear in ears),
        p50_ms=_percentile(delays, 0.5),
        p99_ms=_percentile(delays, 0.99),
        came_in=came_in,
    )


def _percentile(ordered: Sequence[float], part: float) -> float:
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1_000


HEADER = " people   posts  deliveries   p50 ms   p99 ms  lost  twice  came in"


def describe(step: Step) -> str:
    """Return a step as a line of a table, under `HEADER`."""
    return (
        f"{step.people:7,} {step.posts:7,} {step.deliveries:11,} {step.p50_ms:8.1f} "
        f"{step.p99_ms:8.1f} {step.lost:5,} {step.doubled:6,} {step.came_in:6.1f} s"
    )


def plan(most: int) -> list[int]:
    """Return how many people there are at each step, `most` at the last."""
    return [*(step for step in STEPS if step < most), most]


def conclude(steps: Sequence[Step], most_ms: float) -> str:
    """Return the sentence in which a trial ends."""
    held = [step for step in steps if step.holds(most_ms)]
    if not held:
        return f"Not even {steps[0].people} people are held within {most_ms:g} ms here."
    best = held[-1]
    sentence = f"Holds {best.people:,} people at p99 {best.p99_ms:.0f} ms here."
    if best is steps[-1]:
        return f"{sentence} More were not tried."
    return f"{sentence} {_explain(steps[-1], most_ms)}"


def _explain(step: Step, most_ms: float) -> str:
    if step.lost or step.doubled:
        return (
            f"With {step.people:,}, {step.lost:,} deliveries were lost and "
            f"{step.doubled:,} came twice: please tell us."
        )
    return f"With {step.people:,} it was {step.p99_ms:.0f} ms, over {most_ms:g}."
