"""The command line: `python -m bench` runs the rows that fit five minutes."""

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path

import cyclopts

from bench import figures, filling, plots, rows
from bench.compiling import find_compiler
from bench.corpus import VARIABLE, find_corpus, read_day
from bench.figures import say
from bench.peers.all import PEERS, install
from bench.peers.chinwag import Chinwag
from bench.replay import READERS, WINDOW, Replay, replay
from bench.servers import serving

MILLIONS = 10_000_000
SLOWER_MS = 5.0
"""A disk for which a sync is work: many of those that people have."""

line = cyclopts.App(
    name="bench",
    help="How fast Chinwag is, side by side with the class demo's way.",
    help_format="plaintext",
    result_action="return_value",
)
for row in (
    *(rows.hot_room, rows.many_rooms, rows.price, rows.durable, rows.latency),
    *(rows.memory, rows.memory_of_thousands, rows.idle, rows.storm),
    *(rows.slow_readers, rows.history, rows.search, rows.flood, rows.growth),
):
    line.command(row)


@line.default
def quick() -> bool:
    """Run the rows that fit five minutes."""
    met = [rows.hot_room(), rows.memory(), rows.flood()]
    return all(met)


@line.command
def full() -> bool:
    """Run all rows."""
    met = [rows.hot_room(deflate=True, against=("all",)), rows.hot_room(free=True)]
    met += [rows.many_rooms(), rows.price(), rows.latency(rounds=3)]
    met += [rows.memory(), rows.memory_of_thousands(), rows.idle(), rows.storm()]
    met += [rows.slow_readers(), rows.flood()]
    if find_compiler():
        met += [rows.durable(messages=MILLIONS, slower=SLOWER_MS)]
    met += [row(messages=MILLIONS) for row in (rows.history, rows.search, rows.durable)]
    return all(met)


@line.command(name="install-peers")
def install_peers() -> bool:
    """Install what the peers of the hot room need, beside the project."""
    install()
    return peers()


@line.command
def peers() -> bool:
    """List the peers of the hot room, and what is missing of them."""
    figures.show_table(
        ("peer", "class", "about", "missing"),
        [(p.name, p.keeps.value, p.about, p.missing() or "") for p in PEERS],
    )
    # One that is missing is told of, here and where it is left out; that is no failure.
    return True


@line.command
def plot() -> bool:
    """Draw pictures of the results that are there, for the documentation."""
    drawn = plots.draw_all()
    for path in drawn:
        say(str(path))
    return bool(drawn)


@line.command
def fill(data: Path, *, messages: rows.Messages = MILLIONS, seed: int = 1) -> bool:
    """Make a data directory with millions of messages, as the product writes them.

    Args:
        data: Where; there must be nothing yet.
        messages: How many.
        seed: What chance begins with.
    """
    filled = filling.fill(data, messages, seed=seed)
    say(f"{filled.messages:,} messages in {len(filled.rooms):,} rooms: {data}")
    return True


@line.command(name="replay")
def play(  # noqa: PLR0913 - a replay has so many choices
    *,
    corpus: Path | None = None,
    day: str | None = None,
    port: int | None = None,
    readers: int = READERS,
    window: int = WINDOW,
    speed: float | None = None,
    keep: bool = False,
) -> bool:
    """Play a day of real conversation through real sockets, and check every word.

    Args:
        corpus: The file of the conversation, or its folder.
        day: Its date; by default the busiest.
        port: A server of this machine that runs already; by default a new one.
        readers: How many only read.
        window: How many messages may be unacknowledged at a time.
        speed: How many times faster than it was; by default as fast as acknowledged.
        keep: Leave the room for a look, until Enter is pressed.
    """
    path = find_corpus(corpus)
    if path is None:
        say(f"SKIPPED: no conversation to play. {VARIABLE} tells where it is.")
        return True
    with nullcontext() if port else serving(Chinwag()) as server:
        running = replay(
            port or (server.port if server else 0),
            read_day(path, day),
            readers=readers,
            window=window,
            speed=speed,
            on_link=lambda link: say(f"The room: {link}"),
        )
        result = asyncio.run(running)
        show_replay(result)
        if keep:
            input("Press Enter to end. ")
    return not result.faults()


def show_replay(result: Replay) -> None:
    """Tell what came of it."""
    day = result.day
    say(
        f"{day.name}: {result.posted:,} messages of {len(day.nicks)} people in "
        f"{result.seconds:.1f} s to {len(result.readers)} readers and a latecomer. "
        f"{day.stripped} had control characters, which were stripped."
    )
    for each in day.left_out:
        say(f"  can't be said here: {each}")
    faults = result.faults()
    for fault in faults:
        say(f"  FAULT: {fault}")
    if not faults:
        say("Complete, in order, exactly once, for everybody.")


if __name__ == "__main__":
    sys.exit(0 if line() is not False else 1)
