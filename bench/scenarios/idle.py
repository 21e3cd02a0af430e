"""People who are there and say nothing: what one idle connection costs in CPU."""

import time
from collections.abc import Sequence

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import driving
from bench.peers import Peer
from bench.scenarios.memory import SETTLE_SECONDS, THOUSANDS
from bench.servers import choose_cores, serving

HEARTBEATS = 2
HEARTBEAT_SECONDS = 25.0
GOAL = 1 / 5
"""Of the demo's way."""


def run_once(peer: Peer, *, seconds: float) -> Figures:
    """Let 15,000 people sit there through some heartbeats, and see what they cost."""
    server_core, load_core = choose_cores()
    with serving(peer, core=server_core) as server:
        lines = peer.seat(server.port, THOUSANDS)
        with driving(server.port, peer.dialect, lines, None, core=load_core):
            time.sleep(SETTLE_SECONDS)
            cpu, begun = server.read_cpu(), time.monotonic()
            time.sleep(seconds)
            cpu, elapsed = server.read_cpu() - cpu, time.monotonic() - begun
    return {
        "connections": len(lines),
        "server_busy": cpu / elapsed,
        "cpu_us_per_connection_second": cpu * 1e6 / elapsed / len(lines),
    }


def measure(
    peers: Sequence[Peer],
    *,
    rounds: int = 1,
    seconds: float = HEARTBEATS * HEARTBEAT_SECONDS,
) -> Figures:
    """Run all peers in interleaved rounds; return every run and the summary."""
    runs: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    for peer in interleave(peers, rounds):
        seen = run_once(peer, seconds=seconds)
        runs[peer.name].append(seen)
        each = seen["cpu_us_per_connection_second"]
        say(f"  {peer.name:14} {each:6.2f} µs a connection and second")
    summary = {
        name: {
            what: summarize([each[what] for each in several])
            for what in ("cpu_us_per_connection_second", "server_busy")
        }
        for name, several in runs.items()
    }
    return {"summary": summary, "runs": runs}


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    summary = figures["summary"]
    show_table(
        ("idle", "CPU µs/connection s", "spread", "server"),
        [
            (
                name,
                f"{each['cpu_us_per_connection_second']['median']:.2f}",
                spread(each["cpu_us_per_connection_second"], "{:.2f}"),
                f"{each['server_busy']['median']:.1%}",
            )
            for name, each in summary.items()
        ],
    )
    ours, demo = (
        summary[name]["cpu_us_per_connection_second"]["median"]
        for name in ("chinwag", "demo")
    )
    met = Goal(f"µs a second, {GOAL} of the demo's", GOAL * demo).judge(ours)
    say()
    return met
