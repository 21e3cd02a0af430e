"""People who are there and say nothing: what one idle connection costs in memory."""

import time
from collections.abc import Sequence

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import driving
from bench.peers import Crowd, Peer
from bench.servers import choose_cores, serving

WARM = Crowd(rooms=10, members=10, senders=0)
CROWD = Crowd(rooms=500, members=10, senders=0)
THOUSANDS = Crowd(rooms=1_500, members=10, senders=0)
IN_TEN_ROOMS = Crowd(rooms=1_500, members=10, senders=0, each=10)
GOALS_KIB = {1: 6.0, 10: 8.0}
"""By the number of rooms that each is in."""
SETTLE_SECONDS = 3.0


def run_once(peer: Peer, crowd: Crowd) -> Figures:
    """Let new guests come in, each with a connection, and see what the server holds.

    A few come before, so that what is loaded once is not put down to the others.
    """
    server_core, load_core = choose_cores()
    with serving(peer, core=server_core) as server:
        early = peer.seat(server.port, WARM)
        with driving(server.port, peer.dialect, early, None, core=load_core):
            time.sleep(SETTLE_SECONDS)
            before, cpu = server.read_memory(), server.read_cpu()
            lines = peer.seat(server.port, crowd)
            with driving(server.port, peer.dialect, lines, None, core=load_core):
                cpu = server.read_cpu() - cpu
                time.sleep(SETTLE_SECONDS)
                after = server.read_memory()
    return {
        "connections": crowd.connections,
        "before_kib": before / 1024,
        "after_kib": after / 1024,
        "kib_per_connection": (after - before) / 1024 / crowd.connections,
        "cpu_ms_per_newcomer": cpu * 1_000 / crowd.connections,
    }


def measure(peers: Sequence[Peer], *, rounds: int = 2, crowd: Crowd = CROWD) -> Figures:
    """Run all peers in interleaved rounds; return every run and the summary."""
    runs: dict[str, list[Figures]] = {peer.name: [] for peer in peers}
    for peer in interleave(peers, rounds):
        figures = run_once(peer, crowd)
        runs[peer.name].append(figures)
        say(f"  {peer.name:14} {figures['kib_per_connection']:6.2f} KiB a connection")
    summary = {
        name: {
            what: summarize([each[what] for each in figures])
            for what in ("kib_per_connection", "cpu_ms_per_newcomer", "before_kib")
        }
        for name, figures in runs.items()
    }
    return {"rooms_each": crowd.each, "summary": summary, "runs": runs}


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    summary = figures["summary"]
    show_table(
        ("memory", "KiB/connection", "spread", "server alone MiB", "ms/newcomer"),
        [
            (
                name,
                f"{each['kib_per_connection']['median']:.2f}",
                spread(each["kib_per_connection"], "{:.2f}"),
                f"{each['before_kib']['median'] / 1024:.0f}",
                f"{each['cpu_ms_per_newcomer']['median']:.2f}",
            )
            for name, each in summary.items()
        ],
    )
    reached = summary["chinwag"]["kib_per_connection"]["median"]
    goal = GOALS_KIB[figures["rooms_each"]]
    met = Goal("KiB a connection", goal).judge(reached)
    say()
    return met
