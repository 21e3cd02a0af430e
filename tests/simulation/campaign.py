"""Many schedules one after the other, and what is told of them."""

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from tests.simulation.schedule import Stage, play, set_stage, steady
from tests.simulation.world import World

_REST_EVERY = 500


@dataclass
class Report:
    """What came of a campaign.

    Attributes:
        wrong: The seeds that failed, and why.
        digest: A number that stands for all that devices heard.
    """

    schedules: int = 0
    seconds: float = 0.0
    simulated: float = 0.0
    counts: Counter[str] = field(default_factory=Counter[str])
    wrong: dict[int, str] = field(default_factory=dict[int, str])
    digest: int = 0

    def add(self, seed: int, world: World) -> None:
        """Take in how a schedule went."""
        self.schedules += 1
        self.simulated += world.timeline.seconds
        self.counts.update(world.counts)
        self.counts["commits"] += world.disk.commits
        self.counts["commits refused"] += world.disk.failed
        self.counts["pages"] += world.disk.pages_read
        self.digest = crc32(world.digest.to_bytes(4, "big"), self.digest)
        if world.wrong:
            self.wrong[seed] = world.wrong[0]

    def lines(self) -> Iterable[str]:
        """Tell it."""
        yield (
            f"{self.schedules} schedules in {self.seconds:.1f} s "
            f"({self.schedules / max(self.seconds, 0.001):.0f}/s), "
            f"{self.simulated / 3600:.1f} simulated hours, digest {self.digest:08x}"
        )
        for name, count in sorted(self.counts.items()):
            yield f"  {count:>10,}  {name}"
        for seed, why in self.wrong.items():
            yield f"WRONG: {why}"
            yield f"  replay: python -m tests.simulation {seed}"


def seeds_for(first: int, most: int, seconds: float) -> Iterator[int]:
    """Return so many seeds one after the other, as long as there is time."""
    until = time.monotonic() + seconds
    for seed in range(first, first + most):
        if time.monotonic() > until:
            return
        yield seed


def run(seeds: Iterable[int], *, stage: Stage | None = None, enough: int = 1) -> Report:
    """Play the schedules of these seeds, until so many have gone wrong."""
    report = Report()
    began = time.monotonic()
    collecting = gc.isenabled()
    gc.disable()
    try:
        with steady():
            found = stage or set_stage()
            for seed in seeds:
                report.add(seed, play(seed, found))
                if report.schedules % _REST_EVERY == 0:
                    gc.collect()
                if len(report.wrong) >= enough:
                    break
    finally:
        if collecting:
            gc.enable()
    report.seconds = time.monotonic() - began
    return report


def replay(seed: int) -> World:
    """Play one schedule with its trace."""
    with steady():
        return play(seed, set_stage(), traced=True)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("replayed", nargs="?", type=int, metavar="SEED")
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--enough", type=int, default=5, help="stop after so many")
    asked = parser.parse_args(arguments)
    if asked.replayed is not None:
        world = replay(asked.replayed)
        lines: Iterable[str] = [*(world.trace or ()), *world.wrong]
        failed = bool(world.wrong)
    else:
        seeds = seeds_for(asked.seed, asked.schedules, asked.seconds)
        report = run(seeds, enough=asked.enough)
        lines, failed = report.lines(), bool(report.wrong)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return int(failed)
