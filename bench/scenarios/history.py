"""Reading among millions of messages: a page, a jump, the deepest past; and a start."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from bench.blocking import Asker, asking
from bench.figures import Figures, say, show_table
from bench.filling import WELL_READ, Filled
from bench.peers.chinwag import Chinwag
from bench.servers import choose_cores, pinned, serving

PAGES = 1_000
WARM = 200
GOAL_PAGE_MS, GOAL_NEWEST_MS = 2.0, 0.3
GOAL_START_SECONDS, GOAL_IDLE_MIB = 1.0, 90.0
COLD = "newest, the first time"
"""Just after the start, when SQLite holds nothing yet: the goals are for later."""
DEPTHS = (0.1, 0.5, 0.9)
Times = list[float]


def measure(
    data: Path, filled: Filled, *, pages: int = PAGES, free: bool = False
) -> Figures:
    """Start a server on what is there, read, and time each answer."""
    core, own_core = choose_cores(free=free)
    begun = time.perf_counter()
    with (
        serving(Chinwag(), core=core, data=data) as server,
        pinned(own_core),
    ):
        with asking(server.port, token=filled.reader) as asker:
            asker.ask(_post(filled.rooms[0]))
            started = time.perf_counter() - begun
        idle = server.read_memory()
        begun = time.perf_counter()
        with asking(server.port, token=filled.reader) as asker:
            hello = time.perf_counter() - begun
            times = {COLD: _read_all_newest(asker, filled)}
            # A page is kept from the second time on that somebody wants it.
            _read_all_newest(asker, filled)
            times |= {
                name: _time_pages(asker, ask, pages)
                for name, ask in _questions(filled).items()
            }
    return {
        "messages": filled.messages,
        "start_seconds": started,
        "idle_mib": idle / 2**20,
        "hello_ms": hello * 1_000,
        "pages_ms": {name: summarize_times(each) for name, each in times.items()},
    }


def _read_all_newest(asker: Asker, filled: Filled) -> Times:
    """Read the newest page of each of the reader's rooms; return how long each took."""
    rooms = filled.rooms[:WELL_READ]
    return [_time(asker, _ask(room)) for room in rooms]


def _time(asker: Asker, question: bytes) -> float:
    begun = time.perf_counter()
    asker.ask(question)
    return (time.perf_counter() - begun) * 1_000


def _ask(room: str, place: str | None = None, seq: int = 0) -> bytes:
    where = f',"{place}":{max(1, seq)}' if place else ""
    return f'{{"type":"history","id":2,"room":"{room}"{where}}}'.encode()


def _post(room: str) -> bytes:
    return (
        b'{"type":"post_message","id":1,"room":"%s","cmid":"first-%d","text":"Hi"}'
        % (room.encode(), time.monotonic_ns())
    )


def _questions(filled: Filled) -> dict[str, Callable[[], bytes]]:
    """Return what is asked, each anew: rooms by Zipf's law, as people are in them."""
    dice = random.Random(1)  # noqa: S311 - the same pages every time
    rooms = list(zip(filled.rooms, filled.heads, strict=True))[:WELL_READ]
    weights = [1 / place for place in range(1, len(rooms) + 1)]

    def anywhere(place: str) -> Callable[[], bytes]:
        def question() -> bytes:
            ((room, head),) = dice.choices(rooms, weights)
            return _ask(room, place, dice.randint(1, head))

        return question

    def deep(depth: float) -> Callable[[], bytes]:
        room, head = rooms[0]
        return lambda: _ask(
            room, "before", round(head * (1 - depth)) + dice.randint(-50, 50)
        )

    return {
        "newest": lambda: _ask(dice.choices(rooms, weights)[0][0]),
        "anywhere": anywhere("before"),
        "a jump": anywhere("around"),
    } | {f"{depth:.0%} deep": deep(depth) for depth in DEPTHS}


def _time_pages(asker: Asker, ask: Callable[[], bytes], pages: int) -> Times:
    times: Times = []
    for n in range(WARM + pages):
        took = _time(asker, ask())
        if n >= WARM:
            times.append(took)
    return times


def summarize_times(times: Times) -> Figures:
    """Return the median, the 99th part and the most."""
    ordered = sorted(times)
    return {
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[len(ordered) * 99 // 100],
        "most": ordered[-1],
    }


def show(figures: Figures) -> bool:
    """Print the table; return whether the goals are met."""
    pages = figures["pages_ms"]
    show_table(
        ("a page of 50", "p50 ms", "p99 ms", "most ms"),
        [
            (name, *(f"{each[part]:.2f}" for part in ("p50", "p99", "most")))
            for name, each in pages.items()
        ],
    )
    slowest = max(each["p99"] for name, each in pages.items() if name != COLD)
    newest = pages["newest"]["p99"]
    goals = (
        ("a page, p99 ms", slowest, GOAL_PAGE_MS),
        ("the newest page from memory, p99 ms", newest, GOAL_NEWEST_MS),
        ("start to first answer, s", figures["start_seconds"], GOAL_START_SECONDS),
        ("idle, MiB", figures["idle_mib"], GOAL_IDLE_MIB),
    )
    for name, value, goal in goals:
        met = "Met" if value <= goal else "Missed"
        say(f"{name}: goal {goal:g}. {met}: {value:.2f}.")
    hello = f"hello in 100 rooms {figures['hello_ms']:.1f} ms"
    say(f"{figures['messages']:,} messages; {hello}.\n")
    return all(value <= goal for _, value, goal in goals)
