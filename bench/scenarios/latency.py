"""From the post to its delivery at a given rate: how long people wait for words."""

from collections.abc import Sequence
from dataclasses import replace

from bench.disk import SYNCS, time_syncs
from bench.figures import Figures, interleave, say, show_table, summarize
from bench.goals import Goal
from bench.load import Load, Outcome, driving
from bench.peers import Crowd, Peer
from bench.scenarios.hot_room import find_faults, rate
from bench.servers import choose_cores, serving

CROWD = Crowd(rooms=100, members=50, senders=4)
DELIVERIES = (20_000, 100_000, 200_000)
"""Deliveries a second; each post is delivered to a room. The last is for machines on
which the demo keeps up at the one before."""
P50_MORE_MS, P99_MORE_MS = 0.5, 2.0
"""What the disk may cost: beside the demo's way, and beyond its own 99th part."""
OVERLOAD, OVERLOAD_TIMES = 100_000, 20
"""Where the demo falls behind, from here on, so many times sooner."""
MOST_AT_REST, LEAST_OVERLOADED = 0.5, 0.95
"""How busy the demo's core may be at the lower rate, where nothing is to wait for its
turn, and has to be at the higher one, where it is to fall behind."""


def run_once(
    peer: Peer, deliveries: int, crowd: Crowd, load: Load, *, free: bool = False
) -> Outcome:
    """Fill the rooms, post at the rate, and time deliveries."""
    server_core, load_core = choose_cores(free=free)
    with serving(peer, core=server_core) as server:
        lines = peer.seat(server.port, crowd)
        paced = replace(load, rate=deliveries / crowd.members)
        with driving(
            server.port, peer.dialect, lines, paced, core=load_core, pid=server.pid
        ) as drive:
            outcome = drive.go()
        faults = find_faults(outcome)
        fsync = time_syncs(server.data.parent)[SYNCS * 99 // 100]
        return rate(outcome) | {"fsync_p99_ms": fsync, "faults": faults}


def measure(
    peers: Sequence[Peer],
    load: Load,
    *,
    rounds: int = 1,
    crowd: Crowd = CROWD,
    free: bool = False,
) -> Figures:
    """Run all peers at all rates in interleaved rounds."""
    runs: dict[str, list[Outcome]] = {}
    every = [(peer, each) for each in DELIVERIES for peer in peers]
    for peer, deliveries in interleave(every, rounds):
        outcome = run_once(peer, deliveries, crowd, load, free=free)
        runs.setdefault(f"{peer.name} at {deliveries:,}/s", []).append(outcome)
        say(
            f"  {peer.name:14} {deliveries:7,}/s: p50 "
            f"{outcome['delivered_ms']['p50']:.1f}, p99 "
            f"{outcome['delivered_ms']['p99']:.1f} ms {outcome['faults'] or ''}"
        )
    summary = {
        name: {
            "p50_ms": summarize([each["delivered_ms"]["p50"] for each in outcomes]),
            "p99_ms": summarize([each["delivered_ms"]["p99"] for each in outcomes]),
            "acknowledged_p99_ms": summarize(
                [each["acknowledged_ms"]["p99"] for each in outcomes]
            ),
            "deliveries_per_second": summarize(
                [each["deliveries_per_second"] for each in outcomes]
            ),
            "server_busy": summarize([each["server_busy"] for each in outcomes]),
            "fsync_p99_ms": summarize([each["fsync_p99_ms"] for each in outcomes]),
            "faults": [each["faults"] for each in outcomes if each["faults"]],
        }
        for name, outcomes in runs.items()
    }
    return {"summary": summary, "runs": runs}


def show(figures: Figures) -> bool:
    """Print the table; return whether everybody got everything."""
    parts = ("p50_ms", "p99_ms", "acknowledged_p99_ms", "fsync_p99_ms")
    show_table(
        (
            *("latency", "p50 ms", "p99 ms", "ack p99 ms", "fsync p99 ms"),
            *("deliveries/s", "server"),
        ),
        [
            (
                name,
                *(f"{each[part]['median']:.1f}" for part in parts),
                f"{each['deliveries_per_second']['median']:,.0f}",
                f"{each['server_busy']['median']:.0%}",
            )
            for name, each in figures["summary"].items()
        ],
    )
    return judge(figures["summary"])


def judge(summary: Figures) -> bool:
    """Tell how it stands beside the goals; return whether they are met."""
    met = not any(each["faults"] for each in summary.values())
    overloads = [each for each in DELIVERIES if each >= OVERLOAD]
    for deliveries in DELIVERIES:
        ours = summary[f"chinwag at {deliveries:,}/s"]
        demo = summary.get(f"demo at {deliveries:,}/s")
        if demo is None:
            continue
        when = f"at {deliveries:,}/s,"
        if deliveries < OVERLOAD:
            met &= _judge_at_rest(when, ours, demo)
        elif demo["server_busy"]["median"] > LEAST_OVERLOADED:
            met &= _judge_overloaded(when, ours, demo)
            break
        else:
            say(f"{when} nothing is judged: the demo's way keeps up.")
            met &= deliveries != overloads[-1]
    say()
    return met


def _judge_at_rest(when: str, ours: Figures, demo: Figures) -> bool:
    """Where there is time for each word: what the disk and the work add."""
    busy = demo["server_busy"]["median"]
    queues = f"the demo's core is {busy:.0%} busy" if busy > MOST_AT_REST else None
    goal = Goal(f"{when} p50 ms", demo["p50_ms"]["median"] + P50_MORE_MS)
    met = goal.judge(ours["p50_ms"]["median"], void=queues)
    goal = Goal(f"{when} p99 ms", ours["fsync_p99_ms"]["median"] + P99_MORE_MS)
    void = goal.find_void("the demo's way", demo["p99_ms"]["median"])
    return goal.judge(ours["p99_ms"]["median"], void=void) and met


def _judge_overloaded(when: str, ours: Figures, demo: Figures) -> bool:
    """Where the demo falls behind: how much sooner words come."""
    goal = Goal(f"{when} p99 ms", demo["p99_ms"]["median"] / OVERLOAD_TIMES)
    return goal.judge(ours["p99_ms"]["median"])
