"""A page in real Chromium through kills, restarts, reloads and hours without a line.

What it says and hears is read by the checker like any device's, and what it shows at
the end is the log.
"""

import random
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Invite
from tests.browser.crowd import Crowd
from tests.browser.house import READ_UP
from tests.browser.people import Guest
from tests.browser.tape import Tape
from tests.faults.checker import check
from tests.faults.history import History
from tests.faults.last_look import note_log, read_disk
from tests.live.servers import Server

SEED = 20_241
ROUNDS = 5
CAMPAIGN = 90
A_WHILE = 60_000


@pytest.fixture
def own_server(tmp_path: Path) -> Generator[Server]:
    server = Server(tmp_path / "data")
    server.start()
    yield server
    server.end()


class Trouble:
    """What befalls the server and Zoe's browser, each in its turn."""

    def __init__(self, server: Server, zoe: Guest, history: History) -> None:
        self._server = server
        self._zoe = zoe
        self._history = history
        self._struck = 0
        self._kinds: list[Callable[[], None]] = [
            self.kill,
            self.go_offline,
            self.reload,
            self.restart,
            self.kill_and_reload,
        ]

    def strike(self, number: int) -> None:
        """Let the next one happen."""
        kind = self._kinds[number % len(self._kinds)]
        self._struck = number
        self._history.note("", "fault", fault=kind.__name__, facts={})
        kind()

    def _say(self, text: str) -> None:
        self._zoe.say(f"{text}, {self._struck}")

    def kill(self) -> None:
        self._server.kill()
        self._say("said to nobody")
        self._server.start()

    def restart(self) -> None:
        self._server.stop()
        self._server.start()

    def go_offline(self) -> None:
        self._zoe.context.set_offline(True)
        self._say("said without a line")
        self._zoe.page.wait_for_timeout(300)
        self._zoe.context.set_offline(False)

    def reload(self) -> None:
        self._say("said before a reload")
        self._load_again()

    def _load_again(self) -> None:
        self._zoe.page.reload()
        self._say("said before the page knows anything")

    def kill_and_reload(self) -> None:
        self._say("said before all breaks")
        self._server.kill()
        self._say("said after all broke")
        self._zoe.page.wait_for_timeout(100)
        self._server.start()
        self._load_again()


def join(zoe: Guest, crowd: Crowd, history: History) -> str:
    """Come in through the door, which asks by a single request; return who she is."""
    door, op = "zoe/door", history.next_op()
    command = {"type": "join_room", "key": crowd.link}
    history.note(door, "invoke", op=op, command=command)
    with zoe.page.expect_response("**/api/join") as answer:
        zoe.join(crowd.link)
    result = answer.value.json()
    history.note(door, "ok", op=op, result=result)
    person: str = result["me"]["id"]
    history.note(door, "person", id=person)
    return person


def shown_by(zoe: Guest) -> dict[int, str | None]:
    """Return what she sees who scrolls up to the beginning, by `seq`."""
    seen: list[tuple[int, str | None]] = zoe.page.evaluate(READ_UP, ".words")
    return dict(seen)


def test_a_page_goes_through_all_of_it_as_a_device_does(
    own_server: Server, invite: Invite, request: pytest.FixtureRequest
) -> None:
    campaign = request.config.getoption("--campaign", default=False)
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    history = History()
    zoe = invite("Zoe")
    tape = Tape(zoe.page, "zoe/tab", history)
    crowd = Crowd(own_server.port, history, SEED)
    with crowd.talking():
        zoe_is = join(zoe, crowd, history)
        trouble = Trouble(own_server, zoe, history)
        for number in range(CAMPAIGN if campaign else ROUNDS):
            for n in range(chance.randint(1, 4)):
                zoe.say(f"zoe says {number}.{n}")
                zoe.page.wait_for_timeout(chance.uniform(0, 80))
            trouble.strike(number)
            zoe.page.wait_for_timeout(chance.uniform(0, 400))
        zoe.say("goodbye")
        last = zoe.page.locator(".message[data-seq] .words", has_text="goodbye")
        last.wait_for(timeout=A_WHILE)
        expect(zoe.page.locator(".message.pending")).to_have_count(0)
    tape.note_untold()
    judge(own_server, zoe, zoe_is, crowd, history)
    assert tape.sockets > ROUNDS / 2


def judge(
    server: Server, zoe: Guest, zoe_is: str, crowd: Crowd, history: History
) -> None:
    """Hold what she said, heard and sees against the log, and against the contract."""
    newest = max(event["seq"] for event in crowd.log if event["kind"] == "message")
    zoe.page.get_by_role("log").press("End")
    zoe.page.locator(f"[data-seq='{newest}']").wait_for(timeout=A_WHILE)
    shown = shown_by(zoe)
    server.stop()
    note_log(history, crowd.room, crowd.log, read_disk(server.data, crowd.room))
    history.write(server.data.with_name("history.jsonl"))
    report = check(history)
    assert report.faults == [], report
    log = [event for event in crowd.log if event["kind"] == "message"]
    texts = {event["seq"]: event["text"] for event in log}
    assert {seq: text for seq, text in shown.items() if seq in texts} == texts
    hers = [event["text"] for event in log if event["by"] == zoe_is]
    # Ada founded the room, and may take back what others said.
    there = [text for text in hers if text is not None]
    assert there
    assert [text for text in zoe.said if text in there] == there
    assert len(hers) == len(zoe.said), set(zoe.said) - set(there)
