"""The tutorial's program, run as the tutorial says."""

import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.running import running
from tests.talking import talk_to

PAGE = Path(__file__).parents[2] / "docs/tutorial/a-first-bot.md"


@contextmanager
def echo_bot(program: Path, address: str, link: str) -> Generator[None]:
    bot = subprocess.Popen([sys.executable, program, address, link])
    try:
        yield
    finally:
        bot.terminate()
        bot.wait(10)


def test_the_bot_of_the_tutorial_answers_each_message_once(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    program = tmp_path / "echo.py"
    program.write_text(found[1], "utf-8")
    with (
        running(tmp_path / "data") as server,
        talk_to(server.url, name="Ada") as ada,
    ):
        started = ada.ask("start_room", name="Tea")
        room = started["room"]["id"]
        ada.ask("post_message", room=room, cmid="1", text="Hello?")
        address = server.url.replace("http", "ws") + "/ws"
        with echo_bot(program, address, started["link"]):
            heard = ada.hear_texts(2)
            ada.ask("post_message", room=room, cmid="2", text="Anybody?")
            heard += ada.hear_texts(2)
    assert heard == [
        "Hello?",
        "You said: Hello?",
        "Anybody?",
        "You said: Anybody?",
    ]
