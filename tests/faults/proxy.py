"""A network between devices and server, as bad as one likes.

A proxy for TCP: each connection gets its own troubles, drawn from a seed.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass

PIECE = 1_024
MODEM_BYTES = 2_000
"""What 16 kbit/s bring in a second."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one connection.

    Attributes:
        name: What it is called.
        delay: For how many seconds each piece is under way, at most.
        rate: How many bytes come through in a second.
        after: After how many bytes it is cut, in the midst of a frame if so.
        frozen: For how many seconds nothing comes before it is cut.
    """

    name: str
    delay: float = 0.0
    rate: float = float("inf")
    after: float = float("inf")
    frozen: float = 0.0


def draw_trouble(dice: random.Random) -> Trouble:
    """Return some trouble, or sometimes none."""
    after = dice.expovariate(1 / 30_000)
    return dice.choice(
        [
            Trouble("fine"),
            Trouble("late", delay=dice.uniform(0.01, 0.3)),
            Trouble("late and cut", delay=dice.uniform(0.01, 0.1), after=after),
            Trouble("cut", after=after),
            Trouble("cut at once", after=dice.uniform(0, 400)),
            Trouble("frozen", after=after, frozen=dice.uniform(0.1, 2)),
            Trouble("slow", rate=MODEM_BYTES, after=dice.expovariate(1 / 8_000)),
        ]
    )


class Proxy:
    """It listens on `port` and brings all to the server, more or less."""

    def __init__(self, to: int, dice: random.Random) -> None:
        self.port = 0
        self.counts: Counter[str] = Counter()
        self.down = False
        self.calm = False
        self._to = to
        self._dice = dice
        self._open: set[asyncio.StreamWriter] = set()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncGenerator["Proxy"]:
        """Listen until the block is left."""
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listening.close()
            self.cut()
            await asyncio.sleep(0.01)

    def cut(self) -> None:
        """Lose all connections."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.down:
            writer.transport.abort()
            return
        trouble = Trouble("fine") if self.calm else draw_trouble(self._dice)
        self.counts[trouble.name] += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, back}
        self._open |= both
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._bring(reader, back, trouble))
                tasks.create_task(self._bring(there, writer, trouble))
        except* (OSError, _Cut):
            pass
        finally:
            for each in both:
                each.transport.abort()
            self._open -= both

    async def _bring(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        trouble: Trouble,
    ) -> None:
        brought = 0
        while piece := await reader.read(PIECE):
            if trouble.delay:
                await asyncio.sleep(self._dice.uniform(0, trouble.delay))
            await asyncio.sleep(len(piece) / trouble.rate)
            left = trouble.after - brought
            if left < len(piece):
                writer.write(piece[: int(left)])
                await writer.drain()
                await asyncio.sleep(trouble.frozen)
                raise _Cut
            brought += len(piece)
            writer.write(piece)
            await writer.drain()
        raise _Cut


class _Cut(Exception):
    """The connection is gone."""
