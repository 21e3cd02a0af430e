"""A room in which somebody does their worst while a page is watched."""

import unicodedata
from collections.abc import Sequence

import httpx2

from tests.browser.people import Guest
from tests.browser.tally import Tally
from tests.browser.watch import Watch
from tests.talking import Frame, Talker

READ_UP = """
async (what) => {
    const box = document.querySelector(".log"), seen = new Map();
    const look = () => {
        for (const row of document.querySelectorAll(".rows [data-seq]")) {
            const part = what === "" ? row : row.querySelector(what);
            seen.set(Number(row.dataset.seq), part?.textContent ?? null);
        }
    };
    for (let idle = 0; idle < 400 && !seen.has(1); idle += 1) {
        const known = seen.size;
        look();
        if (seen.size > known) idle = 0;
        box.scrollTop = box.scrollTop === 0 ? 1 : 0;
        await new Promise((done) => setTimeout(done, 15));
    }
    return [...seen];
}
"""


class House:
    """Bob's room with Ada in it: her page is watched while he does his worst."""

    def __init__(
        self, bob: Talker, ada: Guest, watch: Watch, tally: Tally, web: httpx2.Client
    ) -> None:
        self.bob = bob
        self._web = web
        self.ada = ada
        self.watch = watch
        self.room: str = ""
        self.link: str = ""
        self.tally = tally

    def say(self, kind: str, commands: Sequence[Frame]) -> list[Frame]:
        """Let Bob send commands; return those that were taken, each with a `seq`.

        It is that of its event, or that which the command named itself.
        """
        here = [{"room": self.room} | command for command in commands]
        answers = self.bob.ask_all(here)
        taken = [
            {"seq": answer["result"].get("seq")} | command
            for command, answer in zip(commands, answers, strict=True)
            if answer["type"] == "reply"
        ]
        self.tally.inputs[kind] += len(commands)
        self.tally.refused[kind] += len(commands) - len(taken)
        return taken

    def post(self, path: str, body: Frame, *, token: str | None = None) -> Frame | None:
        """Send a request as a program does; None where it was refused."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._web.cookies.clear()
        answer = self._web.post(path, json=body, headers=headers)
        assert answer.status_code in {200, 400, 413}
        told: Frame = answer.json()
        return told if answer.status_code == 200 else None

    def read(self, what: str) -> dict[int, str]:
        """Scroll up to the room's beginning; return what was seen, by `seq`."""
        seen: list[tuple[int, str]] = self.ada.page.evaluate(READ_UP, what)
        return dict(seen)

    def is_quiet(self, calls: Sequence[str]) -> bool:
        """Tell whether nothing but text came of it all."""
        wrong = self.watch.look()
        self.tally.strange += len(wrong) + len(calls)
        assert wrong == []
        assert list(calls) == []
        return True


def as_kept(text: str) -> str:
    """Return a text as the contract keeps it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def is_as_written(told: str, text: str) -> bool:
    """Tell whether a name is shown as it is kept: on one line, in its plain form."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(told.split()) == "".join(plain.split())
