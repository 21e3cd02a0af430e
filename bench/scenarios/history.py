"""Reading among millions of messages: a page, a jump, the deepest past; and a start."""

import random
import statistics
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.blocking import Asker, asking
from bench.compiling import find_compiler
from bench.figures import Figures, interleave, say, show_table
from bench.filling import WELL_READ, Filled
from bench.goals import Goal
from bench.peers import Peer
from bench.peers.ceiling import Ceiling
from bench.peers.chinwag import Chinwag
from bench.peers.pages import PlainPages
from bench.servers import choose_cores, pinned, serving

ROUNDS, PAGES, WARM = 5, 400, 200
"""In each round so many pages are read from one server before it is the next one's
turn."""
GOAL_PAGE_MS, GOAL_NEWEST_MS = 2.0, 0.3
GOAL_START_SECONDS, GOAL_IDLE_MIB = 1.0, 90.0
OURS, PLAIN, BARE = "chinwag", PlainPages().name, Ceiling().name
COLD = "newest, the first time"
"""Just after the start, when SQLite holds nothing yet: the goals are for later."""
NEWEST = "newest"
DEPTHS = (0.1, 0.5, 0.9)
Times = list[float]
Askers = Mapping[str, Asker]


def measure(
    data: Path,
    filled: Filled,
    *,
    rounds: int = ROUNDS,
    pages: int = PAGES,
    free: bool = False,
) -> Figures:
    """Start a server on what is there, read, and time each answer.

    The plain way reads pages of the same database, and a bare loop in C gives the
    question back: that is what a round trip takes here.
    """
    core, own_core = choose_cores(free=free)
    begun = time.perf_counter()
    with serving(Chinwag(), core=core, data=data) as server, pinned(own_core):
        with asking(server.port, token=filled.reader) as asker:
            asker.ask(_post(filled.rooms[0]))
            started = time.perf_counter() - begun
        idle = server.read_memory()
        # The search index may be behind, if something was said just before.
        server.rest()
        begun = time.perf_counter()
        with asking(server.port, token=filled.reader) as asker:
            hello = time.perf_counter() - begun
            cold = _read_all_newest(asker, filled)
            # A page is kept from the second time on that somebody wants it.
            _read_all_newest(asker, filled)
            with _asking_others(data, core) as others:
                askers = {OURS: asker} | others
                times = {
                    name: _time_pages(askers, ask, rounds, pages)
                    for name, ask in _questions(filled).items()
                }
    return {
        "messages": filled.messages,
        "start_seconds": started,
        "idle_mib": idle / 2**20,
        "hello_ms": hello * 1_000,
        "pages_ms": {COLD: {OURS: _summarize_rounds([cold])}}
        | {
            name: {who: _summarize_rounds(own) for who, own in each.items()}
            for name, each in times.items()
        },
    }


@contextmanager
def _asking_others(data: Path, core: int | None) -> Generator[dict[str, Asker]]:
    """Start what is measured beside it, on the same core."""
    peers: list[Peer] = [PlainPages(), *([Ceiling()] if find_compiler() else [])]
    with ExitStack() as stack:
        askers: dict[str, Asker] = {}
        for peer in peers:
            port = stack.enter_context(serving(peer, core=core, data=data)).port
            dialect = peer.dialect
            openings = (dialect.reply, dialect.event)
            answers = tuple(each.encode() for each in openings if each)
            askers[peer.name] = stack.enter_context(
                asking(port, path=dialect.path, answers=answers)
            )
        yield askers


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
        NEWEST: lambda: _ask(dice.choices(rooms, weights)[0][0]),
        "anywhere": anywhere("before"),
        "a jump": anywhere("around"),
    } | {f"{depth:.0%} deep": deep(depth) for depth in DEPTHS}


def _time_pages(
    askers: Askers, ask: Callable[[], bytes], rounds: int, pages: int
) -> dict[str, list[Times]]:
    """Read so many pages a round from each; return how long each took, by rounds."""
    times: dict[str, list[Times]] = {name: [] for name in askers}
    for asker in askers.values():
        for _ in range(WARM):
            asker.ask(ask())
    for name in interleave(list(askers), rounds):
        times[name].append([_time(askers[name], ask()) for _ in range(pages)])
    return times


def _summarize_rounds(rounds: Sequence[Times]) -> Figures:
    """Return the rounds' median of each part, how its 99th parts differ, and the most.

    A moment in which the machine does something else is in one of them.
    """
    seen = [summarize_times(times) for times in rounds]
    parts = {
        part: statistics.median(each[part] for each in seen) for part in ("p50", "p99")
    }
    p99s = [each["p99"] for each in seen]
    return parts | {
        "p99_least": min(p99s),
        "p99_most": max(p99s),
        "most": max(each["most"] for each in seen),
    }


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
        ("a page of 50", "from", "p50 ms", "p99 ms", "spread", "most ms"),
        [
            (
                name,
                who,
                *(f"{own[part]:.2f}" for part in ("p50", "p99")),
                f"{own['p99_least']:.2f}-{own['p99_most']:.2f}",
                f"{own['most']:.2f}",
            )
            for name, each in pages.items()
            for who, own in each.items()
        ],
    )
    met = _judge_pages({name: each for name, each in pages.items() if name != COLD})
    start = Goal("start to first answer, s", GOAL_START_SECONDS)
    met &= start.judge(figures["start_seconds"])
    met &= Goal("idle, MiB", GOAL_IDLE_MIB).judge(figures["idle_mib"])
    hello = f"hello in 100 rooms {figures['hello_ms']:.1f} ms"
    say(f"{figures['messages']:,} messages; {hello}.\n")
    return met


def _judge_pages(pages: Figures) -> bool:
    met = True
    for name, each in pages.items():
        p99 = {who: own["p99"] for who, own in each.items()}
        goal = Goal(f"a page, {name}, p99 ms", GOAL_PAGE_MS)
        void = goal.find_void("the plain way", p99[PLAIN])
        met &= goal.judge(p99[OURS], void=void)
        if name == NEWEST:
            goal = Goal(f"a page, {name}, from memory, p99 ms", GOAL_NEWEST_MS)
            void = (
                goal.find_void("a bare round trip", p99[BARE]) if BARE in p99 else None
            )
            met &= goal.judge(p99[OURS], void=void)
    return met
