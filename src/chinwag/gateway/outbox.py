"""One client's way out, and what it has open.

It never queues: what a client can't take now is read from the log when it can.
"""

from array import array
from typing import Protocol, cast

from chinwag.gateway.frame import SOCKETS, Encode, Frame
from chinwag.gateway.sharing import Socket, is_worth_sharing, write_shared
from chinwag.ids import PersonId, RoomId, Seq, to_text
from chinwag.protocol.close import Close
from chinwag.protocol.envelope import Push, RoomGone, encode_push


class Sink(Protocol):
    """Where bytes for a client go, such as its transport."""

    def write(self, data: bytes) -> None:
        """Take bytes for the client, at once and without limit."""
        ...


class Client(Protocol):
    """Whoever can be hung up on."""

    def hang(self, close: Close) -> None:
        """End the client."""
        ...


class _Nobody:
    """In place of a client that is gone."""

    def write(self, data: bytes) -> None:
        """Nobody hears it."""

    def hang(self, close: Close) -> None:
        """It has."""


_NOBODY = _Nobody()


class Behind:
    """How far a client has come in a room that it has not live.

    Attributes:
        cursor: The last `seq` that was written to it.
        reading: Whether a page is being read for it.
        renamed: Who got which name meanwhile.
    """

    __slots__ = ("cursor", "reading", "renamed")

    def __init__(self, cursor: Seq) -> None:
        self.cursor = cursor
        self.reading = False
        self.renamed: dict[PersonId, str] | None = None

    def miss_name(self, person: PersonId, name: str) -> None:
        """Note what is to be told as soon as it is live."""
        if self.renamed is None:
            self.renamed = {}
        self.renamed[person] = name


class Opening:
    """One room open on one client.

    Live, it is on a bench and gets what the room gets. Otherwise it is behind: it reads
    the log from there on, a page at a time, until it is live. Nearly all are live, and
    there are as many as people have rooms: what only catching up needs is kept apart.

    Attributes:
        at: Its bench, or how far behind it is; None once it is over.
        place: Where on that bench, or on the last; -1 before it was ever live.
    """

    __slots__ = ("at", "outbox", "place", "room")

    def __init__(self, outbox: "Outbox", room: RoomId, cursor: Seq) -> None:
        self.outbox = outbox
        self.room = room
        self.at: Bench | Behind | None = Behind(cursor)
        self.place = -1

    @property
    def bench(self) -> "Bench | None":
        """Where it sits, if it is live."""
        return self.at if isinstance(self.at, Bench) else None

    @property
    def behind(self) -> Behind | None:
        """How far it has come, if it is catching up."""
        return self.at if isinstance(self.at, Behind) else None

    def hears(self, head: Seq) -> bool:
        """Tell whether the client was written the events up to `head`.

        Who is still catching up may close the room before it gets there.
        """
        if isinstance(self.at, Bench):
            return self.at.told >= head
        return self.at is not None and self.at.cursor >= head


class Bench:
    """Up to so many live clients of a room, written to in one go.

    Nobody sits down or gets up while it writes.
    """

    __slots__ = ("due", "encode", "openings", "told", "waiting")

    def __init__(self, encode: Encode, told: Seq) -> None:
        self.encode = encode
        self.told = told
        self.openings: list[Opening] = []
        # Most rooms are quiet, and an empty list weighs nearly as much as the bench.
        self.waiting: list[Frame] | None = None
        self.due = False

    def wait(self, frame: Frame) -> None:
        """Have a frame written with the next flush."""
        if self.waiting is None:
            self.waiting = []
        self.waiting.append(frame)

    def sit(self, opening: Opening) -> None:
        """Let a client take part from the next frame on."""
        opening.at = self
        opening.place = len(self.openings)
        self.openings.append(opening)

    def rise(self, opening: Opening) -> None:
        """Let a client go; it has got everything up to `told`."""
        place, last = opening.place, self.openings.pop()
        if last is not opening:
            self.openings[place] = last
            last.place = place
        opening.at = Behind(self.told)

    def flush(self) -> int:
        """Write all that waits to everybody; return how many were written to."""
        frames, self.waiting = self.waiting, None
        if not frames:
            return 0
        encode = self.encode
        blob = b"".join([encode(frame) for frame in frames])
        self.told = max(self.told, *(frame.last for frame in frames))
        self._write(blob)
        return len(self.openings)

    def _write(self, blob: bytes) -> None:
        if self.encode in SOCKETS and is_worth_sharing(blob, len(self.openings)):
            sinks = [opening.outbox.sink for opening in self.openings]
            write_shared(blob, cast("list[Socket]", sinks))
            return
        for opening in self.openings:
            opening.outbox.sink.write(blob)


class Outbox:
    """What the hub knows of one client.

    Attributes:
        sink: Where bytes for the client go.
        encode: How a frame looks for this kind of client.
        client: Who it is to the edge.
        device: Tells this client from the person's others.
        person: Who it is, once known.
        name: What they are called.
        version: The newest of the person's versions that was told here.
        personal: Whether it gets what is the person's own.
        rooms: The person's rooms, by id: a set would weigh ten times as much.
        places: Where it stands among the followers of each of them.
        openings: Those that are open here.
        paused_at: Since when it takes nothing, in seconds of a monotonic clock.
        missed: Whether something of the person's own was left out meanwhile.
        gone: The rooms among it that are no longer the person's, or were not.
    """

    __slots__ = (
        "client",
        "device",
        "encode",
        "gone",
        "missed",
        "name",
        "openings",
        "paused_at",
        "person",
        "personal",
        "places",
        "rooms",
        "sink",
        "version",
    )

    def __init__(
        self,
        sink: Sink,
        encode: Encode,
        client: Client,
        *,
        device: int = 0,
        personal: bool = True,
    ) -> None:
        self.sink = sink
        self.encode = encode
        self.client = client
        self.device = device
        self.personal = personal
        self.person: PersonId | None = None
        self.name = ""
        self.version = 0
        self.rooms = array("q")
        self.places = array("i")
        self.openings: dict[RoomId, Opening] = {}
        self.paused_at: float | None = None
        self.missed = False
        self.gone: dict[str, RoomGone] | None = None

    def end(self) -> None:
        """Let go of the client, which is gone."""
        self.sink = self.client = _NOBODY

    def write(self, data: bytes) -> None:
        """Write to the client."""
        self.sink.write(data)

    def hang(self, close: Close) -> None:
        """End the client."""
        self.client.hang(close)

    @property
    def paused(self) -> bool:
        """Whether the client takes nothing at the moment."""
        return self.paused_at is not None

    def push(self, push: Push) -> None:
        """Tell the client something of the person's own, or note that it missed it."""
        if not self.personal:
            return
        if not self.paused:
            self.write(self.encode(Frame(encode_push(push))))
            return
        self.missed = True
        if isinstance(push, RoomGone):
            self.gone = (self.gone or {}) | {push.room: push}

    def tell_gone(self) -> None:
        """Tell which rooms were left meanwhile: they are not open here any more.

        The list of all rooms does not show it of one that was joined again.
        """
        gone, self.gone = self.gone, None
        opened = set(map(to_text, self.openings))
        for room, push in (gone or {}).items():
            if room not in opened:
                self.push(push)
