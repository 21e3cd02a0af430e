"""How many messages a second become durable, beside a COMMIT for each."""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.filling import EVENTS, Filled
from bench.load import Load, driving
from bench.peers import Line
from bench.peers.chinwag import DIALECT, Chinwag
from bench.servers import choose_cores, pinned, serving
from chinwag.store.driver import sqlite
from chinwag.store.files import DATABASE
from chinwag.store.sqlite import SqliteStore

SENDERS = 64
GOAL_TIMES, GOAL_A_CORE = 20.0, 15_000.0
ONE_BY_ONE_SECONDS = 3.0
TEXT = "x" * 150


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


def run_chinwag(data: Path, filled: Filled, load: Load) -> Figures:
    """Let all of them post as fast as they are answered."""
    server_core, load_core = choose_cores()
    with (
        serving(Chinwag(), core=server_core, data=data) as server,
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


def run_one_by_one(data: Path, seconds: float) -> Figures:
    """Do the plain thing on the same disk: a transaction for each message."""
    core, _ = choose_cores()
    with (
        tempfile.TemporaryDirectory(dir=data.parent) as folder,
        pinned(core),
    ):
        place = Path(folder)
        SqliteStore(place, new_epoch=lambda: "plain").close()
        path = place / DATABASE
        with closing(sqlite.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = FULL")
            database.execute("INSERT INTO heads VALUES (1, 0, 0, 0, 1)")
            begun, cpu = time.perf_counter(), time.process_time()
            count = 0
            while time.perf_counter() - begun < seconds:
                count += 1
                _post_one(database, count)
            cpu = time.process_time() - cpu
            elapsed = time.perf_counter() - begun
    return {"a_second": count / elapsed, "a_cpu_second": count / cpu, "void": False}


def _post_one(database: Any, number: int) -> None:  # noqa: ANN401 - the driver's
    body = f'{{"cmid":"c{number}","text":"{TEXT}"}}'
    row = (1, number, number, 1, "message", None, number, os.urandom(16), body)
    database.execute("BEGIN IMMEDIATE")
    database.execute("SELECT head FROM heads WHERE room = 1").fetchone()
    database.execute(EVENTS, row)
    database.execute("UPDATE heads SET head = ? WHERE room = 1", (number,))
    database.execute("COMMIT")


def measure(data: Path, filled: Filled, load: Load, *, rounds: int = 3) -> Figures:
    """Run both in interleaved rounds; return every run and the summary."""
    runs: dict[str, list[Figures]] = {"chinwag": [], "one by one": []}
    for name in interleave(list(runs), rounds):
        if name == "chinwag":
            seen = run_chinwag(data, filled, load)
        else:
            seen = run_one_by_one(data, ONE_BY_ONE_SECONDS)
        runs[name].append(seen)
        void = " VOID" * seen["void"]
        say(f"  {name:10} {seen['a_second']:9,.0f} a second{void}")
    return {"messages": filled.messages, "summary": _sum_up(runs), "runs": runs}


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
    say(f"{figures['messages']:,} messages were there before.\n")
    return times >= GOAL_TIMES and a_core >= GOAL_A_CORE
