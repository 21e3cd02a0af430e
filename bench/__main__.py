"""The command line: `python -m bench` runs the rows that fit five minutes."""

import sys
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from bench.figures import keep, say
from bench.load import Load
from bench.peers.chinwag import Chinwag
from bench.peers.demo import Demo
from bench.scenarios import flood as flood_row
from bench.scenarios import hot_room as hot_room_row
from bench.scenarios import memory as memory_row

line = cyclopts.App(
    name="bench",
    help="How fast Chinwag is, side by side with the class demo's way.",
    help_format="plaintext",
    result_action="return_value",
)
Rounds = Annotated[int, Parameter(help="How often each peer is run, interleaved.")]
Seconds = Annotated[float, Parameter(help="For how long a run is measured.")]


@line.command
def hot_room(
    *,
    rounds: Rounds = 5,
    seconds: Seconds = 4.0,
    deflate: bool = False,
    free: bool = False,
) -> bool:
    """1 room of 1,000 members, 100 of whom talk: deliveries a second of server CPU.

    Args:
        rounds: How often each peer is run, interleaved.
        seconds: For how long a run is measured.
        deflate: Run the demo with compression too.
        free: Pin nothing to a core.
    """
    peers = [Chinwag(), Demo(), *([Demo(compressed=True)] if deflate else [])]
    say("hot-room: 1 room, 1,000 members, 100 senders, window 4, 150 bytes")
    figures = hot_room_row.measure(
        peers, Load(seconds=seconds), rounds=rounds, free=free
    )
    keep("hot-room-free" if free else "hot-room", figures)
    return hot_room_row.show(figures)


@line.command
def memory(*, rounds: Rounds = 2) -> bool:
    """5,000 new guests in rooms of ten: memory of an idle connection.

    Args:
        rounds: How often each peer is run, interleaved.
    """
    say("memory: 5,000 new guests in rooms of ten, a connection each")
    figures = memory_row.measure([Chinwag(), Demo()], rounds=rounds)
    keep("memory", figures)
    return memory_row.show(figures)


@line.command
def flood() -> bool:
    """2,000 sockets that mean no good, and somebody who chats all the same."""
    say("flood: 2,000 sockets, somebody chats meanwhile")
    figures = flood_row.measure()
    keep("flood", figures)
    return flood_row.show(figures)


@line.default
def rows() -> bool:
    """Run the rows that fit five minutes."""
    met = [hot_room(), memory(), flood()]
    return all(met)


if __name__ == "__main__":
    sys.exit(0 if line() is not False else 1)
