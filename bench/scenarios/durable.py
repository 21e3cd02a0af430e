"""How many messages a second become durable, beside a COMMIT for each."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.disk import SYNCS, slow_disk, time_syncs
from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.filling import Filled
from bench.load import Load, driving
from bench.peers import Line
from bench.peers.chinwag import DIALECT, NO_RATES, Chinwag
from bench.servers import ROOT, choose_cores, clean_environment, pinned, serving

SENDERS = 64
GOAL_TIMES, GOAL_A_CORE = 20.0, 15_000.0
ONE_BY_ONE_SECONDS = 3.0


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
    with (
        serving(peer, core=server_core, data=data) as server,
        driving(
            server.port, DIALECT, seat(filled), load, core=load_core, pid=server.pid
        ) as drive,
    ):
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
    """Run both in interleaved rounds; return every run and the summary.

    Args:
        data: The directory in which the messages are.
        filled: What is there.
        load: What is posted.
        rounds: How often each is run.
        slower: By how many milliseconds each sync is to take longer than here.
        free: Whether nothing is pinned to a core.
    """
    disk = slow_disk(slower)
    runs: dict[str, list[Figures]] = {"chinwag": [], "one by one": []}
    for name in interleave(list(runs), rounds):
        if name == "chinwag":
            seen = run_chinwag(data, filled, load, disk, free=free)
        else:
            seen = run_one_by_one(data, ONE_BY_ONE_SECONDS, disk, free=free)
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
    ours, plain = summary["chinwag"], summary["one by one"]
    times = ours["a_second"]["median"] / plain["a_second"]["median"]
    a_core = ours["a_cpu_second"]["median"]
    for name, value, goal in (
        ("times one by one", times, GOAL_TIMES),
        ("a core", a_core, GOAL_A_CORE),
    ):
        met = "Met" if value >= goal else "Missed"
        say(f"{name}: goal {goal:,.0f}. {met}: {value:,.1f}.")
    say(
        f"{figures['messages']:,} messages were there before; a sync takes "
        f"{figures['sync_p50_ms']:.2f} ms, {figures['slower_ms']:g} of them added.\n"
    )
    return times >= GOAL_TIMES and a_core >= GOAL_A_CORE
