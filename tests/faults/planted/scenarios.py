"""Short scenes, each of which has to see some kinds of bug; a sound server passes all.

They are small pieces of the tests beside, so that what they find is what those find.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.absences import restore_in_the_midst
from tests.faults.device import Device, Refused
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.revoking import Revoker
from tests.faults.storm import MIX, ONLY_POSTS, Weather, storm
from tests.faults.supervisor import Supervisor

WORDS = 400
PATIENCE = 20.0
MARKS_SECONDS = 2.5


@dataclass
class Stage:
    """A server that does not run yet, and where to note what happens."""

    supervisor: Supervisor
    history: History
    place: Path
    seed: int

    def weather(self, **more: Any) -> Weather:  # noqa: ANN401 - as `Weather` takes them
        """Return a small storm."""
        usual = Weather(seed=self.seed, people=3, rooms=2, window=16, tries=3)
        return replace(usual, **more)


async def calm_talk(stage: Stage) -> None:
    """Everybody does everything, and nothing is done to the server."""
    await stage.supervisor.start()
    mix = MIX | {"edit": 20, "delete": 6, "react": 20, "rename": 3, "page": 10}
    weather = stage.weather(mix=mix)
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        await talk.until_acknowledged(WORDS, PATIENCE)
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)


async def second_thoughts(stage: Stage) -> None:
    """Most of what is said is said otherwise soon, and much of that taken back."""
    await stage.supervisor.start()
    weather = stage.weather(mix={"post": 20, "edit": 40, "delete": 12, "page": 5})
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        await talk.until_acknowledged(WORDS, PATIENCE)
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)


async def kills_on_a_slow_disk(stage: Stage) -> None:
    """COMMIT takes its time, and the server is killed meanwhile."""
    await stage.supervisor.start("before-commit=sleep:0.25")
    weather = stage.weather(mix=ONLY_POSTS)
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        await talk.until_acknowledged(WORDS, PATIENCE)
        await stage.supervisor.restart()
        await talk.finish(PATIENCE / 2)
    judge(stage.history, stage.place)


async def commits_that_fail(stage: Stage) -> None:
    """Every other COMMIT does not come about."""
    await stage.supervisor.start()
    weather = stage.weather()
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        await stage.supervisor.restart("before-commit=raise%2")
        await talk.until_acknowledged(WORDS, PATIENCE)
        await stage.supervisor.restart()
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)


async def rates_that_bite(stage: Stage) -> None:
    """People say more than they may, and say again what was refused."""
    stage.supervisor.environment |= {"CHINWAG_RATE_MESSAGES": "60/10"}
    await stage.supervisor.start()
    weather = stage.weather(tries=1, mix=ONLY_POSTS)
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        await talk.until_acknowledged(WORDS, PATIENCE)
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)
    assert any(record["code"] == "rate_limited" for record in stage.history.of("fail"))


async def coming_and_going(stage: Stage) -> None:
    """Everybody is away now and then, and wants to know what was said.

    Reading the log takes its time, so that it holds more by then than was told when
    the reading was asked for.
    """
    await stage.supervisor.start("before-page=sleep:0.03%2")
    mix = {"post": 60, "edit": 1, "close": 4, "away": 6, "drop": 4}
    weather = stage.weather(people=4, rate=150, mix=mix)
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        for device in talk.devices[::3]:
            device.most = 10
        await talk.until(lambda: talk.resumed > WORDS / 4, PATIENCE)
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)


async def access_taken_away(stage: Stage) -> None:
    """Some leave, sessions end, and links are replaced."""
    await stage.supervisor.start()
    weather = stage.weather(devices=1, rooms=1, rate=100, mix=ONLY_POSTS)
    async with storm(stage.supervisor.server, stage.history, weather) as talk:
        revoker = Revoker(stage.supervisor.server, talk, patience=5)
        await revoker.let_leave(10)
        await revoker.end_sessions(2)
        await revoker.replace_links(2)
        await talk.finish(PATIENCE)
    judge(stage.history, stage.place)


async def the_same_id_for_other_words(stage: Stage) -> None:
    """A `cmid` stands for one text."""
    await stage.supervisor.start()
    ada = Device("Ada/1", stage.supervisor.server.port, stage.history)
    async with ada.socket():
        room = (await ada.ask("start_room"))["room"]["id"]
        said = {"room": room, "cmid": "1"}
        await ada.ask("post_message", text="Tea?", **said)
        with pytest.raises(Refused, match="cmid_conflict"):
            await ada.ask("post_message", text="Coffee!", **said)


async def a_restored_backup(stage: Stage) -> None:
    """What was said after the backup is gone, and everybody is told so."""
    await stage.supervisor.start()
    async with storm(stage.supervisor.server, stage.history, stage.weather()) as talk:
        await talk.until_acknowledged(100, PATIENCE)
        copy = stage.place / "copy.db"
        await restore_in_the_midst(stage.supervisor, talk, copy, words=100)
        await talk.finish(PATIENCE)


async def marks_after_a_kill(stage: Stage) -> None:
    """How far somebody has read is known some seconds later, whatever happens."""
    await stage.supervisor.start()
    port = stage.supervisor.server.port
    ada, bob = (Device(f"{name}/1", port, stage.history) for name in ("Ada", "Bob"))
    async with ada.socket(), bob.socket():
        started = await ada.ask("start_room")
        room = started["room"]["id"]
        await bob.ask("join_room", key=started["link"])
        for n in range(4):
            await ada.ask("post_message", room=room, cmid=str(n), text="Well")
        await ada.ask("react", room=room, seq=3, emoji="👍", on=True)
        await bob.ask("mark_read", room=room, seq=4)
        await asyncio.sleep(MARKS_SECONDS)
    await stage.supervisor.restart()
    async with bob.socket() as welcome:
        known = welcome["rooms"][0]
        assert known["read"] == 4, "what was read is forgotten"
        assert known["unread"] == 2, "what is unread is miscounted"


SCENARIOS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    scenario.__name__.replace("_", " "): scenario
    for scenario in (
        calm_talk,
        second_thoughts,
        kills_on_a_slow_disk,
        commits_that_fail,
        rates_that_bite,
        coming_and_going,
        access_taken_away,
        the_same_id_for_other_words,
        a_restored_backup,
        marks_after_a_kill,
    )
}
