"""Bad networks: P18. Delays, cuts within a frame, freezes, modems; and lost packets."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.faults.history import History, read_history
from tests.faults.proxy import Proxy
from tests.faults.rounds import NotHere, Outcome, finish, judge, serving
from tests.faults.storm import Storm, Weather, storm

QUEUED = 500
DROPS = 3
LOSSES = (5, 15, 30)
LOSSY_SECONDS = 240
LOSSY = """
ip link set lo up mtu 1500
nft add table inet lossy
nft 'add chain inet lossy in { type filter hook input priority 0; }'
exec "$1" -m tests.faults.networks "$2" "$3" "$4"
"""


async def play_networks(
    place: Path, seed: int, *, posts: int = 300, queued: int = QUEUED
) -> Outcome:
    """Put a bad network between people and server; then none, with much to say."""
    dice = random.Random(seed)  # noqa: S311 - the same troubles every time
    history, outcome = History(), Outcome()
    weather = Weather(seed=seed, people=20, devices=1, rooms=2, window=8, rate=10)
    with serving(place / "data") as server:
        async with (
            Proxy(server.port, dice).open() as proxy,
            storm(server, history, weather) as talk,
        ):
            for device in talk.devices:
                device.port = proxy.port
                device.drop()
            for _ in range(DROPS):
                await talk.until_acknowledged(posts // DROPS, patience=120)
                history.note("", "fault", fault="network", facts={})
                proxy.down = True
                proxy.cut()
                await asyncio.sleep(dice.uniform(0.5, 2))
                proxy.down = False
            proxy.down = True
            proxy.cut()
            _queue(talk, queued)
            await asyncio.sleep(0.2)
            proxy.calm = True
            proxy.down = False
            await finish(talk, outcome)
    outcome.counts["networks"] += 1
    outcome.counts["connections spoilt"] += sum(proxy.counts.values())
    outcome.counts["queued without a network"] += queued
    return judge(history, outcome)


def _queue(talk: Storm, count: int) -> None:
    """Let somebody say much that nobody can hear yet."""
    person = talk.people[0]
    for n in range(count):
        person.devices[0].say(
            "post_message",
            room=person.rooms[0].id,
            cmid=f"queued-{n}",
            text=f"Number {n} of what waited",
        )


async def play_losses(place: Path, seed: int, *, percent: int = 0) -> Outcome:
    """Lose so many of a hundred packets, or what the seed says."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "ip", "nft"))):
        raise NotHere("losing packets takes root, unshare, ip and nft")
    percent = percent or random.Random(seed).choice(LOSSES)  # noqa: S311 - the same every time
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--net", "sh", "-ec", LOSSY, "sh"),
        *(sys.executable, str(place), str(seed), str(percent)),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(LOSSY_SECONDS):
            said, complaint = await process.communicate()
    except TimeoutError:
        return Outcome(faults=[f"Not done with {percent} % lost."])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not (place / "begun").exists():
        raise NotHere(f"packets can't be lost: {complaint.decode()[-300:]}")
    if process.returncode:
        return Outcome(faults=[f"With {percent} % lost: {complaint.decode()[-300:]}"])
    outcome = Outcome(faults=json.loads(said))
    outcome.counts["networks"] += 1
    outcome.counts[f"storms with {percent} % lost"] += 1
    return judge(read_history(place / "history.jsonl"), outcome)


async def _storm_in_the_rain(place: Path, seed: int, percent: int) -> None:
    """Talk where packets are lost; write down what was seen, and say what failed.

    It rains once all have come in, until enough is said.
    """
    (place / "begun").touch()
    history, outcome = History(), Outcome()
    weather = Weather(seed=seed, people=6, devices=1, rooms=2, window=8, rate=10)
    with serving(place / "data") as server:
        async with storm(server, history, weather) as talk:
            _lose(f"add rule inet lossy in numgen random mod 100 < {percent} drop")
            await talk.until_acknowledged(150, patience=LOSSY_SECONDS / 2)
            _lose("flush chain inet lossy in")
            await finish(talk, outcome)
    history.write(place / "history.jsonl")
    print(json.dumps(outcome.faults))  # noqa: T201 - a program of its own


def _lose(rule: str) -> None:
    subprocess.run(["nft", *rule.split()], check=True)


if __name__ == "__main__":
    asyncio.run(
        _storm_in_the_rain(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    )
