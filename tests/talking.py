"""A program at the other end of a WebSocket, one sentence at a time."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

PATIENCE = 20.0
AT_A_TIME = 32
Frame = dict[str, Any]


class Refused(Exception):
    """The server said no; `args` are its code and sentence."""


class Talker:
    """One socket. Events that come between are kept until somebody asks for them."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._id = 0
        self.pushed: list[Frame] = []
        self.welcome: Frame = {}

    def greet(self, **hello: object) -> Self:
        """Say hello; what comes back is in `welcome`."""
        self.welcome = self.ask("hello", **hello)
        return self

    def ask(self, command: str, **fields: object) -> Frame:
        """Send a command; return its result, or raise `Refused`."""
        self._id += 1
        self._line.send(json.dumps({"type": command, "id": self._id} | fields))
        while True:
            frame = self._receive()
            if frame["type"] == "reply":
                result: Frame = frame["result"]
                return result
            if frame["type"] == "failure":
                raise Refused(frame["code"], frame["message"])
            self.pushed.append(frame)

    def ask_all(self, commands: Sequence[Frame]) -> list[Frame]:
        """Send many commands, some at a time; return the answer to each."""
        answers: dict[int, Frame] = {}
        first = self._id + 1
        for start in range(0, len(commands), AT_A_TIME):
            for command in commands[start : start + AT_A_TIME]:
                self._id += 1
                self._line.send(json.dumps(command | {"id": self._id}))
            while len(answers) <= self._id - first:
                frame = self._receive()
                if frame["type"] in {"reply", "failure"}:
                    # What is refused at sight is answered before what is at work.
                    answers[frame["id"]] = frame
                else:
                    self.pushed.append(frame)
        return [answers[first + n] for n in range(len(commands))]

    def hear_texts(self, count: int) -> list[str]:
        """Return the texts of the next so many messages, of whatever room."""
        texts: list[str] = []
        while len(texts) < count:
            frame = self.pushed.pop(0) if self.pushed else self._receive()
            texts += [
                event["text"]
                for event in frame.get("events", [])
                if event["kind"] == "message"
            ]
        return texts

    def hear_events(self, count: int) -> list[Frame]:
        """Return the next so many events, of whatever room."""
        events: list[Frame] = []
        while len(events) < count:
            frame = self.pushed.pop(0) if self.pushed else self._receive()
            events += frame.get("events", [])
        return events

    def take_pushed(self) -> list[Frame]:
        """Return the frames that came between answers, and forget them."""
        pushed, self.pushed = self.pushed, []
        return pushed

    def _receive(self) -> Frame:
        frame: Frame = json.loads(self._line.recv(timeout=PATIENCE))
        return frame


@contextmanager
def talk_to(url: str, **hello: object) -> Generator[Talker]:
    """Connect to a server of ours and greet it; hang up at the end."""
    address = f"{url.replace('http', 'ws', 1)}/ws"
    with connect(address, proxy=None, close_timeout=1) as line:
        yield Talker(line).greet(**hello)
