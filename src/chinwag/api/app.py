"""Puts the routes together: `make_api` returns HTTP as an ASGI application."""

from typing import Any, cast

from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.types import HTTPReceiveMessage, Message, Receive, Send
from litestar.types.asgi_types import HTTPDisconnectEvent
from typing_extensions import override

from chinwag.api.commands import ask
from chinwag.api.description import make_config
from chinwag.api.guard import make_guard
from chinwag.api.headers import say_on_all
from chinwag.api.health import make_health
from chinwag.api.parts import Api
from chinwag.api.problems import make_answer
from chinwag.api.requests import MAX_BODY, JsonRequest
from chinwag.api.rooms import get_room, list_events, list_rooms, post_message
from chinwag.api.sessions import forget, join_room, look_at_link, start_room
from chinwag.api.stream import stream_room
from chinwag.api.visitors import Visitor
from chinwag.api.web import make_web


def make_api(api: Api) -> Litestar:
    """Return the application that serves all of HTTP but the socket."""

    def meet(request: Request[Any, Any, Any]) -> Visitor:
        return Visitor(api, request)

    private = Router(
        "/api",
        route_handlers=[
            ask,
            forget,
            get_room,
            join_room,
            list_events,
            list_rooms,
            look_at_link,
            post_message,
            start_room,
            stream_room,
        ],
        guards=[make_guard(api.site)],
        dependencies={"visitor": Provide(meet, sync_to_thread=False)},
    )
    return Edge(
        [private, *make_health(api.health, api.metrics), *make_web(api.page)],
        before_send=[say_on_all],
        exception_handlers={Exception: make_answer(api.dice)},
        debug=False,
        pdb_on_exception=False,
        logging_config=None,
        openapi_config=make_config(api.version),
        request_class=JsonRequest,
        request_max_body_size=MAX_BODY,
    )


class Edge(Litestar):
    """The application; of whatever it gives, one may have the head alone."""

    @override
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request (ASGI 3)."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            only = OnlyHead(receive, send)
            scope = {**scope, "method": "GET"}
            receive, send = only.receive, only.send
        await super().__call__(scope, receive, send)


class OnlyHead:
    """The client of a HEAD (RFC 9110, section 9.3.2), who leaves at the body."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._sent = False

    async def receive(self) -> HTTPReceiveMessage:
        """Return what comes from the client."""
        if self._sent:
            return HTTPDisconnectEvent(type="http.disconnect")
        return cast("HTTPReceiveMessage", await self._receive())

    async def send(self, message: Message) -> None:
        """Send the head, and nothing after it."""
        if message["type"] == "http.response.start":
            self._sent = True
            await self._send(message)
            await self._send(
                {"type": "http.response.body", "body": b"", "more_body": False}
            )
