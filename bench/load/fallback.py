"""The load generator for where there is no compiler: the same plan, flags and report.

    python -m bench.load.fallback --port=PORT --plan=FILE …

It out-runs a server only where rooms are small; the report tells when it did not.
"""

import asyncio
import contextlib
import json
import resource
import sys
import time
from argparse import ArgumentParser, Namespace
from typing import Any

import psutil
import uvloop

from bench.load.talker import Bench, Connection

PATIENCE = 60.0
OPEN_AT_ONCE = 64
COMPILED_ONLY = ("due", "most-posts")


async def gather(bench: Bench) -> list[Connection]:
    """Open all connections of the plan, and wait until it is quiet."""
    options, loop = bench.options, asyncio.get_running_loop()
    lines = bench.plan
    room_for = asyncio.Semaphore(OPEN_AT_ONCE)
    step = max(1, len(lines) // 16)

    async def come(index: int, line: str) -> Connection:
        connection = Connection(bench, index, line, sampled=index % step == step - 1)
        async with room_for:
            await loop.create_connection(lambda: connection, options.host, options.port)
            await connection.ready
        return connection

    async with asyncio.timeout(PATIENCE):
        connections = await asyncio.gather(
            *(come(index, line) for index, line in enumerate(lines))
        )
    for _ in range(100):
        if time.monotonic() > bench.last_bytes + options.quiet:
            break
        await asyncio.sleep(0.1)
    return connections


async def measure(bench: Bench, connections: list[Connection]) -> dict[str, Any]:
    """Post, count, and wait for what is under way."""
    options = bench.options
    bench.posting = True
    senders = [each for each in connections if each.sender]
    pacing = asyncio.get_running_loop().create_task(pace(bench, senders))
    for each in senders:
        each.post_more()
    await asyncio.sleep(options.warm_up)
    bench.delivered.clear()
    bench.acknowledged.clear()
    before = snapshot(bench)
    await asyncio.sleep(options.seconds)
    after = snapshot(bench)
    bench.posting = False
    await pacing
    await drain(bench, connections)
    missed = [bench.posted.get(each.room, 0) - each.events for each in connections]
    return {
        "connections": len(connections),
        **{name: after[name] - before[name] for name in after},
        "delivered_ms": summarize(bench.delivered),
        "acknowledged_ms": summarize(bench.acknowledged),
        "all": bench.totals
        | {
            "missing": sum(each for each in missed if each > 0),
            "doubled": -sum(each for each in missed if each < 0),
        },
    }


async def pace(bench: Bench, senders: list[Connection]) -> None:
    """Post at the given rate, if there is one, whatever is answered."""
    rate, begun, count = bench.options.rate, time.monotonic(), 0
    while bench.posting and rate:
        due = int((time.monotonic() - begun) * rate)
        for number in range(count, due):
            senders[number % len(senders)].post_one()
        count = due
        await asyncio.sleep(0.001)


async def drain(bench: Bench, connections: list[Connection]) -> None:
    """Wait until all is answered and delivered, but not for ever."""
    for _ in range(int(bench.options.drain / 0.05)):
        due = sum(bench.posted.get(each.room, 0) for each in connections)
        if bench.totals["deliveries"] >= due:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    for each in connections:
        each.over = True


def snapshot(bench: Bench) -> dict[str, float]:
    """Return what grows with time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    everything = psutil.cpu_times()
    server = 0.0
    for pid in bench.options.pid:
        times = psutil.Process(pid).cpu_times()
        server += times.user + times.system
    return {
        "elapsed": time.monotonic(),
        "cpu": usage.ru_utime + usage.ru_stime,
        "server_cpu": server,
        "all_cpu": sum(everything) - everything.idle,
        **{name: bench.totals[name] for name in ("deliveries", "acks", "bytes_in")},
    }


def summarize(seconds: list[float]) -> dict[str, float]:
    """Return the parts of these times, in milliseconds."""
    times = sorted(seconds) or [0.0]
    parts = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "max": 1.0}
    return {"count": len(seconds)} | {
        name: times[min(len(times) - 1, int(len(times) * part))] * 1_000
        for name, part in parts.items()
    }


def read_options() -> Namespace:
    """Return what the command line tells."""
    parser = ArgumentParser()
    for name in (
        "path",
        "origin",
        "plan",
        "event",
        "each",
        "kind",
        "reply",
        "failure",
        "frame",
        "ping",
        "pong",
    ):
        parser.add_argument(f"--{name}", default="")
    for name in ("port", "window", "bytes", "at-once", *COMPILED_ONLY):
        parser.add_argument(f"--{name}", type=int, default=0)
    for name in ("warm-up", "seconds", "rate", "quiet", "drain", "nap"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    for name in ("echo", "deflate", "idle"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--pid", type=int, action="append", default=[])
    options = parser.parse_args()
    for name in COMPILED_ONLY:
        if getattr(options, name.replace("-", "_")):
            parser.error(f"--{name}: only the compiled generator can")
    return options


async def main() -> None:
    """Say `ready`, wait for a line, post, report."""
    bench = Bench(read_options())
    connections = await gather(bench)
    sys.stdout.write(f"ready {len(connections)}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    if not bench.options.idle:
        sys.stdout.write(json.dumps(await measure(bench, connections)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    uvloop.run(main())
