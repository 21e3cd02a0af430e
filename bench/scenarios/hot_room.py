"""A room where a hundred of a thousand talk: deliveries a second of server CPU."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import Load, Outcome, driving
from bench.peers import Crowd, Peer
from bench.servers import choose_cores, serving

CROWD = Crowd(rooms=1, members=1_000, senders=100)
GOAL, GOAL_PEERS, GOAL_DEFLATE = 60.0, 8.0, 4.0
"""Times the deliveries a second of server CPU of the demo, of the best peer, and of the
demo where both compress."""
NO_PEERS = {"demo", "demo-deflate", "chinwag-deflate", "bare C"}
"""The demo has a goal of its own, and nobody builds a chat on a bare loop."""
TICK_SECONDS = 0.01
"""In these Linux counts processor time."""
FAULTS = ("missing", "doubled", "disordered", "lost", "refused")


class Incomplete(Exception):
    """Something was lost, doubled or out of order: there is nothing to compare."""


def run_once(peer: Peer, crowd: Crowd, load: Load, *, free: bool = False) -> Outcome:
    """Fill the room, let it talk, and count.

    Raises:
        Incomplete: Not everybody got everything exactly once, in order.
    """
    server_core, load_core = choose_cores(free=free)
    with serving(peer, core=server_core) as server:
        lines = peer.seat(server.port, crowd)
        with driving(
            server.port, peer.dialect, lines, load, core=load_core, pid=server.pid
        ) as drive:
            outcome = drive.go()
    faults = find_faults(outcome)
    if faults:
        raise Incomplete(f"{peer.name}: {faults}")
    return rate(outcome)


def find_faults(outcome: Outcome) -> dict[str, int]:
    """Return how much was lost, doubled and so on, if anything was."""
    return {name: outcome["all"][name] for name in FAULTS if outcome["all"][name]}


def rate(outcome: Outcome) -> Outcome:
    """Return the outcome with what it comes to a second.

    `others_busy` is the part of the whole machine that neither the server nor the
    generator used: what else ran here meanwhile.
    """
    others = outcome["all_cpu"] - outcome["server_cpu"] - outcome["cpu"]
    server_cpu = max(outcome["server_cpu"], TICK_SECONDS)
    return outcome | {
        "deliveries_per_cpu_second": outcome["deliveries"] / server_cpu,
        "deliveries_per_second": outcome["deliveries"] / outcome["elapsed"],
        "posts_per_second": outcome["acks"] / outcome["elapsed"],
        "cpu_us_per_delivery": server_cpu * 1e6 / outcome["deliveries"],
        "server_busy": outcome["server_cpu"] / outcome["elapsed"],
        "generator_busy": outcome["cpu"] / outcome["elapsed"],
        "others_busy": others / outcome["elapsed"] / (os.cpu_count() or 1),
    }


def measure(
    peers: Sequence[Peer], load: Load, *, rounds: int = 5, free: bool = False
) -> Figures:
    """Run all peers in interleaved rounds; return every run and the summary."""
    runs: dict[str, list[Outcome]] = {peer.name: [] for peer in peers}
    for peer in interleave(peers, rounds):
        outcome = run_once(peer, CROWD, load, free=free)
        runs[peer.name].append(outcome)
        say(
            f"  {peer.name:14} {outcome['deliveries_per_cpu_second']:12,.0f} a CPU "
            f"second, server {outcome['server_busy']:.0%}, "
            f"load {outcome['generator_busy']:.0%}, others "
            f"{outcome['others_busy']:.0%}{' VOID' * outcome['void']}"
        )
    about = {peer.name: f"{peer.keeps.value}: {peer.about}" for peer in peers}
    return {"peers": about, "summary": compare(runs), "runs": runs}


COMPARED = (
    *("deliveries_per_cpu_second", "deliveries_per_second", "posts_per_second"),
    *("cpu_us_per_delivery", "server_busy", "generator_busy", "others_busy"),
)


def compare(runs: Mapping[str, Sequence[Outcome]]) -> Figures:
    """Return medians and spread for each peer, and ratios to the last one."""
    summary: dict[str, dict[str, Any]] = {}
    for name, outcomes in runs.items():
        valid = [each for each in outcomes if not each["void"]]
        figures: Figures = {
            what: summarize([each[what] for each in valid or outcomes])
            for what in COMPARED
        }
        figures["void_runs"] = len(outcomes) - len(valid)
        figures["p50_ms"] = summarize([e["delivered_ms"]["p50"] for e in outcomes])
        figures["p99_ms"] = summarize([e["delivered_ms"]["p99"] for e in outcomes])
        summary[name] = figures
    base = summary.get("demo")
    if base is not None:
        for figures in summary.values():
            figures["times_the_demo"] = (
                figures["deliveries_per_cpu_second"]["median"]
                / base["deliveries_per_cpu_second"]["median"]
            )
    return summary


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    rows: list[Sequence[object]] = []
    for name, each in figures["summary"].items():
        cpu, wall = each["deliveries_per_cpu_second"], each["deliveries_per_second"]
        rows.append(
            (
                name,
                f"{cpu['median']:,.0f}",
                spread(cpu, "{:,.0f}"),
                f"{wall['median']:,.0f}",
                f"{each['cpu_us_per_delivery']['median']:.3f}",
                f"{each['p50_ms']['median']:,.0f}",
                f"{each['p99_ms']['median']:,.0f}",
                f"{each['generator_busy']['most']:.0%}",
                f"{each['others_busy']['median']:.0%}",
                f"{each.get('times_the_demo', 0):.1f}",
            )
        )
    show_table(
        (
            *("hot room", "deliveries/CPU s", "spread", "deliveries/s", "CPU µs"),
            *("p50 ms", "p99 ms", "load", "others", "x demo"),
        ),
        rows,
    )
    return judge(figures["summary"])


def judge(summary: Mapping[str, Figures]) -> bool:
    """Tell how it stands beside the goals; return whether they are met."""
    speeds = {
        name: each["deliveries_per_cpu_second"]["median"]
        for name, each in summary.items()
    }
    ours = speeds.pop("chinwag")
    goals = [("the demo", speeds["demo"], GOAL)] if "demo" in speeds else []
    others = {name: speed for name, speed in speeds.items() if name not in NO_PEERS}
    if others:
        best = max(others, key=lambda name: others[name])
        goals.append((f"the best peer ({best})", others[best], GOAL_PEERS))
    times = [(name, ours / speed, goal) for name, speed, goal in goals]
    if {"chinwag-deflate", "demo-deflate"} <= speeds.keys():
        compressed = speeds["chinwag-deflate"] / speeds["demo-deflate"]
        times.append(("the demo, both compressing", compressed, GOAL_DEFLATE))
    met = [
        Goal(f"times {name}", goal, least=True).judge(seen)
        for name, seen, goal in times
    ]
    say()
    return all(met)
