"""Two thousand small rooms in which little comes together: CPU a delivery."""

import resource
from collections.abc import Sequence
from dataclasses import replace

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import Load, Outcome
from bench.peers import Crowd, Peer
from bench.scenarios.hot_room import run_once

ROOMS, MEMBERS = 2_000, 10
SPARE_FILES = 500
DELIVERIES = 20_000
"""A second."""
GOAL_CEILING, GOAL_DEMO = 1.6, 1 / 2
"""At most so many times what a bare loop and the demo's way take."""
WHAT = ("cpu_us_per_delivery", "server_busy", "generator_busy")


def choose_crowd() -> Crowd:
    """Return 2,000 rooms, or as many as a process may have connections for."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    rooms = min(ROOMS, (files - SPARE_FILES) // MEMBERS)
    return Crowd(rooms=rooms, members=MEMBERS, senders=1)


def measure(peers: Sequence[Peer], load: Load, *, rounds: int) -> Figures:
    """Run all peers in interleaved rounds; return every run and the summary."""
    crowd = choose_crowd()
    say(f"  {crowd.connections:,} connections")
    paced = replace(load, rate=DELIVERIES / crowd.members)
    runs: dict[str, list[Outcome]] = {peer.name: [] for peer in peers}
    for peer in interleave(peers, rounds):
        outcome = run_once(peer, crowd, paced)
        runs[peer.name].append(outcome)
        say(
            f"  {peer.name:14} {outcome['cpu_us_per_delivery']:6.2f} µs a delivery, "
            f"{outcome['deliveries_per_second']:,.0f} deliveries a second"
            f"{' VOID' * outcome['void']}"
        )
    summary = {
        name: {what: summarize([each[what] for each in several]) for what in WHAT}
        | {"p99_ms": summarize([each["delivered_ms"]["p99"] for each in several])}
        for name, several in runs.items()
    }
    return {"deliveries_a_second": DELIVERIES, "summary": summary, "runs": runs}


def show(figures: Figures) -> bool:
    """Print the table; return whether the goals are met."""
    summary = figures["summary"]
    show_table(
        ("many rooms", "CPU µs/delivery", "spread", "server", "p99 ms"),
        [
            (
                name,
                f"{each['cpu_us_per_delivery']['median']:.2f}",
                spread(each["cpu_us_per_delivery"], "{:.2f}"),
                f"{each['server_busy']['median']:.0%}",
                f"{each['p99_ms']['median']:.1f}",
            )
            for name, each in summary.items()
        ],
    )
    ours = summary["chinwag"]["cpu_us_per_delivery"]["median"]
    met = True
    for name, goal in (("bare C", GOAL_CEILING), ("demo", GOAL_DEMO)):
        if name in summary:
            times = ours / summary[name]["cpu_us_per_delivery"]["median"]
            met &= Goal(f"times {name}", goal).judge(times)
    say()
    return met
