"""The door between the edges and what lies behind: who asks, what, and what comes back.

Sockets, HTTP and tests enter here alike. What lies behind is decided in one place
and is none of their business.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

import msgspec

from chinwag.domain.pages import Page, PageAsk
from chinwag.domain.search import Hits, SearchAsk
from chinwag.errors import Refusal
from chinwag.ids import PersonId
from chinwag.protocol.commands import (
    AnyCommand,
)
from chinwag.protocol.results import (
    Me,
    Opened,
    Result,
)


class Newcomer(Enum):
    """What becomes of a caller whom nobody knows."""

    REFUSED = auto()
    GUEST = auto()
    """A new guest, whose token is told."""
    NAMELESS = auto()
    """Nobody, who may still look at a link."""


class Caller(msgspec.Struct, kw_only=True, eq=False):
    """Who speaks, as the edge knows it.

    Attributes:
        address: Where the call comes from; limits count by it.
        site: `https://host` under which this caller reaches the server, for links.
        person: Who it is, once `hello` was answered.
        token: What the caller showed instead, if anything.
        strict: Whether an unknown `token` is refused; else it counts as none.
        newcomer: What becomes of somebody without a valid token.
        guest_name: The name that a new guest asks for.
        greets: Whether `hello` alone tells who speaks, as on a socket.
        device: Tells one socket or request from another; what its own answer says
            is not pushed to it as well.
    """

    address: str
    site: str
    person: PersonId | None = None
    token: str | None = None
    strict: bool = True
    newcomer: Newcomer = Newcomer.REFUSED
    guest_name: str | None = None
    greets: bool = False
    device: int = 0


Answer = Result | Refusal
Answered = Callable[[Answer], None]


class Door(Protocol):
    """Where commands go in.

    Commands of one caller take effect in the order of their calls. `answered` is
    called exactly once, later, on the loop, when what was decided is durable.
    """

    def submit(self, caller: Caller, command: AnyCommand, answered: Answered) -> None:
        """Hand in a command."""
        ...

    def end_session(self, token: str, ended: Callable[[], None]) -> None:
        """Make `token` worth nothing, and call `ended` when that is durable."""
        ...


class Pages(Protocol):
    """Where pages of the log are read, beside the commands and never before them."""

    def read(self, ask: PageAsk, done: Callable[[Page | Exception], None]) -> None:
        """Read a page from one snapshot not older than this call.

        `done` is called exactly once, on the loop; at once where the page is known.
        """
        ...


class Searches(Protocol):
    """Where messages are looked for."""

    async def search(self, ask: SearchAsk) -> Hits:
        """Return what is found, or raise a `Refusal`."""
        ...


class Stream(Protocol):
    """A room open for somebody outside a socket."""

    def pause(self) -> None:
        """Send nothing until `resume`; what is missed is read from the log then."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def close(self) -> None:
        """Send nothing more."""
        ...


class StreamReader(Protocol):
    """Who reads an event stream."""

    def write(self, data: bytes) -> None:
        """Take whole events (`text/event-stream`; HTML standard, section 9.2)."""
        ...

    def end(self) -> None:
        """Take no more: they may no longer read, or the server stops."""
        ...


class Streams(Protocol):
    """Where event streams are opened, with the fan-out of the sockets."""

    def open_stream(self, me: Me, opened: Opened, reader: StreamReader) -> Stream:
        """Send a room's events to a reader as an event stream, live from then on.

        To be called from within the `answered` of an `open_room`.
        """
        ...
