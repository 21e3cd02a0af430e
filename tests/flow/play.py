"""Plays a conversation through a whole server without sockets. See `script`."""

import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from chinwag.protocol.close import Close
from chinwag.protocol.door import Newcomer
from tests.flow.script import Json, Known, Line, read_expected, read_lines
from tests.support.device import Device
from tests.support.server import AS_TOLD, NO_LIMIT, Server, serving
from tests.support.time import FakeClock, FakeDice

Act = Callable[..., Awaitable[None]]


class Player:
    """One conversation being played."""

    def __init__(self, data: Path, stack: AsyncExitStack) -> None:
        self._data = data
        self._stack = stack
        self._clock, self._dice = FakeClock(), FakeDice()
        self._rates = (NO_LIMIT, NO_LIMIT)
        self._server: Server | None = None
        self._known = Known()
        self._devices: dict[str, Device] = {}
        self._unheard: set[str] = set()
        self._acts: list[tuple[re.Pattern[str], Act]] = [
            (re.compile(pattern), act)
            for pattern, act in (
                (r"(\w+) > (.*)", self._say),
                (r"(\w+) < nothing", self._hear_nothing),
                (r"(\w+) < (.*)", self._hear),
                (r"(\w+) connects", self._connect),
                (r"(\w+) connects with (\$\w+)", self._connect_with),
                (r"(\w+) connects as a page with (\S+)", self._connect_page),
                (r"(\w+) goes", self._go),
                (r"(\w+) is closed with (\d+)", self._be_closed),
                (r"(\w+) stops reading", self._stop_reading),
                (r"(\w+) reads again", self._read_again),
                (r"(\w+) says (\d+) things in (\$\w+)", self._say_much),
                (r"scene: (\w+)", self._play_scene),
                (r"wait ([\d.]+) s", self._wait),
                (r"the clock goes back (\d+) s", self._set_back),
                (r"the server restarts", self._restart),
                (r"rates as told", self._use_rates),
                (r"unheard: ([\w, ]+)", self._ignore),
            )
        ]

    async def play_all(self, script: Path) -> None:
        """Play a file, and say where it went wrong."""
        for line in read_lines(script.read_text(encoding="utf-8")):
            try:
                await self._play(line)
            except AssertionError as error:
                raise AssertionError(f"{script.name}:{line.number}: {error}") from None

    async def _play(self, line: Line) -> None:
        """Do what a line says, or fail because it did not come so."""
        for pattern, act in self._acts:
            found = pattern.fullmatch(line.text)
            if found is not None:
                await act(*found.groups())
                return
        raise AssertionError(f"nobody knows what this means: {line.text}")

    async def end(self) -> None:
        """Settle, and see that everything that was heard stood in the text."""
        for name in self._devices:
            await self._hear_nothing(name)

    async def _start(self) -> Server:
        if self._server is None:
            self._server = await self._stack.enter_async_context(
                serving(
                    self._data, clock=self._clock, dice=self._dice, rates=self._rates
                )
            )
        return self._server

    async def _device(self, name: str) -> Device:
        if name not in self._devices:
            await self._connect(name)
        return self._devices[name]

    async def _settled(self, name: str) -> Device:
        device = await self._device(name)
        await (await self._start()).settle()
        device.heard = [f for f in device.heard if f["type"] not in self._unheard]
        return device

    async def _say(self, name: str, text: str) -> None:
        device = await self._device(name)
        device.say(self._known.fill_in(text).encode())

    async def _hear(self, name: str, text: str) -> None:
        device = await self._settled(name)
        assert device.heard, f"{name} has heard nothing more"
        got: Json = device.heard.pop(0)
        wrong = self._known.differ(read_expected(text), got)
        if wrong is not None:
            shown = json.dumps(got, ensure_ascii=False, separators=(",", ":"))
            raise AssertionError(f"{wrong}\n{name} < {shown}")

    async def _hear_nothing(self, name: str) -> None:
        device = await self._settled(name)
        shown = [json.dumps(f, ensure_ascii=False) for f in device.heard]
        assert not shown, f"{name} has heard\n" + "\n".join(shown)

    async def _connect(self, name: str) -> None:
        self._devices[name] = Device(await self._start())

    async def _connect_with(self, name: str, token: str) -> None:
        token = self._known.fill_in(token)
        self._devices[name] = Device(await self._start(), token=token)

    async def _connect_page(self, name: str, token: str) -> None:
        self._devices[name] = Device(
            await self._start(),
            token=self._known.fill_in(token),
            strict=False,
            newcomer=Newcomer.REFUSED,
        )

    async def _go(self, name: str) -> None:
        (await self._settled(name)).go()

    async def _be_closed(self, name: str, code: str) -> None:
        device = await self._settled(name)
        assert device.closed == Close(int(code)), device.closed

    async def _stop_reading(self, name: str) -> None:
        (await self._settled(name)).stop_reading()

    async def _read_again(self, name: str) -> None:
        (await self._settled(name)).read_again()

    async def _say_much(self, name: str, count: str, room: str) -> None:
        """Fill a room's log; what is heard of it need not be told."""
        device = await self._settled(name)
        for number in range(1, int(count) + 1):
            said = {
                "type": "post_message",
                "id": number,
                "room": self._known.fill_in(room),
                "cmid": f"much-{number}",
                "text": f"Thing {number}",
            }
            device.say(json.dumps(said).encode())
            if number % 50 == 0:
                await self._settled(name)
        for other in self._devices:
            (await self._settled(other)).heard.clear()

    async def _play_scene(self, name: str) -> None:
        """Begin where a scene ends; what is heard in it was proved elsewhere."""
        scene = Path(__file__).parent / "scenes" / f"{name}.txt"
        await self.play_all(scene)
        for each in self._devices:
            await self._hear_nothing(each)

    async def _wait(self, seconds: str) -> None:
        await (await self._start()).settle()
        await (await self._start()).wait(float(seconds))

    async def _set_back(self, seconds: str) -> None:
        await (await self._start()).settle()
        self._clock.set_back(float(seconds))

    async def _restart(self) -> None:
        await (await self._start()).settle()
        await self._stack.aclose()
        self._server = None
        self._devices.clear()

    async def _use_rates(self) -> None:
        self._rates = AS_TOLD

    async def _ignore(self, types: str) -> None:
        self._unheard = set(types.split(", "))


async def play(script: Path, data: Path) -> None:
    """Play the conversation in a file, on an empty data directory."""
    async with AsyncExitStack() as stack:
        player = Player(data, stack)
        await player.play_all(script)
        await player.end()
