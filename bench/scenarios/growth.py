"""What grows with what: the server's CPU a post, where one thing is varied at a time.

Posts come evenly, at a rate at which hardly two share a transaction: that is what a
post costs at most. How it falls when they come together is the axis of the rate.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.figures import Figures, say, show_table
from bench.filling import Filled
from bench.fitting import Fit, fit
from bench.load import Load, Outcome, driving
from bench.peers import Crowd
from bench.peers.chinwag import DIALECT, Chinwag
from bench.scenarios.durable import seat
from bench.scenarios.hot_room import Incomplete, find_faults, rate, run_once
from bench.servers import Server, choose_cores, serving

LOAD = Load(rate=200, warm_up=0.5, seconds=2.5, quiet=0.4)
MEMBERS = (10, 30, 100, 300, 1_000)
ROOMS = (1, 10, 100, 500)
SIZES = (40, 600, 2_400, 9_600)
"""A text may have 10,000 characters; the generator's shortest has 31 bytes."""
SIZE_MEMBERS = (10, 100)
RATES = (100, 400, 1_600, 6_400)
CONNECTIONS = (500, 1_000, 2_000, 4_000)
IDLE_ROOMS = 10
SETTLE_SECONDS = 1.0
QUIET_BUSY, QUIET_PATIENCE = 0.02, 90.0
KEPT = ("cpu_us_per_post", "cpu_us_per_delivery", "server_busy", "generator_busy")
Data = Sequence[tuple[Path, Filled]]


def measure(load: Load = LOAD, *, data: Data = ()) -> Figures:
    """Vary one thing after the other; return all points and the lines through them.

    Args:
        load: What is posted, where that is not what varies.
        data: Filled directories, in which the messages are that are there before.
    """
    axes: dict[str, list[Figures]] = {
        "members": [_run(load, members=each) for each in MEMBERS],
        "rooms": [_run(load, rooms=each) for each in ROOMS],
        "bytes": [
            _run(replace(load, size=size), members=members)
            for members in SIZE_MEMBERS
            for size in SIZES
        ],
        "rate": [_run(replace(load, rate=each), members=100) for each in RATES],
        "messages": [run_filled(load, *each) for each in data],
        "connections": run_connections(load),
    }
    return {"axes": axes, "models": model(axes)}


def _run(load: Load, *, rooms: int = 1, members: int = 10) -> Figures:
    crowd = Crowd(rooms=rooms, members=members, senders=1)
    return _point(run_once(Chinwag(), crowd, load), crowd, load)


def _point(outcome: Outcome, crowd: Crowd, load: Load, **more: float) -> Figures:
    """Return what is kept of a run: where it stands on each axis, and its costs."""
    point: Figures = {
        "members": crowd.members,
        "rooms": crowd.rooms,
        "bytes": load.size,
        "rate": load.rate,
        "posts": outcome["acks"],
        "cpu_us_per_post": outcome["server_cpu"] * 1e6 / max(1, outcome["acks"]),
        "p99_ms": outcome["delivered_ms"]["p99"],
        "void": outcome["void"],
    }
    point |= {name: outcome[name] for name in KEPT if name in outcome} | more
    told = ", ".join(f"{point[name]:,.0f} {name}" for name in ("members", "rooms"))
    told += "".join(f", {value:,.0f} {name}" for name, value in more.items())
    say(
        f"  {told}, {load.size:,} bytes, {load.rate:,.0f}/s: "
        f"{point['cpu_us_per_post']:,.0f} µs a post, "
        f"{point['cpu_us_per_delivery']:.2f} a delivery{' VOID' * point['void']}"
    )
    return point


def run_filled(load: Load, data: Path, filled: Filled) -> Figures:
    """Post into the two largest rooms, by their founders, who are alone there."""
    server_core, load_core = choose_cores()
    lines = seat(filled)[:2]
    with serving(Chinwag(), core=server_core, data=data) as server:
        wait_until_quiet(server)
        with driving(
            server.port, DIALECT, lines, load, core=load_core, pid=server.pid
        ) as drive:
            outcome = drive.go()
    # Opening a room brings its newest page, which counts as delivered: here answers
    # tell whether all went well.
    total = outcome["all"]
    if total["acks"] != total["posts"] or total["lost"] or total["disordered"]:
        raise Incomplete(f"chinwag: {total}")
    crowd = Crowd(rooms=len(lines), members=1, senders=1)
    return _point(rate(outcome), crowd, load, messages=filled.messages)


def wait_until_quiet(server: Server) -> None:
    """Wait until the server has nothing to do: its index may be behind at the start.

    Raises:
        TimeoutError: It always has.
    """
    late = time.monotonic() + QUIET_PATIENCE
    while time.monotonic() < late:
        before = server.read_cpu()
        time.sleep(SETTLE_SECONDS)
        if server.read_cpu() - before <= QUIET_BUSY * SETTLE_SECONDS:
            return
    raise TimeoutError("The server does not come to rest.")


def run_connections(load: Load) -> list[Figures]:
    """Let more and more guests sit there, and post in a room of ten beside them."""
    server_core, load_core = choose_cores()
    peer, seen, there = Chinwag(), list[Figures](), 0
    with ExitStack() as stack:
        server = stack.enter_context(serving(peer, core=server_core))
        active = Crowd(rooms=1, members=10, senders=1)
        for goal in CONNECTIONS:
            before, cpu = server.read_memory(), server.read_cpu()
            rooms = max(1, (goal - there) // IDLE_ROOMS)
            idle = Crowd(rooms=rooms, members=IDLE_ROOMS, senders=0)
            lines = peer.seat(server.port, idle)
            stack.enter_context(
                driving(server.port, DIALECT, lines, None, core=load_core)
            )
            there += idle.connections
            come = (server.read_cpu() - cpu) / idle.connections
            time.sleep(SETTLE_SECONDS)
            after = server.read_memory()
            lines = peer.seat(server.port, active)
            with driving(
                server.port, DIALECT, lines, load, core=load_core, pid=server.pid
            ) as drive:
                outcome = rate(_require_whole(drive.go()))
            point = _point(outcome, active, load, connections=there)
            seen.append(
                point
                | {
                    "memory_mib": after / 2**20,
                    "kib_per_connection": (after - before) / 1024 / idle.connections,
                    "cpu_ms_per_newcomer": come * 1_000,
                }
            )
    return seen


def _require_whole(outcome: Outcome) -> Outcome:
    faults = find_faults(outcome)
    if faults:
        raise Incomplete(f"chinwag: {faults}")
    return outcome


def model(axes: Mapping[str, Sequence[Figures]]) -> Figures:
    """Return the lines: µs of CPU a post, from members, bytes and what else varied."""
    models: Figures = {}
    whole = [p for name in ("members", "bytes") for p in axes[name]]
    columns: dict[str, Callable[[Figures], float]] = {
        "a post": lambda _: 1.0,
        "a member": lambda p: p["members"],
        "a byte": lambda p: p["bytes"],
        "a byte and member": lambda p: p["bytes"] * p["members"],
    }
    models["members and bytes"] = _fit(whole, columns)
    for axis in ("rooms", "messages", "connections"):
        if len(axes[axis]) > 1:
            columns = {"a post": lambda _: 1.0, f"of {axis}": _reader(axis)}
            models[axis] = _fit(axes[axis], columns)
    return models


def _reader(axis: str) -> Callable[[Figures], float]:
    return lambda point: point[axis]


def _fit(
    points: Sequence[Figures], columns: Mapping[str, Callable[[Figures], float]]
) -> Figures:
    """Fit the points that measured the server, where enough are left of them."""
    valid = [each for each in points if not each["void"] and each["cpu_us_per_post"]]
    rows = [[read(point) for read in columns.values()] for point in valid]
    try:
        line = fit(rows, [each["cpu_us_per_post"] for each in valid])
    except ValueError as error:
        return {"missing": str(error)}
    return describe(line, list(columns))


def describe(line: Fit, names: Sequence[str]) -> Figures:
    """Return a line as it is kept.

    Its knee is where the part that grows has become as much as what is there anyway.
    """
    grows = line.parts[1]
    return {
        "us": dict(zip(names, line.parts, strict=True)),
        "knee": line.parts[0] / grows if min(grows, line.parts[0]) > 0 else None,
        "residuals": line.residuals,
        "worst_residual": line.worst,
    }


def show(figures: Figures) -> bool:
    """Print a table for each axis and the lines; return whether all was measured."""
    axes = figures["axes"]
    for axis, points in axes.items():
        rows: list[Sequence[object]] = [_tell(axis, each) for each in points]
        head = (f"by {axis}", "members", "µs/post", "µs/delivery", "p99 ms", "server")
        more = ("memory MiB", "KiB each", "ms/newcomer")
        show_table((*head, *(more if axis == "connections" else ())), rows)
        say()
    for name, line in figures["models"].items():
        say(f"{name}: {_tell_line(line)}")
    say()
    return not any(each["void"] for points in axes.values() for each in points)


def _tell(axis: str, point: Figures) -> list[object]:
    told: list[Any] = [
        f"{point[axis]:,.0f}{' VOID' * point['void']}",
        f"{point['members']:,}",
        f"{point['cpu_us_per_post']:,.0f}",
        f"{point['cpu_us_per_delivery']:.2f}",
        f"{point['p99_ms']:.1f}",
        f"{point['server_busy']:.0%}",
    ]
    for name in ("memory_mib", "kib_per_connection", "cpu_ms_per_newcomer"):
        told += [f"{point[name]:.2f}"] if name in point else []
    return told


def _tell_line(line: Figures) -> str:
    if "missing" in line:
        return f"no line, {line['missing']}"
    parts = ", ".join(f"{value:.4g} µs {name}" for name, value in line["us"].items())
    knee = "" if line["knee"] is None else f"; doubled at {line['knee']:,.0f}"
    return f"{parts}{knee}; off by at most {line['worst_residual']:.0%}"
