"""What waits for the heart, and what of it is decided next."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import chain

import msgspec

from chinwag.domain.fairness import Rota
from chinwag.handlers.call import Call, Later
from chinwag.protocol.commands import (
    AnyCommand,
    AskHistory,
    AskMe,
    CloseRoom,
    EditMessage,
    Hello,
    JoinRoom,
    LeaveRoom,
    LookAtLink,
    MarkRead,
    OpenRoom,
    Ping,
    PostMessage,
    SetTyping,
    StartRoom,
)
from chinwag.protocol.door import Answered, Caller
from chinwag.protocol.results import Result

MOST_WEIGHT = 512
"""What a batch takes, so that deciding it does not keep the loop from its other work
for long: so many commands that need nothing but what was fetched for all of them."""
MOST_BYTES = 1024 * 1024
_FETCHED = (
    AskHistory,
    CloseRoom,
    MarkRead,
    OpenRoom,
    Ping,
    PostMessage,
    SetTyping,
)
_COLLECTED = (AskMe, Hello, JoinRoom, LeaveRoom, LookAtLink, StartRoom)
"""They write as well, together with others, or read something of their own."""
_WEIGHTS: dict[object, int] = {
    **dict.fromkeys(_FETCHED, 1),
    **dict.fromkeys(_COLLECTED, 4),
}
_HEAVY = 16
_TEXTS = (PostMessage, EditMessage)


class Asked(msgspec.Struct):
    """Something that waits for its turn: a command, or a chore of the house.

    Attributes:
        weight: How much work it is, of `MOST_WEIGHT`.
        size: How many characters it brings.
        paid: Which rates were paid for it.
    """

    caller: Caller
    decide: Callable[[Call], Result | Later]
    answered: Answered
    command: AnyCommand | None = None
    weight: int = _HEAVY
    size: int = 0
    paid: set[object] = msgspec.field(default_factory=set[object])


def weigh(command: AnyCommand) -> tuple[int, int]:
    """Return how much work a command is, and how many characters it brings."""
    size = len(command.text) if isinstance(command, _TEXTS) else 0
    return _WEIGHTS.get(type(command), _HEAVY), size


class Queue:
    """All that waits, each caller's in its order; callers take turns."""

    def __init__(self) -> None:
        self._waiting: dict[Caller, deque[Asked]] = {}
        # Whose turn it is, of those who came before the last batch. Mostly all fits,
        # and nobody asks.
        self._rota: Rota[Caller] = Rota()
        self._newcomers: list[Caller] = []
        self._weight = self._size = 0
        self._bell = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, asked: Asked) -> None:
        """Let something wait."""
        waiting = self._waiting.get(asked.caller)
        if waiting is None:
            waiting = self._waiting[asked.caller] = deque()
            self._newcomers.append(asked.caller)
        waiting.append(asked)
        self._weight += asked.weight
        self._size += asked.size
        self._bell.set()
        self._idle.clear()

    async def wait(self) -> None:
        """Wait until something waits."""
        await self._bell.wait()

    def take(self) -> list[Asked]:
        """Return what is decided next. Where all fits, nobody waits for a turn."""
        if self._weight <= MOST_WEIGHT and self._size <= MOST_BYTES:
            batch = list(chain.from_iterable(self._waiting.values()))
            self._waiting.clear()
            self._newcomers.clear()
            self._rota.clear()
        else:
            batch = self._take_turns()
        self._weight -= sum(asked.weight for asked in batch)
        self._size -= sum(asked.size for asked in batch)
        if not self._waiting:
            self._bell.clear()
        return batch

    def _take_turns(self) -> list[Asked]:
        for caller in self._newcomers:
            self._rota.come(caller.address, caller)
        self._newcomers.clear()
        batch, weight, size = list[Asked](), 0, 0
        while self._rota and weight < MOST_WEIGHT and size < MOST_BYTES:
            caller = self._rota.next()
            waiting = self._waiting[caller]
            asked = waiting.popleft()
            self._rota.spend(asked.weight, stays=bool(waiting))
            if not waiting:
                del self._waiting[caller]
            weight += asked.weight
            size += asked.size
            batch.append(asked)
        return batch

    def note_done(self) -> None:
        """Note that all that was taken is done."""
        if not self._waiting:
            self._idle.set()

    async def drain(self) -> None:
        """Wait until nothing waits, and all that was taken is done."""
        await self._idle.wait()
