"""kill -9 at any time loses no acknowledged message, and repeats none."""

import itertools
import random
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from tests.faults.history import Event, History, list_faults
from tests.running import Running, running
from tests.talking import Talker, talk_to

TALKERS = 4
SEED = 20_241
NO_LIMITS = (
    *("--rate-messages", "0"),
    *("--rate-joins", "0"),
    *("--rate-connections", "0"),
)


class Person:
    """Somebody who goes on talking, whatever happens to the server."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.token = ""
        self.room = ""
        self.history = History()
        self._numbers = itertools.count(1)
        self._open = 0

    def arrive(self, server: Running, link: str | None) -> str:
        """Become a guest, in a new room or by a link; return a link of the room."""
        with talk_to(server.url, name=self.name) as talker:
            self.token = talker.welcome["token"]
            self.history.person = talker.welcome["me"]["id"]
            if link is None:
                told = talker.ask("start_room", name="Storm")
                link = str(told["link"])
            else:
                told = talker.ask("join_room", key=link)
            self.room = told["room"]["id"]
        return link

    def talk_until_killed(self, server: Running) -> None:
        """Post one message after the other, a doubtful one again; note what is seen."""
        with (
            suppress(WebSocketException, OSError, EOFError, TimeoutError),
            talk_to(server.url, token=self.token) as talker,
        ):
            talker.ask("open_room", room=self.room)
            while True:
                self._post(talker)

    def finish(self, server: Running) -> None:
        """Post what is still in doubt."""
        with talk_to(server.url, token=self.token) as talker:
            if self._open:
                self._post(talker)

    def read_log(self, server: Running, length: int) -> Sequence[Event]:
        """Return the whole log of the room."""
        with talk_to(server.url, token=self.token) as talker:
            talker.ask("open_room", room=self.room, after=0, most=10**9)
            return talker.hear_events(length)

    def _post(self, talker: Talker) -> None:
        history = self.history
        number = self._open = self._open or next(self._numbers)
        text = history.sent.setdefault(number, f"{self.name} says {number}")
        told = talker.ask("post_message", room=self.room, cmid=str(number), text=text)
        history.acked[number] = told["seq"]
        self._open = 0
        for frame in talker.take_pushed():
            for event in frame.get("events", []):
                history.seen[event["seq"]] = event


def kill_in_the_midst(server: Running, people: list[Person], after: float) -> None:
    """Let everybody talk for a moment, then kill the server."""
    threads = [
        threading.Thread(target=person.talk_until_killed, args=(server,))
        for person in people
    ]
    for thread in threads:
        thread.start()
    threads[0].join(after)
    server.process.kill()
    for thread in threads:
        thread.join()


@pytest.mark.timeout(6 * 3600)
def test_no_kill_loses_or_repeats_a_message(tmp_path: Path, kills: int) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same storm every time
    people = [Person(name) for name in ("Ada", "Bob", "Eve", "Joe")[:TALKERS]]
    data = tmp_path / "data"
    with running(data, *NO_LIMITS) as server:
        link = None
        for person in people:
            link = person.arrive(server, link)
    for _ in range(kills):
        with running(data, *NO_LIMITS) as server:
            kill_in_the_midst(server, people, chance.uniform(0.02, 0.6))
    with running(data, *NO_LIMITS) as server:
        for person in people:
            person.finish(server)
        with talk_to(server.url, token=people[0].token) as talker:
            head: int = talker.ask("open_room", room=people[0].room)["head"]
        log = people[0].read_log(server, head)
    histories = [person.history for person in people]
    assert list_faults(histories, log) == []
    assert all(history.sent.keys() == history.acked.keys() for history in histories)
    assert sum(len(history.acked) for history in histories) > 10 * kills
