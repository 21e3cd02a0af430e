"""All drop at once and come back at once, each with something missed in each room."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.figures import Figures, interleave, say, show_table, spread, summarize
from bench.goals import Goal
from bench.load import Load, driving
from bench.peers import Crowd, Line, Peer, seat_by_name
from bench.peers.chinwag import Chinwag
from bench.peers.demo import Demo
from bench.scenarios.hot_room import Incomplete, find_faults
from bench.servers import choose_cores, serving
from chinwag.trial.client import Frame, talking, to_address

CROWD = Crowd(rooms=1_500, members=10, senders=1)
IN_TEN_ROOMS = replace(CROWD, each=10)
MISSED = 50
"""Messages in each room."""
GOAL_TIMES = 2.0
FEW = 64
"""Connections that are being opened at a time where peers are compared: more than the
library's own queue of connections takes are sent away by the kernel for a second."""
SETTLE_SECONDS = 2.0
BUNCHES_AT_ONCE = 20
POSTING = Load(warm_up=0.0, seconds=900.0, drain=120.0, quiet=0.5)


@dataclass(frozen=True)
class Storm:
    """A crowd, how it comes, and how its rooms are filled while it is away."""

    comers: Sequence[Line]
    posters: Sequence[Line]


def run_once(peer: Peer, crowd: Crowd, *, at_once: int, missed: int) -> Figures:
    """Let a crowd come, drop it, talk, and let it come back.

    Raises:
        Incomplete: Something was lost, doubled or out of order.
    """
    server_core, load_core = choose_cores()
    back = Load(at_once=at_once, due=missed * crowd.each, quiet=0.5)
    with serving(peer, core=server_core) as server:
        storm = _prepare(peer, server.port, crowd)
        with driving(server.port, peer.dialect, storm.comers, None, core=load_core):
            time.sleep(SETTLE_SECONDS)
        time.sleep(SETTLE_SECONDS)
        posting = replace(POSTING, most_posts=missed)
        with driving(
            server.port, peer.dialect, storm.posters, posting, core=load_core
        ) as drive:
            faults = find_faults(drive.go())
        if faults:
            raise Incomplete(f"{peer.name}: {faults}")
        time.sleep(SETTLE_SECONDS)
        with driving(
            server.port,
            peer.dialect,
            storm.comers,
            back,
            core=load_core,
            pid=server.pid,
            posts=False,
        ) as drive:
            seen = drive.gathered
    return judge_coming(peer, seen, crowd, missed)


def judge_coming(peer: Peer, seen: Figures, crowd: Crowd, missed: int) -> Figures:
    """Return what coming back came to.

    Raises:
        Incomplete: Not everybody got each message of each room once, in order.
    """
    count = crowd.connections
    wrong = seen["deliveries"] != count * crowd.each * missed or seen["disordered"]
    if peer.dialect.frame:
        exact = {"least": missed, "most": missed}
        rooms = {"least": crowd.each, "most": crowd.each}
        wrong |= (seen["messages_in_each"], seen["rooms"]) != (exact, rooms)
    if wrong:
        raise Incomplete(f"{peer.name}: {seen}")
    return {
        "connections": count,
        "handshakes_per_second": count / seen["shaken_seconds"],
        "caught_up_seconds": seen["seconds"],
        "caught_up_p50_ms": seen["in_ms"]["p50"],
        "caught_up_p99_ms": seen["in_ms"]["p99"],
        "server_ms_each": seen["server_cpu"] * 1_000 / count,
        "messages": seen["deliveries"],
        "void": seen["cpu"] > seen["seconds"] * 0.85,
    }


def _prepare(peer: Peer, port: int, crowd: Crowd) -> Storm:
    """Make the rooms; return how their people come back to what they know of them."""
    if not isinstance(peer, Chinwag):
        lines = seat_by_name(crowd)
        return Storm(lines, [line for line in lines if line.sender])
    bunches = asyncio.run(_settle(port, crowd))
    comers = [
        Line(sender=False, room=place, post="", prelude=_come(token, rooms))
        for place, (tokens, rooms) in enumerate(bunches)
        for token in tokens
    ]
    posters = [
        Line(
            sender=True,
            room=place * crowd.each + which,
            post=f'{{"type":"post_message","id":$i,"room":"{room["room"]["id"]}",'
            '"cmid":"$c","text":"$t"}',
            prelude=_come(tokens[0], [room]),
        )
        for place, (tokens, rooms) in enumerate(bunches)
        for which, room in enumerate(rooms)
    ]
    return Storm(comers, posters)


def _come(token: str, rooms: Sequence[Frame]) -> tuple[str, ...]:
    ways = [
        {"type": "open_room", "room": each["room"]["id"], "after": each["head"]}
        for each in rooms
    ]
    said: list[Frame] = [{"type": "hello", "token": token}, *ways]
    return tuple(
        json.dumps({"id": number} | each, separators=(",", ":"))
        for number, each in enumerate(said, 1)
    )


async def _settle(port: int, crowd: Crowd) -> list[tuple[list[str], list[Frame]]]:
    """Make all bunches; return the tokens of each, and its rooms as they are."""
    gate = asyncio.Semaphore(BUNCHES_AT_ONCE)

    async def settle(place: int) -> tuple[list[str], list[Frame]]:
        async with gate:
            return await _settle_bunch(port, place, crowd)

    return await asyncio.gather(*map(settle, range(crowd.rooms)))


async def _settle_bunch(
    port: int, place: int, crowd: Crowd
) -> tuple[list[str], list[Frame]]:
    tokens: list[str] = []
    keys: list[str] = []
    rooms: list[Frame] = []
    for member in range(crowd.members):
        async with talking(to_address(port), name=f"p{place}-{member}") as (who, hello):
            if member == 0:
                asked = [
                    await who.send("start_room", name=f"room {place}.{each}")
                    for each in range(crowd.each)
                ]
            else:
                asked = [await who.send("join_room", key=key) for key in keys]
            rooms = [await answer for answer in asked]
            keys = keys or [each["key"] for each in rooms]
            tokens.append(rooms[0].get("token") or hello["token"])
    return tokens, rooms


def measure(*, rounds: int, missed: int = MISSED) -> Figures:
    """Compare both peers where each is in one room, then take ten rooms at once."""
    runs: dict[str, list[Figures]] = {}
    ours, demo = Chinwag(), Demo()
    for peer in interleave([ours, demo], rounds):
        seen = run_once(peer, CROWD, at_once=FEW, missed=missed)
        runs.setdefault(peer.name, []).append(seen)
        _tell(peer.name, seen)
    seen = run_once(ours, IN_TEN_ROOMS, at_once=IN_TEN_ROOMS.connections, missed=missed)
    runs["chinwag, ten rooms"] = [seen]
    _tell("chinwag, ten rooms", seen)
    parts = [each for each in seen if each != "void"]
    summary = {
        name: {part: summarize([each[part] for each in several]) for part in parts}
        for name, several in runs.items()
    }
    return {"missed": missed, "summary": summary, "runs": runs}


def _tell(name: str, seen: Figures) -> None:
    say(
        f"  {name:18} {seen['handshakes_per_second']:7,.0f} handshakes a second, all "
        f"caught up after {seen['caught_up_seconds']:.1f} s{' VOID' * seen['void']}"
    )


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    summary = figures["summary"]
    show_table(
        ("storm", "handshakes/s", "spread", "all in s", "p50 ms", "server ms each"),
        [
            (
                name,
                f"{each['handshakes_per_second']['median']:,.0f}",
                spread(each["handshakes_per_second"], "{:,.0f}"),
                f"{each['caught_up_seconds']['median']:.1f}",
                f"{each['caught_up_p50_ms']['median']:,.0f}",
                f"{each['server_ms_each']['median']:.2f}",
            )
            for name, each in summary.items()
        ],
    )
    ours, demo = (
        summary[name]["handshakes_per_second"]["median"] for name in ("chinwag", "demo")
    )
    goal = Goal("times the demo's handshakes", GOAL_TIMES, least=True)
    met = goal.judge(ours / demo)
    say("All caught up in order, nothing lost and nothing twice.\n")
    return met
