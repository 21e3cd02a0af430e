"""One connection that speaks HTTP, with limits on what is slow, large or too often.

It answers what never comes as far as the application, and lets sockets in. Behind
`/ws` the connection is no longer its own. It decides nothing about rooms.
"""

import asyncio
import socket
from typing import Any, cast

from typing_extensions import override
from uvicorn import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState
from websockets.http11 import Request

from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.handshake import (
    Handshake,
    find_header,
    identify_caller,
    read_fields,
    refuse,
    shake_hands,
)
from chinwag.gateway.patience import (
    BODY_SECONDS,
    HEAD_SECONDS,
    HURRY_SECONDS,
    PAUSE_SECONDS,
    TAKING_SECONDS,
    Patience,
)
from chinwag.gateway.peers import Peer, find_direct

HEADER_BYTES = 16 * 1024
HEADERS = 100
RECEIVE_BYTES = 32 * 1024
"""The kernel makes it twice that, its own needs included. With less than one segment of
the loopback device (64 KiB) a proxy next door would wait 200 ms for every 32 KiB."""
SOCKET_PATH = b"/ws"


class Http(HttpToolsProtocol):
    """uvicorn's HTTP connection with limits, and with our sockets behind upgrades."""

    def __init__(
        self,
        config: Config,
        state: ServerState,
        gate: Gate,
        connect: type[Connection],
    ) -> None:
        super().__init__(config, state, {})
        self._gate = gate
        self._connect = connect
        self._address: str | None = None
        self._too_fast = 0.0
        self._current: RequestResponseCycle | None = None
        self._head_bytes = 0
        self._between = True
        self._over = False
        self._untaken = 0
        self._head = Patience()
        self._body = Patience()
        self._pause = Patience()
        self._taking = Patience()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client a little time to say what it wants."""
        # As uvicorn does, without asking the system for addresses: each such question
        # lets a thread run that keeps the loop from going on, and its answer is kept.
        self.connections.add(self)
        self.transport = cast("asyncio.Transport", transport)
        self.flow = FlowControl(self.transport)
        host, port = transport.get_extra_info("peername", ("", 0))[:2]
        self.client = (host, port) if host else None
        self.scheme = "http"
        address = find_direct(self.client, self._gate.proxies)
        if address is not None:
            self._too_fast = self._gate.arrivals.lines.enter(address)
        if not self._too_fast:
            self._address = address
        self._head.start(
            HURRY_SECONDS if self._too_fast else HEAD_SECONDS, self._head_late
        )

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._leave()
        super().connection_lost(exc)
        self._part()

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes while the request is within its limits."""
        if self._over:
            return
        if self._too_fast:
            self._refuse_too_fast(self._too_fast)
            return
        if self._between:
            # Whatever comes now is the head of a request.
            self._head_bytes = 0
        if self._between or self._head.running:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head.running and self._head_bytes > HEADER_BYTES:
            self._refuse_head()
        self._await_more()

    def _await_more(self) -> None:
        """Give what has begun and is not whole its time."""
        if self._over:
            return
        if not self._between and not self._head.running:
            self._body.start(BODY_SECONDS, self._body_late)
            self._pause.restart(PAUSE_SECONDS, self._body_late)
            return
        self._body.stop()
        self._pause.stop()
        if self._between and self._idle:
            # Blank lines before a request are no request, and no sign of life.
            self._head.start(HEAD_SECONDS, self._head_late)

    @override
    def on_message_begin(self) -> None:
        """A request starts."""
        super().on_message_begin()
        if not self._between:
            # It follows another in the same breath.
            self._head_bytes = 0
        self._between = False
        self._current = None
        self._head.start(HEAD_SECONDS, self._head_late)

    @override
    def on_headers_complete(self) -> None:
        """Its head is whole: see who asks, and for which host."""
        self._head.stop()
        if self._over:
            return
        peer = self._check_peer()
        if peer is None:
            return
        self._note_peer(peer)
        before = self.cycle
        super().on_headers_complete()
        self._current = None if self.cycle is before else self.cycle

    @override
    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        if not self._over:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        """The request is whole."""
        self._between = True
        self._current = None
        if not self._over:
            super().on_message_complete()

    @override
    def pause_writing(self) -> None:
        """The client does not take its answer."""
        super().pause_writing()
        self._untaken = self.transport.get_write_buffer_size()
        self._taking.start(TAKING_SECONDS, self._taking_late)

    @override
    def resume_writing(self) -> None:
        """The client takes it again."""
        super().resume_writing()
        self._taking.stop()

    # Who is late

    def _head_late(self) -> None:
        if self._head_bytes:
            self._refuse(408, "Request Timeout", "The request's head took too long.")
        else:
            self._end()

    def _body_late(self) -> None:
        if self.flow.read_paused:
            # The rest may well be there, and it is us who do not look.
            self._await_more()
        else:
            self._refuse(408, "Request Timeout", "The request's body took too long.")

    def _taking_late(self) -> None:
        untaken = self.transport.get_write_buffer_size()
        if untaken < self._untaken:
            self._untaken = untaken
            self._taking.start(TAKING_SECONDS, self._taking_late)
        else:
            self.transport.abort()

    # Who is refused

    def _check_peer(self) -> Peer | None:
        size = len(self.url) + sum(
            len(name) + len(value) for name, value in self.headers
        )
        if len(self.headers) > HEADERS or size > HEADER_BYTES:
            self._refuse_head()
            return None
        address = self.client[0] if self.client else ""
        peer = Peer.of(address, self.headers, self._gate.proxies)
        if peer is None:
            self._refuse(400, "Bad Request", "Exactly one Host is needed.")
            return None
        if not self._gate.site.accepts_host(peer.host):
            self._refuse(
                421,
                "Misdirected Request",
                "This server does not answer to that name. "
                "Its operator can set --public-url.",
            )
            return None
        return peer

    def _note_peer(self, peer: Peer) -> None:
        self._peer = peer
        self.scope["scheme"] = cast("Any", peer.scheme)
        self.scope["client"] = (peer.address, 0)
        for place, (name, _) in enumerate(self.headers):
            if name == b"host":
                self.headers[place] = (name, peer.host.encode("latin-1"))

    def _refuse_head(self) -> None:
        self._refuse(431, "Request Header Fields Too Large", "Too many headers.")

    def _refuse_too_fast(self, wait: float) -> None:
        self._refuse(429, "Too Many Requests", "Too many connections.", wait=wait)

    @override
    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(400, "Bad Request", "This is not HTTP.")

    def _refuse(
        self, status: int, phrase: str, message: str, *, wait: float = 0
    ) -> None:
        """Refuse the request that is being read, and end the connection.

        One that follows others which are not answered yet is not answered at all: the
        client would take the refusal for one of theirs.
        """
        if self._over:
            return
        if self._free:
            self.transport.write(refuse(status, phrase, message, wait=wait))
        elif self._current is None and not self._idle:
            # It is those others' connection until they are answered.
            self._hear_no_more()
            self.cycle.keep_alive = False
            return
        self._end()

    @property
    def _idle(self) -> bool:
        """Whether all that was asked is answered."""
        return not self.cycle or self.cycle.response_complete

    @property
    def _free(self) -> bool:
        """Whether the next thing to be written is the answer to what is being read."""
        if self.transport.is_closing():
            return False
        if self._current is None:
            return self._idle
        waits = any(cycle is self._current for cycle, _ in self.pipeline)
        return not waits and not self._current.response_started

    def _hear_no_more(self) -> None:
        self._over = True
        for patience in (self._head, self._body, self._pause):
            patience.stop()

    def _end(self) -> None:
        self._hear_no_more()
        self.transport.close()

    def _leave(self) -> None:
        self._hear_no_more()
        self._taking.stop()
        if self._address is not None:
            self._gate.arrivals.lines.leave(self._address)
            self._address = None

    def _part(self) -> None:
        """Let go of what leads back here: there is no circle for Python to look for."""
        self.parser = self.cycle = cast("Any", None)
        self._current = None
        self.pipeline.clear()

    # From HTTP to a socket

    @override
    def _should_upgrade_to_ws(self) -> bool:
        return self.url.partition(b"?")[0] == SOCKET_PATH

    @override
    def handle_websocket_upgrade(self) -> None:
        """Make the connection a socket, or say why not."""
        if self._over:
            return
        if not self._free or self.scope["http_version"] != "1.1":
            self._refuse(400, "Bad Request", "Ask first of all, and in HTTP/1.1.")
            return
        gate, peer, headers = self._gate, self._peer, self.headers
        origin = find_header(headers, b"origin")
        foreign = any(name == b"origin" for name, _ in headers) and (
            origin is None or not gate.site.accepts_origin(origin, peer.host)
        )
        if foreign:
            self._refuse(403, "Forbidden", "Pages of another site can't connect here.")
            return
        if gate.closing:
            self._refuse(503, "Service Unavailable", "The server restarts.", wait=2)
            return
        wait = gate.arrivals.sockets.enter(peer.address)
        if wait:
            self._refuse_too_fast(wait)
            return
        handshake = shake_hands(
            Request(
                self.url.decode("latin-1"),
                read_fields(headers),
                self.scope["method"],
                f"HTTP/{self.scope['http_version']}",
            )
        )
        if not handshake.accepted:
            gate.arrivals.sockets.leave(peer.address)
            self.transport.write(handshake.response)
            self._end()
            return
        self._become_socket(handshake)

    def _become_socket(self, handshake: Handshake) -> None:
        gate = self._gate
        self._leave()
        self.connections.discard(self)
        self._unset_keepalive_if_required()
        caller = identify_caller(
            self._peer, self.headers, gate.site, gate.next_device()
        )
        transport = self.transport
        _bound_buffer(transport)
        transport.write(handshake.response)
        deflates = handshake.deflates
        transport.set_protocol(
            self._connect(gate, caller, transport, deflates=deflates)
        )
        self._part()


def _bound_buffer(transport: asyncio.Transport) -> None:
    """Have the kernel keep little of what a client says before it is heard."""
    plain = transport.get_extra_info("socket")
    if plain is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
