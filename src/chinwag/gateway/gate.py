"""What all connections share: where they lead, and the time that they have."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from chinwag.clock import Clock
from chinwag.gateway.heartbeat import Deadlines, Wheel
from chinwag.gateway.hub import Hub
from chinwag.gateway.intake import Intake
from chinwag.gateway.peers import Arrivals, Network
from chinwag.protocol.close import Close
from chinwag.protocol.door import Door
from chinwag.protocol.site import Site

HEARTBEAT = 25
"""Seconds between two pings; after two without any sign the socket is closed."""
HELLO_SECONDS = 10.0
PARTIAL_SECONDS = 10.0
DRAIN_SECONDS = 60.0
LINGER_SECONDS = 3.0


class Client(Protocol):
    """A connection, as far as its time is concerned."""

    def beat(self) -> None:
        """Ping, or hang up on a client that shows no sign of life."""
        ...

    def miss_hello(self) -> None:
        """Hang up on a client that says no hello."""
        ...

    def hang(self, close: Close) -> None:
        """End the connection, and say why."""
        ...

    def abort(self) -> None:
        """Drop it at once."""
        ...


class Gate:
    """The shared parts of the live edge."""

    def __init__(
        self,
        *,
        door: Door,
        hub: Hub,
        site: Site,
        clock: Clock,
        arrivals: Arrivals,
        proxies: tuple[Network, ...] = (),
    ) -> None:
        self.door = door
        self.hub = hub
        self.site = site
        self.clock = clock
        self.arrivals = arrivals
        self.proxies = proxies
        self.intake = Intake(clock)
        self.connections: set[Client] = set()
        self.closing = False
        self.wheel: Wheel[Client] = Wheel(HEARTBEAT, lambda c: c.beat())
        self.greetings: Deadlines[Client] = Deadlines(
            HELLO_SECONDS, lambda c: c.miss_hello()
        )
        self.partials: Deadlines[Client] = Deadlines(
            PARTIAL_SECONDS, lambda c: c.hang(Close.NO_HEARTBEAT)
        )
        self.lingering: Deadlines[Client] = Deadlines(
            LINGER_SECONDS, lambda c: c.abort()
        )
        self._devices = 0
        self._unsent: list[Callable[[], None]] = []

    def next_device(self) -> int:
        """Return a number that no other socket here has."""
        self._devices += 1
        return self._devices

    def send_soon(self, send: Callable[[], None]) -> None:
        """Call `send` when this turn's answers are all there: they share a write."""
        self._unsent.append(send)
        if len(self._unsent) == 1:
            asyncio.get_running_loop().call_soon(self._send_all)

    def _send_all(self) -> None:
        unsent, self._unsent = self._unsent, []
        for send in unsent:
            send()

    def beat(self) -> None:
        """Ping some, and hang up on those without a sign of life; once a second."""
        self.wheel.turn()

    def tick(self) -> None:
        """Hang up on those whose time is over; some times a second."""
        now = self.clock.monotonic()
        for deadlines in (self.greetings, self.partials, self.lingering):
            deadlines.check(now)

    def close_all(self, close: Close) -> None:
        """End every connection, and let no new ones in."""
        self.closing = True
        self.hub.hang_all(close)
        for connection in tuple(self.connections):
            connection.hang(close)
