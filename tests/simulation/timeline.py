"""Simulated time: what is due, in order, and the event loop of a simulated process.

Nothing here sleeps. A second takes as long as what is done in it.
"""

import asyncio
from asyncio import events
from collections.abc import Callable, Coroutine
from heapq import heappop, heappush
from random import Random
from typing import Any

from typing_extensions import override

from chinwag.ids import Millis
from tests.support.time import MORNING

Act = Callable[..., object]
_LAGS = 0.1
"""How often the loop finds other work before it comes to what was called soon."""
_LAG_SECONDS = 0.002


class Timeline:
    """The port `Clock`, and all that is going to happen.

    Attributes:
        seconds: Simulated seconds since the beginning.
        skew: Milliseconds by which somebody has set the wall clock wrong.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.skew = 0
        self._due: list[tuple[float, int, Act, tuple[Any, ...]]] = []
        self._order = 0

    def now(self) -> Millis:
        """Return the time of day, which may jump."""
        return Millis(MORNING + self.skew + int(self.seconds * 1_000))

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        return 1_000.0 + self.seconds

    def after(self, seconds: float, act: Act, *facts: object) -> None:
        """Let something happen in so many seconds."""
        self.at(self.seconds + seconds, act, *facts)

    def at(self, when: float, act: Act, *facts: object) -> None:
        """Let something happen then, after all that is already due then."""
        self._order += 1
        heappush(self._due, (when, self._order, act, facts))

    def go_on(self, until: float, stop: list[str]) -> None:
        """Let all happen that is due by then, unless something stands in `stop`."""
        due = self._due
        while due and due[0][0] <= until and not stop:
            self.seconds, _, act, facts = heappop(due)
            act(*facts)
        if not stop:
            self.seconds = until


class Process(asyncio.AbstractEventLoop):
    """The loop of one server process. After its death nothing of it runs any more."""

    def __init__(self, timeline: Timeline, dice: Random) -> None:
        self.alive = True
        self.bugs: list[dict[str, Any]] = []
        self._timeline = timeline
        self._dice = dice
        self._soon: list[tuple[Act, tuple[Any, ...]]] = []
        self._lagging = False
        self._handle = asyncio.Handle(lambda: None, (), self)

    def run(self, act: Act, *facts: object) -> None:
        """Let something from outside happen in this process, and all it leads to."""
        if self.alive:
            act(*facts)
            self.turn()

    def turn(self) -> None:
        """Do what was called soon, and what that calls soon; now and then later."""
        while self._soon and not self._lagging:
            if self._dice.random() < _LAGS:
                self._lagging = True
                lag = self._dice.random() * _LAG_SECONDS
                self._timeline.after(lag, self._turn_late)
            else:
                self._turn_once()

    def _turn_once(self) -> None:
        """Do what was called soon; what it calls soon belongs to the next turn."""
        turn, self._soon = self._soon, []
        for act, facts in turn:
            if self.alive:
                act(*facts)

    def _turn_late(self) -> None:
        self._lagging = False
        self._turn_once()
        self.turn()

    def die(self) -> None:
        """Do nothing more."""
        self.alive = False
        self._soon.clear()

    def wait(self, seconds: float) -> asyncio.Future[None]:
        """Return what is done in so many simulated seconds, if the process lives."""
        waited = self.create_future()
        self._timeline.after(seconds, self.run, waited.set_result, None)
        return waited

    # What asyncio asks of a loop

    @override
    def call_soon(
        self,
        callback: Act,
        *args: Any,
        context: object = None,
    ) -> asyncio.Handle:
        if self.alive:
            self._soon.append((callback, args))
        return self._handle

    @override
    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start something that lives as long as the process."""
        return asyncio.Task(work, loop=self)

    @override
    def get_debug(self) -> bool:
        return False

    @override
    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.alive:
            self.bugs.append(context)

    def enter(self) -> None:
        """Be the running loop, from now until another one enters."""
        run_in(self)


def run_in(loop: asyncio.AbstractEventLoop | None) -> None:
    """Make a loop the running one, as loops do for themselves."""
    events._set_running_loop(loop)  # noqa: SLF001 - it is there for loops
