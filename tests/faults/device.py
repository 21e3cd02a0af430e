"""A device that lives on, whatever happens to its connection.

It behaves as the page does: it comes back by itself, resumes after what it holds, and
says again, under the same `cmid` and in order, what was not answered.
"""

import asyncio
import random
from collections import deque

from typing_extensions import override

from tests.faults.history import History
from tests.faults.line import GONE, OPEN_SECONDS, Frame, Line, Refused

__all__ = ["GONE", "Device", "Frame", "Refused"]

MAY_BE_TRIED_AGAIN = {"unavailable", "rate_limited", "internal", "out_of_order"}
BACKOFF_SECONDS = 0.02
SILENCE_SECONDS = 5.0


class Device(Line):
    """One device of one person: a line that comes back, and an outbox.

    Attributes:
        shut: The rooms that it keeps closed.
    """

    def __init__(
        self, name: str, port: int, history: History, *, window: int = 16
    ) -> None:
        super().__init__(name, port, history)
        self.shut: set[str] = set()
        self._window = window
        self._unsaid: deque[Frame] = deque()
        self._behind: dict[str, str] = {}
        self._behind_what: dict[tuple[str, str], str | None] = {}
        self._said = asyncio.Event()
        self._answered = asyncio.Event()
        self._home = asyncio.Event()
        self._home.set()

    @override
    def forget(self) -> None:
        super().forget()
        self._behind.clear()
        self._behind_what.clear()

    @override
    def come_in(self, room: str) -> None:
        if room not in self.open and room not in self.shut:
            self.say("open_room", room=room)

    def go_away(self) -> None:
        """Lose the socket, and open none until `come_home`."""
        self._home.clear()
        self.drop()

    def come_home(self) -> None:
        """Be there again."""
        self._home.set()

    def say(self, command: str, **fields: object) -> None:
        """Put a command into the outbox: it is said until it is answered for good."""
        self._unsaid.append({"type": command} | fields)
        self._said.set()

    @property
    def unsaid(self) -> int:
        """How much is not answered yet."""
        return len(self._unsaid)

    async def below(self, few: int) -> None:
        """Wait until fewer than `few` are unsaid."""
        while len(self._unsaid) >= few:
            self._answered.clear()
            await self._answered.wait()

    async def live(self, chance: random.Random) -> None:
        """Come back whenever the socket is lost, resume, and empty the outbox.

        Returns when the server says that it does not know the token.
        """
        known = True
        while known:
            await self._home.wait()
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    await self.connect()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._listen_and_end())
                    tasks.create_task(self._talk())
            except* Refused as group:
                self.drop()
                known = group.subgroup(_is_unauthorized) is None
            except* (_Ended, ConnectionError, *GONE):
                self.drop()
            await asyncio.sleep(chance.uniform(0.5, 1.5) * BACKOFF_SECONDS)

    async def _listen_and_end(self) -> None:
        await self.listen()
        raise _Ended

    async def _talk(self) -> None:
        welcome = await self.greet()
        for room in welcome["rooms"]:
            if room["id"] not in self.shut:
                await self.open_again(room["id"])
        while True:
            if not self._unsaid:
                self._said.clear()
                await self._said.wait()
            await self._say_some()

    async def _say_some(self) -> None:
        """Say what waits, so much at a time, and forget what is answered for good.

        What was refused for a while is said again with all that follows it; `behind`
        sees to it that nothing overtakes it meanwhile.
        """
        some = [self._unsaid[n] for n in range(min(self._window, len(self._unsaid)))]
        behind = dict(self._behind)
        answers = [(said, await self._say(said, behind)) for said in some]
        for said, answer in answers:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await answer
            except Refused as refused:
                if refused.code in MAY_BE_TRIED_AGAIN:
                    await asyncio.sleep(BACKOFF_SECONDS)
                    return
            else:
                if said["type"] == "post_message":
                    self._behind[said["room"]] = said["cmid"]
            self._unsaid.popleft()
            self._answered.set()

    async def _say(self, said: Frame, behind: dict[str, str]) -> asyncio.Future[Frame]:
        more: Frame = {}
        match said["type"]:
            case "post_message":
                room, cmid = said["room"], said["cmid"]
                # Said again, it is still behind what it was behind at first.
                if behind.get(room) != cmid:
                    self._behind_what[room, cmid] = behind.get(room)
                before = self._behind_what.get((room, cmid))
                more = {} if before is None else {"behind": before}
                behind[room] = cmid
            case "open_room":
                more = self._resume(said["room"])
            case _:
                pass
        return await self.tell(said["type"], **_fields(said), **more)


class _Ended(Exception):
    """The socket is gone."""


def _is_unauthorized(error: BaseException) -> bool:
    return isinstance(error, Refused) and error.code == "unauthorized"


def _fields(said: Frame) -> Frame:
    return {key: value for key, value in said.items() if key != "type"}
