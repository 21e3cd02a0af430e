"""The port: whoever connects there is first of all somebody who speaks HTTP."""

import asyncio
import socket
from typing import Any, cast

from uvicorn import Config
from uvicorn.server import ServerState

from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.http_line import Http

IDLE_SECONDS = 30
BACKLOG = 2_048
ACCEPTS_A_TURN = 16
"""libuv accepts one connection a turn of the loop for each listening descriptor; when
turns are long, newcomers would wait for ever behind one."""


class Listener:
    """The HTTP server on one bound socket; what became a socket is a `connect`."""

    def __init__(
        self,
        app: Any,  # noqa: ANN401 - any ASGI application
        gate: Gate,
        connect: type[Connection] = Connection,
    ) -> None:
        self._gate = gate
        self._connect = connect
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
        return Http(self._config, self._state, self._gate, self._connect)

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
