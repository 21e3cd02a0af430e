"""One reader in twenty stops reading: what the others wait for, and what it takes."""

import threading
import time
from collections.abc import Sequence
from typing import Self

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import Load, driving
from bench.peers import Crowd, Line, Peer
from bench.scenarios.hot_room import Incomplete, find_faults
from bench.servers import Server, choose_cores, serving

CROWD = Crowd(rooms=1, members=1_000, senders=100)
STOPPED = 50
RATE = 200.0
"""Posts a second: each is delivered to all."""
SECONDS = 30.0
GOAL_TIMES, GOAL_KIB = 1.1, 64.0
LOOK_SECONDS = 0.5


def run_once(peer: Peer, load: Load, *, stopped: bool) -> Figures:
    """Let them talk; some of those who only read are another process, or stopped."""
    server_core, load_core = choose_cores()
    with serving(peer, core=server_core) as server:
        some, others = _divide(peer.seat(server.port, CROWD))
        with (
            driving(server.port, peer.dialect, some, None, core=load_core) as slow,
            driving(
                server.port,
                peer.dialect,
                others,
                load,
                core=load_core,
                pid=server.pid,
            ) as drive,
        ):
            before = server.read_memory()
            if stopped:
                slow.stop()
            with _Watch(server) as watch:
                outcome = drive.go()
            slow.go_on()
    faults = find_faults(outcome)
    if faults:
        raise Incomplete(f"{peer.name}: {faults}")
    return {
        "p50_ms": outcome["delivered_ms"]["p50"],
        "p99_ms": outcome["delivered_ms"]["p99"],
        "kib_each": max(0, watch.most - before) / 1024 / STOPPED,
        "void": outcome["void"],
    }


def _divide(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return some of those who only read, and all the others."""
    readers = [line for line in lines if not line.sender][-STOPPED:]
    chosen = set(map(id, readers))
    return readers, [line for line in lines if id(line) not in chosen]


class _Watch:
    """An eye on the most memory that a server takes."""

    def __init__(self, server: Server) -> None:
        self.most = 0
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.most = max(self.most, self._server.read_memory())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def measure(peer: Peer, *, rounds: int, seconds: float = SECONDS) -> Figures:
    """Run it with and without anybody stopped, in interleaved rounds."""
    load = Load(rate=RATE, seconds=seconds)
    runs: dict[str, list[Figures]] = {"all read": [], "some stopped": []}
    for name in interleave(list(runs), rounds):
        begun = time.monotonic()
        seen = run_once(peer, load, stopped=name == "some stopped")
        runs[name].append(seen)
        say(
            f"  {name:14} p99 {seen['p99_ms']:.1f} ms, {seen['kib_each']:.0f} KiB more "
            f"for each of {STOPPED} ({time.monotonic() - begun:.0f} s)"
        )
    summary = {
        name: {
            what: summarize([each[what] for each in several])
            for what in ("p50_ms", "p99_ms", "kib_each")
        }
        for name, several in runs.items()
    }
    return {"summary": summary, "runs": runs}


def show(figures: Figures) -> bool:
    """Print the table; return whether the goals are met."""
    summary = figures["summary"]
    show_table(
        ("slow readers", "p50 ms", "p99 ms", "spread", "KiB each"),
        [
            (
                name,
                f"{each['p50_ms']['median']:.1f}",
                f"{each['p99_ms']['median']:.1f}",
                spread(each["p99_ms"], "{:.1f}"),
                f"{each['kib_each']['median']:.0f}",
            )
            for name, each in summary.items()
        ],
    )
    calm, stressed = summary["all read"], summary["some stopped"]
    times = stressed["p99_ms"]["median"] / calm["p99_ms"]["median"]
    # What all that is said takes anyhow is not theirs.
    kib = max(0, stressed["kib_each"]["median"] - calm["kib_each"]["median"])
    met = Goal("others' p99, times", GOAL_TIMES).judge(times)
    met &= Goal("KiB for each", GOAL_KIB).judge(kib)
    say()
    return met
