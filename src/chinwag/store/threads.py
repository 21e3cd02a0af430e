"""Threads that do for a loop what would keep it waiting.

The library's executors would do as well, at twice the processor time for each turn:
a message that comes alone makes one, to wait for the disk.
"""

import asyncio
import contextlib
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
_Turn = tuple[
    Callable[[], Any], Callable[[Any | Exception], None], asyncio.AbstractEventLoop
]


class Threads:
    """So many threads, which do one thing after the other."""

    def __init__(self, count: int, name: str) -> None:
        self._turns: SimpleQueue[_Turn | None] = SimpleQueue()
        self._threads = [
            Thread(target=self._run, name=f"{name}_{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self, act: Callable[[], T], done: Callable[[T | Exception], None]
    ) -> None:
        """Have something done; `done` is called on this loop with what comes of it."""
        self._turns.put((act, done, asyncio.get_running_loop()))

    async def do(self, act: Callable[[], T]) -> T:
        """Have something done, and wait for what comes of it."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def done(outcome: T | Exception) -> None:
            if future.cancelled():
                return
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit(act, done)
        return await future

    def _run(self) -> None:
        while (turn := self._turns.get()) is not None:
            act, done, loop = turn
            try:
                outcome = act()
            except Exception as error:  # noqa: BLE001 - whoever asked is told
                outcome = error
            # Who asked may be gone.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(done, outcome)
            # An error refers to this frame: what was done must not live until the next.
            del turn, act, done, outcome

    def close(self) -> None:
        """Finish what was begun, and forget what waits."""
        with contextlib.suppress(Empty):
            while True:
                self._turns.get_nowait()
        for _ in self._threads:
            self._turns.put(None)
        for thread in self._threads:
            thread.join()
