"""One client's conversation, without the socket.

JSON text in, commands out, answers in, JSON text out. It never blocks, sleeps or
touches the network.
"""

from collections import deque
from enum import Enum, auto

import msgspec

from chinwag.errors import BadRequest, Refusal, Unauthorized
from chinwag.protocol.close import Close
from chinwag.protocol.commands import (
    AnyCommand,
    AskHistory,
    Hello,
)
from chinwag.protocol.door import Answer
from chinwag.protocol.envelope import Push, encode_failure, encode_push, encode_reply
from chinwag.protocol.results import (
    Result,
    Welcome,
)

MOST_WAITING = 64
"""Commands in flight; a socket with more is not read."""
MOST_PAGES = 2
"""Pages of a log among them, since their answers are large."""
MOST_BROKEN = 10
"""Broken commands a minute; the next closes the socket."""
_MINUTE = 60.0


class State(Enum):
    """How far the conversation has come."""

    SILENT = auto()
    """Nothing was said yet; only `hello` is heard."""
    GREETING = auto()
    """`hello` waits for its answer; what follows it is already taken."""
    OPEN = auto()
    CLOSED = auto()


_SILENT, _GREETING, CLOSED = State.SILENT, State.GREETING, State.CLOSED
"""To look up a member takes longer than all that is done with it here."""


class _OnlyId(msgspec.Struct):
    id: int


_decode_command = msgspec.json.Decoder(AnyCommand).decode
_decode_id = msgspec.json.Decoder(_OnlyId).decode


def read_command(text: bytes) -> AnyCommand:
    """Return the command that `text` stands for, or raise `BadRequest` with why not.

    The message names the field, as a path from `$`, the command.
    """
    try:
        command = _decode_command(text)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("This is not JSON, or nested too deep.") from None
    if b"\\u0000" in text:
        _refuse_nul(command)
    return command


def _refuse_nul(command: AnyCommand) -> None:
    for field in command.__struct_fields__:
        value: object = getattr(command, field)
        if isinstance(value, str) and "\0" in value:
            raise BadRequest(f"{field}: U+0000 can't be sent. - at `$.{field}`")


def read_id(text: bytes) -> int | None:
    """Return the `id` of something that is no command, if it can be read."""
    try:
        found = _decode_id(text).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if found >= 0 else None


class Session:
    """What one client and the server say to each other, in order.

    Feed it with `receive`, hand the commands it returns to the door, bring the
    answers back with `answer`, and write `data_to_send` to the client. When `close`
    is set, the conversation is over.
    """

    __slots__ = ("_broken", "_out", "_pages", "close", "state", "waiting")

    def __init__(self) -> None:
        self.state = _SILENT
        self.close: Close | None = None
        self.waiting = 0
        self._pages = 0
        self._out: list[bytes] = []
        # The times of broken commands; most clients never send one.
        self._broken: deque[float] | None = None

    def receive(self, text: bytes, now: float) -> AnyCommand | None:
        """Take one frame; return its command, or None where it is answered here.

        Args:
            text: The frame's payload, valid UTF-8 or not.
            now: Seconds of a monotonic clock.
        """
        if self.state is CLOSED:
            return None
        try:
            command = read_command(text)
            self._check_turn(command)
        except Refusal as refusal:
            self._out.append(encode_failure(read_id(text), refusal))
            self._note_broken(refusal, now)
            return None
        self.waiting += 1
        self._pages += isinstance(command, AskHistory)
        return command

    def answer(self, command: AnyCommand, answer: Answer) -> None:
        """Queue the one answer to a command that `receive` returned."""
        self.waiting -= 1
        self._pages -= isinstance(command, AskHistory)
        if self.state is CLOSED:
            return
        if isinstance(answer, Result):
            self._out.append(encode_reply(command.id, answer))
        else:
            self._out.append(encode_failure(command.id, answer))
        if self.state is _GREETING and isinstance(command, Hello):
            greeted = isinstance(answer, Welcome)
            self.state = State.OPEN if greeted else _SILENT

    def push(self, push: Push) -> None:
        """Queue something unasked."""
        if self.state is not CLOSED:
            self._out.append(encode_push(push))

    def data_to_send(self) -> list[bytes]:
        """Return the frames that are due, each one JSON text, and forget them."""
        out, self._out = self._out, []
        return out

    @property
    def full(self) -> bool:
        """Whether so many commands wait that nothing more should be read."""
        return self.waiting >= MOST_WAITING or self._pages >= MOST_PAGES

    def end(self, close: Close | None = None) -> None:
        """Say nothing more."""
        self.close = self.close or close
        self.state = CLOSED

    def _check_turn(self, command: AnyCommand) -> None:
        greeting = isinstance(command, Hello)
        if self.state is _SILENT:
            if not greeting:
                raise Unauthorized("Say hello first.")
            self.state = _GREETING
        elif greeting:
            raise BadRequest("type: hello was already said.")

    def _note_broken(self, refusal: Refusal, now: float) -> None:
        if not isinstance(refusal, BadRequest):
            return
        broken = self._broken
        if broken is None:
            broken = self._broken = deque(maxlen=MOST_BROKEN)
        broken.append(now)
        if len(broken) == MOST_BROKEN and now - broken[0] < _MINUTE:
            self.end(Close.TOO_MANY_BAD_REQUESTS)
