"""The port: HTTP with limits on what is slow or large, and the way to a socket.

It decides nothing about rooms.
"""

import asyncio
import socket
from typing import Any, cast

from typing_extensions import override
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState
from websockets.http11 import Request

from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.handshake import (
    find_header,
    identify_caller,
    read_fields,
    refuse,
    shake_hands,
)
from chinwag.gateway.peers import Peer

HEADER_BYTES = 16 * 1024
HEADERS = 100
HEADER_SECONDS = 10.0
IDLE_SECONDS = 30
RECEIVE_BYTES = 16 * 1024
"""The kernel makes it twice that, its own needs included."""
SOCKET_PATH = b"/ws"
BACKLOG = 2_048
ACCEPTS_A_TURN = 16
"""libuv accepts one connection a turn of the loop for each listening descriptor; when
turns are long, newcomers would wait for ever behind one."""


class Listener:
    """The HTTP server on one bound socket."""

    def __init__(self, app: Any, gate: Gate) -> None:  # noqa: ANN401 - any ASGI application
        self._gate = gate
        self._config = Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=IDLE_SECONDS,
        )
        self._config.load()
        self._state = ServerState()
        self._servers: list[asyncio.Server] = []

    async def start(self, bound: socket.socket) -> None:
        """Take connections from now on."""
        loop = asyncio.get_running_loop()
        for _ in range(ACCEPTS_A_TURN):
            server = await loop.create_server(
                self._make_protocol, sock=bound.dup(), backlog=BACKLOG
            )
            self._servers.append(server)

    def _make_protocol(self) -> "Http":
        return Http(self._config, self._state, self._gate)

    def stop(self) -> None:
        """Take no more connections, and end those that are idle."""
        for server in self._servers:
            server.close()
        for connection in list(self._state.connections):
            connection.shutdown()

    @property
    def busy(self) -> int:
        """How many requests are being answered."""
        return len(self._state.tasks)

    def abort(self) -> None:
        """Drop whatever is left."""
        for task in list(self._state.tasks):
            task.cancel()
        for connection in list(self._state.connections):
            cast("Http", connection).transport.abort()


class Http(HttpToolsProtocol):
    """uvicorn's HTTP connection with limits, and with our sockets behind upgrades."""

    def __init__(self, config: Config, state: ServerState, gate: Gate) -> None:
        super().__init__(config, state, {})
        self._gate = gate
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._between = True
        self._refused = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client a little time to say what it wants."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._await_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_head_timer()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes while the request is within its limits."""
        if self._refused:
            return
        if self._between:
            # Whatever comes now is the head of a request.
            self._head_bytes = 0
        if self._between or self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > HEADER_BYTES:
            self._refuse_head()

    @override
    def on_message_begin(self) -> None:
        """A request starts."""
        super().on_message_begin()
        if not self._between:
            # It follows another in the same breath.
            self._head_bytes = 0
        self._between = False
        self._await_head()

    @override
    def on_headers_complete(self) -> None:
        """Its head is whole: see who asks, and for which host."""
        self._stop_head_timer()
        if self._refused:
            return
        peer = self._check_peer()
        if peer is None:
            return
        self._note_peer(peer)
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        if not self._refused:
            super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        """The request is whole."""
        self._between = True
        if not self._refused:
            super().on_message_complete()

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEADER_SECONDS, self._head_late)

    def _head_late(self) -> None:
        self._head_timer = None
        if self._head_bytes:
            self._refuse(408, "Request Timeout", "The request's head took too long.")
        elif not self.transport.is_closing():
            self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

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

    def _refuse(
        self, status: int, phrase: str, message: str, *, wait: float = 0
    ) -> None:
        self._refused = True
        self._stop_head_timer()
        if not self.transport.is_closing():
            self.transport.write(refuse(status, phrase, message, wait=wait))
            self.transport.close()

    # From HTTP to a socket

    @override
    def _should_upgrade_to_ws(self) -> bool:
        return self.url.partition(b"?")[0] == SOCKET_PATH

    @override
    def handle_websocket_upgrade(self) -> None:
        """Make the connection a socket, or say why not."""
        if self._refused:
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
        wait = gate.addresses.enter(peer.address)
        if wait:
            self._refuse(429, "Too Many Requests", "Too many connections.", wait=wait)
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
            gate.addresses.leave(peer.address)
            self._refused = True
            self.transport.write(handshake.response)
            self.transport.close()
            return
        self._become_socket(handshake.response)

    def _become_socket(self, response: bytes) -> None:
        gate = self._gate
        self.connections.discard(self)
        self._unset_keepalive_if_required()
        caller = identify_caller(
            self._peer, self.headers, gate.site, gate.next_device()
        )
        transport = self.transport
        _bound_buffer(transport)
        transport.write(response)
        transport.set_protocol(Connection(gate, caller, transport))


def _bound_buffer(transport: asyncio.Transport) -> None:
    """Have the kernel keep little of what a client says before it is heard."""
    plain = transport.get_extra_info("socket")
    if plain is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
