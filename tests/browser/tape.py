"""Writes down what a page says and hears on its sockets, as the checker reads it.

Chromium tells every frame with the time at which it passed, by the same clock as
Python's `time.monotonic`; so it does not matter how late we hear of it.
"""

import json
from typing import Any

from playwright.sync_api import Page

from tests.faults.history import History

Frame = dict[str, Any]
Told = dict[str, Any]


class Tape:
    """One tab's sockets, one after the other, as the device `name` of a history."""

    def __init__(self, page: Page, name: str, history: History) -> None:
        self._name = name
        self._history = history
        self._socket = ""
        self._flying: dict[int, tuple[int, Frame]] = {}
        self.sockets = 0
        line = page.context.new_cdp_session(page)
        line.on("Network.webSocketFrameSent", self._sent)
        line.on("Network.webSocketFrameReceived", self._received)
        line.on("Network.webSocketClosed", self._closed)
        line.send("Network.enable")  # pyright: ignore[reportUnknownMemberType]

    def _note(self, at: float, what: str, **facts: Any) -> None:  # noqa: ANN401 - what JSON holds
        self._history.records.append(
            {"t": at, "device": self._name, "what": what, **facts}
        )

    def _sent(self, told: Told) -> None:
        at: float = told["timestamp"]
        self._turn_to(told["requestId"], at)
        command: Frame = json.loads(told["response"]["payloadData"])
        number: int = command.pop("id")
        op = self._history.next_op()
        self._flying[number] = (op, command)
        self._note(at, "invoke", op=op, command=command)

    def note_untold(self) -> None:
        """Add the posts of which Chromium told nothing, where somebody else saw them.

        It tells of frames from within the page, and a page that is left takes with it
        what was not told yet. Nobody has heard of a message before it was posted: if
        another device had, before this one is known to have sent it, it was sent on a
        socket that was lost since. Without such a witness nothing is added.
        """
        seen: dict[str, float] = {}
        posted: set[str] = set()
        # When this device last did something, and when its sockets were lost.
        own, lost = list[float](), list[float]()
        for record in sorted(self._history.records, key=lambda record: record["t"]):
            at: float = record["t"]
            if record["device"] != self._name:
                for event in record.get("events", ()):
                    if record["what"] == "delivered" and event["kind"] == "message":
                        seen.setdefault(event["cmid"], at)
                continue
            (lost if record["what"] == "lost" else own).append(at)
            command = record.get("command", {"type": ""})
            if command["type"] != "post_message" or command["cmid"] in posted:
                continue
            posted.add(command["cmid"])
            witnessed = seen.get(command["cmid"], at)
            gone = [each for each in lost if each < at]
            if witnessed < at and gone:
                latest = min(witnessed, gone[-1])
                sent = max((each for each in own if each < latest), default=latest)
                self._note_lost(sent, gone[-1], command)

    def _note_lost(self, sent: float, gone: float, command: Frame) -> None:
        op = self._history.next_op()
        self._note(sent, "invoke", op=op, command=command)
        self._note(gone, "unknown", op=op)

    def _turn_to(self, socket: str, at: float) -> None:
        """A page that was loaded anew, or lost its line, speaks on another socket."""
        if socket == self._socket:
            return
        self._lose(at)
        self._socket = socket
        self.sockets += 1

    def _closed(self, told: Told) -> None:
        if told["requestId"] == self._socket:
            self._lose(told["timestamp"])
            self._socket = ""

    def _lose(self, at: float) -> None:
        if not self._socket:
            return
        for op, _ in self._flying.values():
            self._note(at, "unknown", op=op)
        self._flying.clear()
        self._note(at, "lost")

    def _received(self, told: Told) -> None:
        if told["requestId"] != self._socket or told["response"]["opcode"] != 1:
            return
        at: float = told["timestamp"]
        frame: Frame = json.loads(told["response"]["payloadData"])
        match frame["type"]:
            case "events":
                facts = {key: frame[key] for key in ("room", "from", "events")}
                self._note(at, "delivered", **facts)
            case "reply":
                op, command = self._flying.pop(frame["id"])
                self._answered(at, op, command, frame["result"])
            case "failure":
                op, _ = self._flying.pop(frame["id"])
                self._note(at, "fail", op=op, code=frame["code"])
            case _:
                pass

    def _answered(self, at: float, op: int, command: Frame, result: Frame) -> None:
        self._note(at, "ok", op=op, result=result)
        match command["type"]:
            case "hello":
                self._note(at, "person", id=result["me"]["id"])
            case "open_room":
                facts = {key: result[key] for key in ("head", "from", "reset")}
                after = command.get("after")
                room = result["room"]["id"]
                self._note(at, "opened", room=room, after=after, **facts)
            case "history":
                facts = {key: result[key] for key in ("head", "events")}
                self._note(at, "page", room=command["room"], **facts)
            case _:
                pass
