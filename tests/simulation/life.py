"""One life of the server: the real parts, put together as `app` does it."""

from random import Random

from chinwag.bus.local import LocalBus
from chinwag.domain.rates import Limiter, Rate
from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import HEARTBEAT, Gate
from chinwag.gateway.hub import Hub
from chinwag.gateway.peers import Arrivals
from chinwag.handlers.call import House, Limits
from chinwag.handlers.dispatch import Dispatch
from chinwag.handlers.lobby import Lobby
from chinwag.handlers.marks import ReadMarks
from chinwag.handlers.newest import NewestPages
from chinwag.ids import Dice
from chinwag.protocol.door import Caller, Newcomer
from chinwag.protocol.site import Site
from tests.simulation.store import Disk, Store
from tests.simulation.timeline import Process, Timeline
from tests.simulation.wires import Wire

TICK = 0.25
_TICKS_A_SECOND = 4
_SECRET = b"a secret of the simulated house!"
_SITE = Site(public_url="https://chat.example", origins=(), lan=None)
_NO_LIMIT = Rate(0, 0)


class Life:
    """A server process, from its start to its crash."""

    def __init__(
        self,
        timeline: Timeline,
        disk: Disk,
        chance: Random,
        *,
        dice: Dice,
        epoch: str,
        messages: Rate,
    ) -> None:
        self.process = Process(timeline, chance)
        self.process.enter()
        self.lobby, self.marks = Lobby(), ReadMarks()
        store = Store(disk, self.process)
        pages = NewestPages(store)
        self.hub = Hub(pages, timeline, epoch)
        house = House(
            clock=timeline,
            dice=dice,
            lobby=self.lobby,
            marks=self.marks,
            limits=Limits(Limiter(messages), Limiter(_NO_LIMIT)),
            secret=_SECRET,
            epoch=epoch,
            version="1.2.3",
            heartbeat=HEARTBEAT,
            here=self.hub.here,
        )
        bus = LocalBus()
        bus.listen(pages.tell)
        bus.listen(self.hub.tell)
        self.dispatch = Dispatch(house, store, bus, pages)
        self.gate = Gate(
            door=self.dispatch,
            hub=self.hub,
            site=_SITE,
            clock=timeline,
            arrivals=Arrivals(_NO_LIMIT, timeline),
        )
        self.deciding = self.process.spawn(self.dispatch.run())
        self._limits = house.limits
        self._timeline = timeline
        self._ticks = 0
        timeline.after(TICK, self.process.run, self._tick)

    def welcome(self, wire: Wire) -> Connection:
        """Give a new socket its connection, as after a handshake."""
        caller = Caller(
            address="192.0.2.7",
            site="https://chat.example",
            newcomer=Newcomer.GUEST,
            greets=True,
            device=self.gate.next_device(),
        )
        return Connection(self.gate, caller, wire)

    def _tick(self) -> None:
        self._timeline.after(TICK, self.process.run, self._tick)
        self.hub.tick()
        self._ticks += 1
        if self._ticks % _TICKS_A_SECOND == 0:
            self.gate.beat()
            self.gate.tick()
            self.dispatch.save_marks()
            self._limits.messages.forget_full(self._timeline.monotonic())

    def crash(self) -> None:
        """Be gone, with all that is in memory."""
        self.process.die()
        if not self.deciding.done():
            coroutine = self.deciding.get_coro()
            assert coroutine is not None
            coroutine.close()
