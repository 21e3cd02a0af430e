"""How many messages a second become durable, beside a COMMIT for each.

The class demo's way is measured as well, which keeps nothing: what messages cost here.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.disk import SYNCS, slow_disk, time_syncs
from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.filling import Filled
from bench.goals import Goal
from bench.load import Load, driving
from bench.peers import Crowd, Dialect, Line
from bench.peers.chinwag import DIALECT, NO_RATES, Chinwag
from bench.peers.demo import Demo
from bench.servers import (
    ROOT,
    Server,
    choose_cores,
    clean_environment,
    pinned,
    serving,
)

SENDERS = 64
GOAL_TIMES, GOAL_A_CORE = 20.0, 15_000.0
ONE_BY_ONE_SECONDS = 3.0
NOTHING_KEPT = "the demo's way, which keeps nothing,"
OURS, ONE_BY_ONE, DEMO = "chinwag", "one by one", Demo().name


def seat(filled: Filled) -> list[Line]:
    """Return a sender in each of the first rooms, who is its founder."""
    count = min(SENDERS, len(filled.rooms))
    return [
        Line(
            sender=True,
            room=place,
            post=f'{{"type":"post_message","id":$i,"room":"{room}",'
            '"cmid":"$c","text":"$t"}',
            prelude=(
                f'{{"type":"hello","id":1,"token":"{token}"}}',
                f'{{"type":"open_room","id":2,"room":"{room}"}}',
            ),
        )
        for place, (room, token) in enumerate(
            zip(filled.rooms[:count], filled.founders[:count], strict=True)
        )
    ]


def run_chinwag(
    data: Path,
    filled: Filled,
    load: Load,
    disk: Mapping[str, str],
    *,
    free: bool = False,
) -> Figures:
    """Let all of them post as fast as they are answered."""
    server_core, load_core = choose_cores(free=free)
    peer = Chinwag(environment=NO_RATES | dict(disk))
    with serving(peer, core=server_core, data=data) as server:
        return _drive(server, DIALECT, seat(filled), load, load_core)


def run_demo(load: Load, *, free: bool = False) -> Figures:
    """Let as many say as much where nothing is kept."""
    server_core, load_core = choose_cores(free=free)
    peer, crowd = Demo(), Crowd(rooms=SENDERS, members=1, senders=1)
    with serving(peer, core=server_core) as server:
        lines = peer.seat(server.port, crowd)
        return _drive(server, peer.dialect, lines, load, load_core)


def _drive(
    server: Server,
    dialect: Dialect,
    lines: Sequence[Line],
    load: Load,
    core: int | None,
) -> Figures:
    with driving(server.port, dialect, lines, load, core=core, pid=server.pid) as drive:
        outcome = drive.go()
    return {
        "a_second": outcome["acks"] / outcome["elapsed"],
        "a_cpu_second": outcome["acks"] / outcome["server_cpu"],
        "void": outcome["void"],
    }


def run_one_by_one(
    data: Path, seconds: float, disk: Mapping[str, str], *, free: bool = False
) -> Figures:
    """Do the plain thing on the same disk: a transaction for each message."""
    core, _ = choose_cores(free=free)
    with (
        tempfile.TemporaryDirectory(dir=data.parent) as folder,
        pinned(core),
    ):
        ended = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "bench.disk.one_by_one", folder, str(seconds)],
            cwd=ROOT,
            env=clean_environment() | dict(disk),
            check=True,
            capture_output=True,
        )
    seen: Figures = json.loads(ended.stdout)
    return seen | {"void": False}


def measure(
    data: Path,
    filled: Filled,
    load: Load,
    *,
    rounds: int = 3,
    slower: float = 0.0,
    free: bool = False,
) -> Figures:
    """Run all three in interleaved rounds; return every run and the summary.

    Args:
        data: The directory in which the messages are.
        filled: What is there.
        load: What is posted.
        rounds: How often each is run.
        slower: By how many milliseconds each sync is to take longer than here.
        free: Whether nothing is pinned to a core.
    """
    disk = slow_disk(slower)
    ways: dict[str, Callable[[], Figures]] = {
        OURS: lambda: run_chinwag(data, filled, load, disk, free=free),
        ONE_BY_ONE: lambda: run_one_by_one(data, ONE_BY_ONE_SECONDS, disk, free=free),
        DEMO: lambda: run_demo(load, free=free),
    }
    runs: dict[str, list[Figures]] = {name: [] for name in ways}
    for name in interleave(list(ways), rounds):
        seen = ways[name]()
        runs[name].append(seen)
        void = " VOID" * seen["void"]
        say(f"  {name:10} {seen['a_second']:9,.0f} a second{void}")
    return {
        "messages": filled.messages,
        "slower_ms": slower,
        "sync_p50_ms": time_syncs(data.parent)[SYNCS // 2] + slower,
        "summary": _sum_up(runs),
        "runs": runs,
    }


def _sum_up(runs: Mapping[str, Sequence[Figures]]) -> Figures:
    return {
        name: {
            what: summarize([each[what] for each in several])
            for what in ("a_second", "a_cpu_second")
        }
        for name, several in runs.items()
    }


def show(figures: Figures) -> bool:
    """Print the table; return whether the goals are met."""
    summary = figures["summary"]
    show_table(
        ("durable messages", "a second", "spread", "a CPU second"),
        [
            (
                name,
                f"{each['a_second']['median']:,.0f}",
                spread(each["a_second"], "{:,.0f}"),
                f"{each['a_cpu_second']['median']:,.0f}",
            )
            for name, each in summary.items()
        ],
    )
    ours, plain, demo = (summary[name] for name in (OURS, ONE_BY_ONE, DEMO))
    times, nothing_kept = (
        each["a_second"]["median"] / plain["a_second"]["median"]
        for each in (ours, demo)
    )
    goal = Goal("times one by one", GOAL_TIMES, least=True)
    void = goal.find_void(NOTHING_KEPT, nothing_kept)
    met = goal.judge(times, void=void)
    a_core, nothing_kept = (each["a_cpu_second"]["median"] for each in (ours, demo))
    goal = Goal("messages a core", GOAL_A_CORE, least=True)
    void = goal.find_void(NOTHING_KEPT, nothing_kept)
    met &= goal.judge(a_core, void=void)
    say(
        f"{figures['messages']:,} messages were there before; a sync takes "
        f"{figures['sync_p50_ms']:.2f} ms, {figures['slower_ms']:g} of them added.\n"
    )
    return met
