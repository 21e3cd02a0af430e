"""The command line: `python -m bench` runs the rows that fit five minutes."""

import asyncio
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from bench import figures, filling
from bench.compiling import BUILT
from bench.corpus import VARIABLE, find_corpus, read_day
from bench.figures import say
from bench.load import Load
from bench.peers import Peer
from bench.peers.chinwag import Chinwag
from bench.peers.demo import Demo
from bench.peers.library import LIBRARIES, install
from bench.replay import READERS, WINDOW, Replay, replay
from bench.scenarios import durable as durables
from bench.scenarios import flood as flooding
from bench.scenarios import history as histories
from bench.scenarios import hot_room as hot_rooms
from bench.scenarios import latency as latencies
from bench.scenarios import memory as memories
from bench.servers import serving

line = cyclopts.App(
    name="bench",
    help="How fast Chinwag is, side by side with the class demo's way.",
    help_format="plaintext",
    result_action="return_value",
)
Rounds = Annotated[int, Parameter(help="How often each peer is run, interleaved.")]
Seconds = Annotated[float, Parameter(help="For how long a run is measured.")]


@line.default
def rows() -> bool:
    """Run the rows that fit five minutes."""
    met = [hot_room(), memory(), flood()]
    return all(met)


@line.command
def full() -> bool:
    """Run all rows."""
    met = [hot_room(deflate=True, against=("all",)), hot_room(free=True)]
    met += [memory(), memories_of_thousands(), flood(), latency()]
    met += [history(messages=10_000_000), durable(messages=10_000_000)]
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
        [(p.name, p.keeps.value, p.about, p.missing() or "") for p in LIBRARIES],
    )
    return all(peer.missing() is None for peer in LIBRARIES)


def find_peers(names: tuple[str, ...]) -> list[Peer]:
    """Return the peers of these names that can run here; tell of the others."""
    found: list[Peer] = []
    for peer in LIBRARIES:
        if peer.name not in names and "all" not in names:
            continue
        missing = peer.missing()
        if missing is None:
            found.append(peer)
        else:
            say(f"SKIPPED: {peer.name}: {missing}")
    return found


@line.command
def hot_room(
    *,
    rounds: Rounds = 5,
    seconds: Seconds = 4.0,
    deflate: bool = False,
    free: bool = False,
    against: tuple[str, ...] = (),
) -> bool:
    """1 room of 1,000 members, 100 of whom talk: deliveries a second of server CPU.

    Args:
        rounds: How often each peer is run, interleaved.
        seconds: For how long a run is measured.
        deflate: Run the demo with compression too.
        free: Pin nothing to a core.
        against: Other peers to run, by name, or `all`.
    """
    say("hot-room: 1 room, 1,000 members, 100 senders, window 4, 150 bytes")
    peers: list[Peer] = [Chinwag(), Demo()]
    peers += [Demo(compressed=True)] if deflate else []
    peers += find_peers(against)
    load = Load(seconds=seconds, nap=0.0005)
    seen = hot_rooms.measure(peers, load, rounds=rounds, free=free)
    figures.keep("hot-room-free" if free else "hot-room", seen)
    return hot_rooms.show(seen)


@line.command
def memory(*, rounds: Rounds = 2) -> bool:
    """5,000 new guests in rooms of ten: memory of an idle connection.

    Args:
        rounds: How often each peer is run, interleaved.
    """
    say("memory: 5,000 new guests in rooms of ten, a connection each")
    seen = memories.measure([Chinwag(), Demo()], rounds=rounds)
    figures.keep("memory", seen)
    return memories.show(seen)


@line.command(name="memory-of-thousands")
def memories_of_thousands() -> bool:
    """15,000 new guests in rooms of ten, each in one room and in ten."""
    met = True
    for crowd in (memories.THOUSANDS, memories.IN_TEN_ROOMS):
        say(f"memory: 15,000 new guests in rooms of ten, each in {crowd.each}")
        # The demo knows no second room.
        peers = [Chinwag(), Demo()] if crowd.each == 1 else [Chinwag()]
        seen = memories.measure(peers, rounds=1, crowd=crowd)
        figures.keep(f"memory-thousands-{crowd.each}", seen)
        met &= memories.show(seen)
    return met


@line.command
def flood() -> bool:
    """2,000 sockets that mean no good, and somebody who chats all the same."""
    say("flood: 2,000 sockets, somebody chats meanwhile")
    seen = flooding.measure()
    figures.keep("flood", seen)
    return flooding.show(seen)


Messages = Annotated[int, Parameter(help="How many messages are there before.")]


@line.command
def fill(data: Path, *, messages: Messages = 10_000_000, seed: int = 1) -> bool:
    """Make a data directory with millions of messages, as the product writes them.

    Args:
        data: Where; there must be nothing yet.
        messages: How many.
        seed: What chance begins with.
    """
    filled = filling.fill(data, messages, seed=seed)
    say(f"{filled.messages:,} messages in {len(filled.rooms):,} rooms: {data}")
    return True


def _find_filled(messages: int) -> tuple[Path, filling.Filled]:
    """Return a filled directory, which is made once."""
    data = BUILT / f"filled-{messages}"
    filled = filling.read_filled(data)
    if filled is None:
        say(f"filling {data} with {messages:,} messages")
        shutil.rmtree(data, ignore_errors=True)
        filled = filling.fill(data, messages)
    return data, filled


@line.command
def history(*, messages: Messages = 1_000_000) -> bool:
    """Pages of history among a million messages, and the start with them."""
    data, filled = _find_filled(messages)
    say(f"history: pages of 50 among {messages:,} messages")
    seen = histories.measure(data, filled)
    figures.keep("history", seen)
    return histories.show(seen)


@line.command
def durable(*, messages: Messages = 1_000_000, rounds: Rounds = 3) -> bool:
    """64 senders in 64 rooms among a million messages: durable messages a second."""
    data, filled = _find_filled(messages)
    say(f"durable: 64 senders in 64 rooms, {messages:,} messages before")
    seen = durables.measure(data, filled, Load(seconds=4.0), rounds=rounds)
    figures.keep("durable", seen)
    return durables.show(seen)


@line.command
def latency(*, rounds: Rounds = 1, seconds: Seconds = 5.0) -> bool:
    """100 rooms of 50 members at a given rate: how long a word takes.

    Args:
        rounds: How often each peer is run, interleaved.
        seconds: For how long a run is measured.
    """
    say("latency: 100 rooms of 50, 4 senders each, open loop")
    seen = latencies.measure([Chinwag(), Demo()], Load(seconds=seconds), rounds=rounds)
    figures.keep("latency", seen)
    return latencies.show(seen)


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
