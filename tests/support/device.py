"""Somebody's device: session and outbox, as a socket has them, without a socket."""

import json
from collections import deque
from functools import partial
from typing import Any

from chinwag.gateway.frame import Frame
from chinwag.gateway.outbox import Outbox
from chinwag.ids import RoomId, from_text
from chinwag.protocol.close import Close
from chinwag.protocol.commands import AnyCommand, AskMe, CloseRoom, LeaveRoom
from chinwag.protocol.door import Answer, Caller
from chinwag.protocol.envelope import MeChanged
from chinwag.protocol.results import Closed, Departed, Myself, Opened, Started, Welcome
from chinwag.protocol.session import Session
from tests.support.server import Server

Json = Any


def to_line(frame: Frame) -> bytes:
    """Encode a frame for a device here: one line of JSON."""
    return frame.payload + b"\n"


class Device:
    """One device, and all that it was told and nobody looked at yet."""

    def __init__(self, server: Server, **facts: object) -> None:
        self.caller: Caller = server.caller(greets=True, **facts)
        self.closed: Close | None = None
        self.heard: list[Json] = []
        self._unread: deque[bytes] = deque()
        self._server = server
        self._session = Session()
        self.outbox = Outbox(self, to_line, self, device=self.caller.device)

    def say(self, text: bytes) -> None:
        """Send one frame."""
        if self._session.full or self._unread:
            self._unread.append(text)
        else:
            self._hand_in(text)

    def _hand_in(self, text: bytes) -> None:
        command = self._session.receive(text, self._server.clock.monotonic())
        if command is None:
            self._send()
        else:
            answered = partial(self._take_answer, command)
            self._server.dispatch.submit(self.caller, command, answered)

    def _take_answer(self, command: AnyCommand, answer: Answer) -> None:
        self._session.answer(command, answer)
        self._send()
        if self.closed is not None:
            return
        self._act_on(command, answer)
        while self._unread and not self._session.full:
            self._hand_in(self._unread.popleft())

    def _act_on(self, command: AnyCommand, answer: Answer) -> None:
        hub = self._server.hub
        match answer:
            case Welcome():
                hub.greet(self.outbox, answer.me, answer.rooms, answer.version)
            case Opened() | Started():
                hub.open(self.outbox, answer)
            case Closed() | Departed():
                self._close_room(command)
            case _:
                pass
        version: int | None = getattr(answer, "version", None)
        if version is not None:
            hub.catch_up(self.outbox, version)

    def _close_room(self, command: AnyCommand) -> None:
        closes = isinstance(command, CloseRoom | LeaveRoom)
        room = from_text(command.room) if closes else None
        if room is not None:
            self._server.hub.close(self.outbox, RoomId(room))

    def _send(self) -> None:
        for text in self._session.data_to_send():
            self.write(text)
        if self._session.close is not None:
            self.hang(self._session.close)

    def write(self, data: bytes) -> None:
        self.heard += [json.loads(line) for line in data.splitlines()]

    def stop_reading(self) -> None:
        """Drain nothing more, as a tunnel does to a train."""
        self._server.hub.pause(self.outbox)

    def read_again(self) -> None:
        """Drain again."""
        self._server.hub.resume(self.outbox)
        if self.outbox.missed:
            self.outbox.missed = False
            self._server.dispatch.submit(self.caller, AskMe(id=0), self._tell_missed)

    def _tell_missed(self, answer: Answer) -> None:
        if isinstance(answer, Myself):
            self.outbox.tell_gone()
            self.outbox.push(MeChanged(answer.version, answer.me, answer.rooms))
            self._server.hub.catch_up(self.outbox, answer.version)

    def hang(self, close: Close) -> None:
        """Be hung up on."""
        self.closed = close
        self.go()

    def go(self) -> None:
        """Lose the socket."""
        self._session.end()
        self._server.hub.leave(self.outbox)
