"""Puts the routes together: `make_api` returns HTTP as an ASGI application."""

from typing import Any

from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.types import Message, Send
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
from chinwag.api.search import search
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
            search,
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
            scope, send = {**scope, "method": "GET"}, _head_of(send)
        await super().__call__(scope, receive, send)


def _head_of(send: Send) -> Send:
    """Return what sends an answer's head alone (RFC 9110, section 9.3.2)."""

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            # The answer is over by this, even one that has no end.
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_head
