"""The rows of the scorecard: each runs, keeps its figures, and tells what they say."""

import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bench import figures, filling
from bench.compiling import BUILT, can_inflate, find_compiler
from bench.figures import say
from bench.load import Load
from bench.peers import Peer
from bench.peers.all import PEERS
from bench.peers.ceiling import Ceiling
from bench.peers.chinwag import Chinwag, compressing
from bench.peers.demo import Demo
from bench.scenarios import durable as durables
from bench.scenarios import flood as flooding
from bench.scenarios import growth as growths
from bench.scenarios import history as histories
from bench.scenarios import hot_room as hot_rooms
from bench.scenarios import idle as idling
from bench.scenarios import latency as latencies
from bench.scenarios import many_rooms as rooms
from bench.scenarios import memory as memories
from bench.scenarios import price as prices
from bench.scenarios import search as searches
from bench.scenarios import slow_readers as slow
from bench.scenarios import storm as storms

Rounds = Annotated[int, Parameter(help="How often each peer is run, interleaved.")]
Seconds = Annotated[float, Parameter(help="For how long a run is measured.")]
Messages = Annotated[int, Parameter(help="How many messages are there before.")]


def can_run(peer: Peer) -> bool:
    """Tell whether a peer can run here; say so if it can't."""
    missing = peer.missing()
    if missing is not None:
        say(f"SKIPPED: {peer.name}: {missing}")
    return missing is None


def find_peers(names: tuple[str, ...]) -> list[Peer]:
    """Return the peers of these names, or `all`, that can run here."""
    wanted = [peer for peer in PEERS if peer.name in names or "all" in names]
    return [peer for peer in wanted if can_run(peer)]


def _find_compressing() -> list[Peer]:
    if can_inflate():
        return [compressing(), Demo(compressed=True)]
    say("SKIPPED: compression: nothing to inflate it with, install zlib1g-dev.")
    return []


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
        deflate: Run both with compression too.
        free: Pin nothing to a core.
        against: Other peers to run, by name, or `all`.
    """
    say("hot-room: 1 room, 1,000 members, 100 senders, window 4, 150 bytes")
    peers: list[Peer] = [Chinwag(), Demo()]
    peers += _find_compressing() if deflate else []
    peers += find_peers(against)
    load = Load(seconds=seconds, nap=0.0005)
    seen = hot_rooms.measure(peers, load, rounds=rounds, free=free)
    figures.keep("hot-room-free" if free else "hot-room", seen)
    return hot_rooms.show(seen)


def many_rooms(*, rounds: Rounds = 3, seconds: Seconds = 5.0) -> bool:
    """2,000 rooms of ten, where little comes together: CPU a delivery.

    Args:
        rounds: How often each peer is run, interleaved.
        seconds: For how long a run is measured.
    """
    say(f"many-rooms: 2,000 rooms of ten, {rooms.DELIVERIES:,} deliveries a second")
    peers: list[Peer] = [Chinwag(), Demo()]
    peers += [Ceiling()] if can_run(Ceiling()) else []
    seen = rooms.measure(peers, Load(seconds=seconds), rounds=rounds)
    figures.keep("many-rooms", seen)
    return rooms.show(seen)


def price(*, rounds: Rounds = 3, seconds: Seconds = 4.0) -> bool:
    """The hot room beside the same with a store that keeps nothing.

    Args:
        rounds: How often each is run, interleaved.
        seconds: For how long a run is measured.
    """
    say("price: the hot room with and without a store")
    seen = prices.measure(Load(seconds=seconds, nap=0.0005), rounds=rounds)
    figures.keep("price", seen)
    return prices.show(seen)


def memory(*, rounds: Rounds = 2) -> bool:
    """5,000 new guests in rooms of ten: memory of an idle connection.

    Args:
        rounds: How often each peer is run, interleaved.
    """
    say("memory: 5,000 new guests in rooms of ten, a connection each")
    seen = memories.measure([Chinwag(), Demo()], rounds=rounds)
    figures.keep("memory", seen)
    return memories.show(seen)


def memory_of_thousands() -> bool:
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


def idle(*, rounds: Rounds = 1) -> bool:
    """15,000 guests who say nothing through two heartbeats: CPU of a connection.

    Args:
        rounds: How often each peer is run, interleaved.
    """
    say("idle: 15,000 guests in rooms of ten, heartbeats 25 s apart")
    seen = idling.measure([Chinwag(), Demo()], rounds=rounds)
    figures.keep("idle", seen)
    return idling.show(seen)


def slow_readers(*, rounds: Rounds = 2) -> bool:
    """One in twenty of 1,000 stops reading for half a minute.

    Args:
        rounds: How often it is run, with and without.
    """
    say("slow-readers: 50 of 1,000 stop reading, 200 posts a second")
    seen = slow.measure(Chinwag(), rounds=rounds)
    figures.keep("slow-readers", seen)
    return slow.show(seen)


def storm(*, rounds: Rounds = 1) -> bool:
    """15,000 drop at once and come back, 50 messages missed in each of their rooms.

    Args:
        rounds: How often each peer is run, interleaved.
    """
    say("storm: 15,000 come back, 50 messages missed in each room")
    if find_compiler() is None:
        say("SKIPPED: no C compiler, and nothing else takes in so much at a time.")
        return True
    seen = storms.measure(rounds=rounds)
    figures.keep("storm", seen)
    return storms.show(seen)


def flood() -> bool:
    """2,000 sockets that mean no good, and somebody who chats all the same."""
    say("flood: 2,000 sockets, somebody chats meanwhile")
    seen = flooding.measure()
    figures.keep("flood", seen)
    return flooding.show(seen)


def _find_filled(messages: int) -> tuple[Path, filling.Filled]:
    """Return a filled directory, which is made once."""
    data = BUILT / f"filled-{messages}"
    filled = filling.read_filled(data)
    if filled is None:
        say(f"filling {data} with {messages:,} messages")
        shutil.rmtree(data, ignore_errors=True)
        filled = filling.fill(data, messages)
    return data, filled


def history(*, messages: Messages = 1_000_000, free: bool = False) -> bool:
    """Pages of history among a million messages, and the start with them.

    Args:
        messages: How many messages are there.
        free: Pin nothing to a core.
    """
    data, filled = _find_filled(messages)
    say(f"history: pages of 50 among {messages:,} messages")
    seen = histories.measure(data, filled, free=free)
    figures.keep("history-free" if free else "history", seen)
    return histories.show(seen)


def search(*, messages: Messages = 1_000_000) -> bool:
    """Searching among a million messages, in each way that one can."""
    data, filled = _find_filled(messages)
    say(f"search: each kind of query among {messages:,} messages")
    seen = searches.measure(data, filled)
    figures.keep("search", seen)
    return searches.show(seen)


def durable(
    *,
    messages: Messages = 1_000_000,
    rounds: Rounds = 3,
    slower: float = 0.0,
    free: bool = False,
) -> bool:
    """64 senders in 64 rooms among a million messages: durable messages a second.

    Args:
        messages: How many messages are there before.
        rounds: How often each is run, interleaved.
        slower: Milliseconds that each sync of the disk is made to take longer.
        free: Pin nothing to a core.
    """
    data, filled = _find_filled(messages)
    say(f"durable: 64 senders in 64 rooms, {messages:,} messages before")
    seen = durables.measure(
        data, filled, Load(seconds=4.0), rounds=rounds, slower=slower, free=free
    )
    name = "durable-slow-disk" if slower else "durable"
    figures.keep(f"{name}-free" if free else name, seen)
    return durables.show(seen)


def growth(*, present: tuple[int, ...] = (10_000, 100_000, 1_000_000)) -> bool:
    """What grows with what: CPU a post and a delivery, one thing varied at a time.

    Args:
        present: Numbers of messages that are there before, each filled once.
    """
    data = [_find_filled(each) for each in present]
    say("growth: 200 posts a second in a room of ten, and one thing varied at a time")
    seen = growths.measure(data=data)
    figures.keep("growth", seen)
    return growths.show(seen)


def latency(*, rounds: Rounds = 1, seconds: Seconds = 5.0, free: bool = False) -> bool:
    """100 rooms of 50 members at a given rate: how long a word takes.

    Args:
        rounds: How often each peer is run, interleaved.
        seconds: For how long a run is measured.
        free: Pin nothing to a core.
    """
    say("latency: 100 rooms of 50, 4 senders each, open loop")
    load = Load(seconds=seconds)
    seen = latencies.measure([Chinwag(), Demo()], load, rounds=rounds, free=free)
    figures.keep("latency-free" if free else "latency", seen)
    return latencies.show(seen)
