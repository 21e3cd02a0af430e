"""One WebSocket: bytes from the transport become commands, answers become bytes.

What is said is the session's affair, who gets what the hub's, framing the hearing's.
"""

import asyncio
from collections import deque
from functools import partial
from typing import ClassVar

from typing_extensions import override

from chinwag.errors import TooLarge
from chinwag.gateway.frame import frame_text, to_deflated, to_message
from chinwag.gateway.gate import DRAIN_SECONDS, Gate
from chinwag.gateway.hearing import Hearing
from chinwag.gateway.intake import SLICE
from chinwag.gateway.outbox import Outbox
from chinwag.ids import RoomId, from_text
from chinwag.protocol.close import REASONS, Close
from chinwag.protocol.commands import (
    AnyCommand,
    AskMe,
    CloseRoom,
    JoinRoom,
    LeaveRoom,
    OpenRoom,
    StartRoom,
)
from chinwag.protocol.door import Answer, Caller
from chinwag.protocol.envelope import MeChanged
from chinwag.protocol.results import (
    Closed,
    Departed,
    History,
    Myself,
    Opened,
    Posted,
    Renamed,
    Started,
    Welcome,
)
from chinwag.protocol.session import CLOSED, Session

HIGH_WATER, LOW_WATER = 48 * 1024, 16 * 1024
"""What waits here for a client that does not drain: a write more, and it is left to the
log until it has gone down."""
MOST_OPEN = 100
"""Rooms open on one socket."""
_TOO_MANY_OPEN = f"At most {MOST_OPEN} rooms can be open here: close one first."
_OPENERS = (StartRoom, JoinRoom, OpenRoom)
_FIRST = (Welcome, Myself, Renamed, Departed, Opened, Started, History)
"""Results that tell how things stand: nothing newer may overtake them."""


class Connection(asyncio.Protocol):
    """A socket after its handshake."""

    __slots__ = (
        "_address",
        "_caller",
        "_gate",
        "_hearing",
        "_held",
        "_holding",
        "_opening",
        "_outbox",
        "_quiet",
        "_reading",
        "_session",
        "_slot",
        "_transport",
        "_unread",
        "_unsent",
    )

    hears: ClassVar[type[Hearing]] = Hearing

    def __init__(
        self,
        gate: Gate,
        caller: Caller,
        transport: asyncio.Transport,
        *,
        deflates: bool = False,
    ) -> None:
        self._gate = gate
        self._caller = caller
        self._transport = transport
        self._session = Session()
        self._hearing = self.hears(inflates=deflates)
        encode = to_deflated if deflates else to_message
        self._outbox = Outbox(transport, encode, self, device=caller.device)
        self._unread: deque[bytes] | None = None
        self._held: bytes | None = None
        self._holding = False
        self._unsent = False
        self._opening = 0
        self._reading = True
        self._quiet = 0
        transport.set_write_buffer_limits(HIGH_WATER, LOW_WATER)
        gate.connections.add(self)
        gate.greetings.start(self, gate.clock.monotonic())
        self._slot = gate.wheel.add(self)

    # From the transport

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes from the client, to be looked at when there is time."""
        self._quiet = 0
        if self._held is None and self._hearing.is_sign_of_life(data):
            return
        if self._held is None and len(data) <= SLICE and self._gate.intake.admits():
            self._look_at(data)
            return
        self._held = data if self._held is None else self._held + data
        self._balance()
        self._hold()

    @property
    def address(self) -> str:
        """Where the client is."""
        return self._caller.address

    def listen(self) -> int:
        """Look at one slice of what waits; return its size in bytes."""
        data = b""
        if self._held is not None and not self._full:
            data, self._held = self._held[:SLICE], self._held[SLICE:] or None
            self._look_at(data)
        self._holding = not self.heard_out
        return len(data)

    @property
    def heard_out(self) -> bool:
        """Whether nothing more should be looked at for now."""
        return self._held is None or self._full

    def _hold(self) -> None:
        if self._held is not None and not self._holding and not self._full:
            self._holding = True
            self._gate.intake.hold(self)

    def _look_at(self, data: bytes) -> None:
        hearing = self._hearing
        for text in hearing.hear(data):
            self._take_text(text)
        if hearing.begun or not hearing.half:
            # What is half there has its own time.
            self._gate.partials.stop(self)
        self._send_control()
        self._read_on()
        if hearing.half:
            self._watch_partial()

    @override
    def eof_received(self) -> None:
        """The client has closed its side; the transport closes ours in time."""
        self._expect_end()

    @override
    def pause_writing(self) -> None:
        """The client does not drain."""
        self._gate.hub.pause(self._outbox)
        self._balance()

    @override
    def resume_writing(self) -> None:
        """The client drains again."""
        self._gate.hub.resume(self._outbox)
        self._read_on()
        if self._outbox.missed:
            self._outbox.missed = False
            self._gate.door.submit(self._caller, AskMe(id=0), self._tell_missed)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        gate = self._gate
        self._held = self._unread = None
        self._session.end()
        gate.hub.leave(self._outbox)
        gate.connections.discard(self)
        gate.wheel.remove(self, self._slot)
        for deadlines in (gate.greetings, gate.partials, gate.lingering):
            deadlines.stop(self)
        gate.arrivals.sockets.leave(self._caller.address)
        self._outbox.end()

    # What the client says

    def _take_text(self, text: bytes) -> None:
        if self._unread is None and not self._session.full:
            self._hand_in(text)
            return
        if self._unread is None:
            self._unread = deque()
        self._unread.append(text)

    def _hand_in(self, text: bytes) -> None:
        session = self._session
        command = session.receive(text, self._gate.clock.monotonic())
        if command is None:
            self._send_soon()
        elif isinstance(command, _OPENERS) and self._too_many_open(command):
            session.answer(command, TooLarge(_TOO_MANY_OPEN))
            self._send_soon()
        else:
            answered = partial(self._take_answer, command)
            self._gate.door.submit(self._caller, command, answered)

    def _too_many_open(self, command: AnyCommand) -> bool:
        """Count an opening that may follow; tell whether there are enough of them.

        Those that wait for their answer count as open.
        """
        openings = self._outbox.openings
        room = command.room if isinstance(command, OpenRoom) else ""
        if len(openings) + self._opening < MOST_OPEN or from_text(room) in openings:
            self._opening += 1
            return False
        return True

    def _read_on(self) -> None:
        unread = self._unread
        while unread and not self._session.full and not self._outbox.paused:
            self._hand_in(unread.popleft())
        if not unread:
            self._unread = None
        self._balance()

    @property
    def _full(self) -> bool:
        """Whether nothing more should be looked at for now."""
        if self._session.full or self._outbox.paused_at is not None:
            return True
        return bool(self._unread)

    def _balance(self) -> None:
        """Read the socket only while there is room for what it says."""
        self._hold()
        full = self._held is not None or self._full
        if full == self._reading and not self._transport.is_closing():
            self._reading = not full
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
            self._watch_partial()

    def _watch_partial(self) -> None:
        """Give half a message its time, while it is not us who do not read."""
        partials = self._gate.partials
        if self._hearing.half and self._reading:
            partials.start(self, self._gate.clock.monotonic())
        else:
            partials.stop(self)

    # What the server says

    def _take_answer(self, command: AnyCommand, answer: Answer) -> None:
        self._session.answer(command, answer)
        if self._session.state is CLOSED:
            return
        if not isinstance(answer, Posted):
            # Most answers are, and nothing follows from them.
            self._act_on(command, answer)
        self._send_soon()

    def _act_on(self, command: AnyCommand, answer: Answer) -> None:
        hub = self._gate.hub
        if isinstance(command, _OPENERS):
            self._opening -= 1
        if isinstance(answer, _FIRST):
            # What is told from now on may be newer, and comes after it.
            self._send()
        match answer:
            case Welcome():
                self._gate.greetings.stop(self)
                hub.greet(self._outbox, answer.me, answer.rooms, answer.version)
            case Opened() | Started() if not self._transport.is_closing():
                hub.open(self._outbox, answer)
            case Closed() | Departed():
                # Another device may have come back amid the batch in which one left.
                self._close(command)
            case _:
                pass
        version: int | None = getattr(answer, "version", None)
        if version is not None:
            hub.catch_up(self._outbox, version)

    def _close(self, command: AnyCommand) -> None:
        closes = isinstance(command, (CloseRoom, LeaveRoom))
        room = from_text(command.room) if closes else None
        if room is not None:
            self._gate.hub.close(self._outbox, RoomId(room))

    def _tell_missed(self, answer: Answer) -> None:
        if isinstance(answer, Myself) and self._session.state is not CLOSED:
            self._outbox.tell_gone()
            push = MeChanged(answer.version, answer.me, answer.rooms)
            self._outbox.push(push)
            self._gate.hub.catch_up(self._outbox, answer.version)

    def _send_soon(self) -> None:
        if not self._unsent:
            self._unsent = True
            self._gate.send_soon(self._send_due)

    def _send_due(self) -> None:
        self._unsent = False
        self._send()
        if self._unread and not self._outbox.paused:
            self._read_on()
        else:
            self._balance()

    def _send(self) -> None:
        texts = self._session.data_to_send()
        if texts and self._hearing.open and not self._transport.is_closing():
            self._transport.write(b"".join(map(frame_text, texts)))
        if self._session.close is not None:
            self.hang(self._session.close)

    def _send_control(self) -> None:
        """Write what frames are answered with: pongs and the end."""
        for data in self._hearing.data_to_send():
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            else:
                self._linger()

    # The end

    def beat(self) -> None:
        """Ping, or hang up on a client that shows no sign of life."""
        paused_at = self._outbox.paused_at
        now = self._gate.clock.monotonic()
        if paused_at is not None and now - paused_at >= DRAIN_SECONDS:
            self.hang(Close.NOT_DRAINED)
        elif not self._reading:
            # Its signs of life are there, and it is us who do not look.
            return
        elif self._quiet >= 2:
            self.hang(Close.NO_HEARTBEAT)
        elif self._hearing.open:
            self._quiet += 1
            self._hearing.ping()
            self._send_control()

    def miss_hello(self) -> None:
        """Hang up on a client that has said no hello: it speaks something else.

        Where thousands come at once, what it said may wait here for its turn.
        """
        if self._held is not None or self._session.waiting:
            self._gate.greetings.start(self, self._gate.clock.monotonic())
        else:
            self.hang(Close.NOT_THIS_PROTOCOL)

    def hang(self, close: Close) -> None:
        """End the connection, and say why."""
        if self._hearing.open:
            self._expect_end()
            self._hearing.fail(close, REASONS[close])
            self._send_control()

    def _expect_end(self) -> None:
        """Tell the client nothing more, and give it a little time to go."""
        self._session.end()
        # What is written after the end of our side would break the bench it sits on.
        self._gate.hub.leave(self._outbox)
        self._gate.lingering.start(self, self._gate.clock.monotonic())

    def _linger(self) -> None:
        """Close our side, and wait for the client to close its own."""
        self._expect_end()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def abort(self) -> None:
        """Drop the socket at once."""
        self._transport.abort()
