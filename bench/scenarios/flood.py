"""Thousands of sockets that mean no good: is the page of somebody else still usable?"""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count

from websockets.exceptions import ConnectionClosed

from bench.figures import Figures, say, show_table
from bench.peers.chinwag import NO_RATES, Chinwag
from bench.servers import ROOT, Server, choose_cores, end, pinned, serving
from chinwag.trial.client import Client, talking, to_address

SOCKETS = 2_000
ROOMS = 20
SECONDS = 60.0
GATHER_SECONDS = 20.0
CALM_SECONDS = 3.0
METRICS_SECONDS = 30.0
PATIENCE = 5.0
GOAL_LAG_MS = 100.0
GOAL_PING_MS = 1_000.0
WHAT = ("ping", "post", "history", "page")
Times = list[float]


class Visitor:
    """Somebody at a page who chats while others flood; counts how long things take."""

    def __init__(self, port: int, token: str, room: str) -> None:
        self._port = port
        self._token = token
        self._room = room
        self._cmids = count()
        self._begin()

    def _begin(self) -> None:
        self.times: dict[str, Times] = {what: [] for what in WHAT}
        self.failed: dict[str, int] = dict.fromkeys((*WHAT, "connection"), 0)

    async def stay(self, seconds: float) -> None:
        """Do what people do, for so long; come back where it is hung up on."""
        self._begin()
        late = time.monotonic() + seconds
        while (left := late - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left), self._talk() as tasks:
                    tasks.create_task(self._repeat("page", 1.0, self._load_page))
            except* TimeoutError:
                pass
            except* (ConnectionClosed, OSError):
                self.failed["connection"] += 1
                await asyncio.sleep(0.5)

    @asynccontextmanager
    async def _talk(self) -> AsyncGenerator[asyncio.TaskGroup]:
        async with (
            talking(to_address(self._port), token=self._token) as (client, _),
            asyncio.TaskGroup() as tasks,
        ):
            await client.ask("open_room", room=self._room)
            tasks.create_task(self._repeat("ping", 0.1, lambda: client.ask("ping")))
            tasks.create_task(self._repeat("post", 0.25, lambda: self._post(client)))
            tasks.create_task(self._repeat("history", 1.0, lambda: self._read(client)))
            yield tasks

    async def _repeat(
        self, name: str, pause: float, act: Callable[[], Awaitable[object]]
    ) -> None:
        while True:
            begun = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE):
                    await act()
                self.times[name].append((time.perf_counter() - begun) * 1_000)
            except (TimeoutError, RuntimeError):
                self.failed[name] += 1
            await asyncio.sleep(pause)

    async def _post(self, client: Client) -> None:
        cmid = f"visitor-{next(self._cmids)}"
        await client.ask(
            "post_message", room=self._room, cmid=cmid, text="Is it loud here?"
        )

    async def _read(self, client: Client) -> None:
        await client.ask("history", room=self._room, before=2**40)

    async def _load_page(self) -> None:
        await fetch(self._port, "/")


async def fetch(port: int, path: str) -> str:
    """Get something by HTTP, or raise RuntimeError where it is refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        writer.write(ask.encode())
        answer = (await reader.read()).decode(errors="replace")
    if " 200 " not in answer[:20]:
        raise RuntimeError(answer[:80])
    return answer


def measure_once(environment: Mapping[str, str], *, sockets: int = SOCKETS) -> Figures:
    """Flood a server that has these settings."""
    core, _ = choose_cores()
    with serving(Chinwag(environment=dict(environment)), core=core) as server:
        return asyncio.run(_measure(server, sockets))


async def _measure(server: Server, sockets: int) -> Figures:
    port = server.port
    home = await _make_room(port, "A quiet room")
    visitor = Visitor(port, home["token"], home["id"])
    await visitor.stay(CALM_SECONDS)
    calm = {name: summarize_times(each) for name, each in visitor.times.items()}
    rooms = [await _make_room(port, f"Loud room {each}") for each in range(ROOMS)]
    before = await read_metrics(port)
    async with flooding(port, sockets, rooms) as flood:
        cpu = server.read_cpu()
        await visitor.stay(SECONDS)
        cpu = server.read_cpu() - cpu
        done = flood()
        memory = server.read_memory()
        after = await read_metrics(port)
    return {
        "calm_ms": calm,
        "flooded_ms": {n: summarize_times(t) for n, t in visitor.times.items()},
        "failed": visitor.failed,
        "loop_lag_ms": read_lag(before, after),
        "server_busy": cpu / SECONDS,
        "memory_mib": memory / 2**20,
        "flood": done,
        "answers": {
            name: after[name] - before.get(name, 0)
            for name in after
            if name.startswith("chinwag_commands_total")
        },
        "sockets": after.get("chinwag_sockets", 0),
    }


async def _make_room(port: int, name: str) -> dict[str, str]:
    async with talking(to_address(port), name="Host") as (client, welcome):
        started = await client.ask("start_room", name=name)
        return {
            "id": started["room"]["id"],
            "key": started["key"],
            "token": started.get("token") or welcome["token"],
        }


@asynccontextmanager
async def flooding(
    port: int, sockets: int, rooms: list[dict[str, str]]
) -> AsyncGenerator[Callable[[], Figures]]:
    """Let the flood run beside us, once all are there.

    What is yielded tells what it has done so far.
    """
    _, core = choose_cores()
    longest = str(GATHER_SECONDS + SECONDS + METRICS_SECONDS)
    with pinned(core):
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program, started once
            [
                sys.executable,
                "-m",
                "bench.load.flood",
                str(port),
                str(sockets),
                longest,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    told: list[str] = []

    def read() -> None:
        assert process.stdout
        told.extend(process.stdout)

    assert process.stdin
    process.stdin.write(json.dumps(rooms) + "\n")
    process.stdin.flush()
    reading = asyncio.get_running_loop().run_in_executor(None, read)
    try:
        while not told or "loud" not in told[-1]:
            await asyncio.sleep(0.1)
            if process.poll() is not None:
                raise RuntimeError("the flood did not begin")
        yield lambda: json.loads(told[-1])
    finally:
        await asyncio.to_thread(end, process)
        await reading


async def read_metrics(port: int) -> dict[str, float]:
    """Return the server's figures, by name and labels; nothing if it is too busy."""
    try:
        async with asyncio.timeout(METRICS_SECONDS):
            text = await fetch(port, "/metrics")
    except (TimeoutError, OSError, RuntimeError):
        return {}
    found = re.findall(r"^(\w+(?:\{[^}]*\})?) ([0-9.e+-]+)\r?$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def read_lag(before: Mapping[str, float], after: Mapping[str, float]) -> Figures:
    """Return the buckets that hold the median and the 99th part of the loop's lag."""
    buckets: list[tuple[float, float]] = []
    for name, value in after.items():
        if found := re.match(r'chinwag_loop_lag_seconds_bucket\{le="(.+)"\}', name):
            buckets.append((float(found[1]), value - before.get(name, 0)))
    buckets.sort()
    most = buckets[-1][1] if buckets else 0
    return {
        f"p{part:.0%}".rstrip("%"): next(
            (le * 1_000 for le, seen in buckets if most and seen >= part * most), None
        )
        for part in (0.5, 0.99)
    } | {"samples": most}


def summarize_times(times: Times) -> Figures:
    """Return count, median, 99th part and the longest."""
    if not times:
        return {"count": 0}
    ordered = sorted(times)
    return {
        "count": len(ordered),
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[int(len(ordered) * 0.99)],
        "max": ordered[-1],
    }


def measure() -> Figures:
    """Flood with the limits as they are by default, and without any."""
    figures: Figures = {}
    for name, environment in (("rates on", {}), ("rates off", NO_RATES)):
        figures[name] = measure_once(environment)
        say(f"  {name}: {json.dumps(figures[name]['flood'])}")
    return figures


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    rows = [
        (
            f"{name}, {what}",
            f"{each['calm_ms'][what].get('p99', 0):.1f}",
            *(f"{times.get(part, 0):.1f}" for part in ("p50", "p99", "max")),
            times["count"],
            each["failed"][what],
        )
        for name, each in figures.items()
        for what, times in each["flooded_ms"].items()
    ]
    head = ("flood", "calm p99 ms", "p50 ms", "p99 ms", "max ms", "done", "failed")
    show_table(head, rows)
    met = True
    for name, each in figures.items():
        ping = each["flooded_ms"]["ping"].get("p99", float("inf"))
        lag = each["loop_lag_ms"]["p99"]
        failed = sum(each["failed"].values())
        good = lag is not None and lag <= GOAL_LAG_MS
        good &= ping < GOAL_PING_MS and not failed
        met &= good
        say(
            f"{name}: {each['sockets']:.0f} sockets, server {each['server_busy']:.0%} "
            f"busy, {each['memory_mib']:.0f} MiB. Goal: 99 in 100 times the loop is "
            f"back within {GOAL_LAG_MS:.0f} ms, a ping takes under "
            f"{GOAL_PING_MS:.0f} ms, and nothing fails. {'Met' if good else 'Missed'}: "
            f"{lag} ms, {ping:.0f} ms, {failed} failed."
        )
    say()
    return met
