"""Who makes a request: their token, where they come from, and their way to the door.

A page's token lives in a cookie that its scripts can't read; a program gets the token
itself.
"""

import asyncio
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.types import Guard

from chinwag.api.headers import is_json, is_page, read_bearer
from chinwag.api.parts import Api
from chinwag.errors import Forbidden, Refusal
from chinwag.protocol.commands import AnyCommand, Opened, Result, Started, Welcome
from chinwag.protocol.door import Answer, Caller, Newcomer
from chinwag.protocol.site import Site

COOKIE_AGE = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer (RFC 6265bis, section 5.6.2)."""

R = TypeVar("R", bound=Result)
Greeting = TypeVar("Greeting", Started, Opened, Welcome)


class Visitor:
    """Who makes one request.

    Attributes:
        caller: As the door knows them.
        page: Whether it is a browser's page.
    """

    def __init__(self, api: Api, request: Request[Any, Any, Any]) -> None:
        headers, scope = request.headers, request.scope
        scheme, host = scope["scheme"], headers.get("host", "")
        bearer = read_bearer(headers)
        client = scope["client"]
        self._api = api
        self._secure = scheme == "https"
        self._cookie_name = api.site.cookie_name(scheme, host)
        self.page = is_page(headers)
        self.caller = Caller(
            address=client[0] if client else "",
            site=api.site.base(scheme, host),
            token=bearer or request.cookies.get(self._cookie_name),
            strict=bearer is not None,
        )

    def may_be_new(self, newcomer: Newcomer, name: str | None = None) -> None:
        """Let somebody whom nobody knows be this; a guest is called `name`."""
        self.caller.newcomer = newcomer
        self.caller.guest_name = name

    async def ask(self, command: AnyCommand, kind: type[R]) -> R:
        """Hand a command in at the door; return its result, or raise its refusal."""
        answered = asyncio.get_running_loop().create_future()

        def answer(answer: Answer) -> None:
            # Nobody waits any more where the request was given up.
            if not answered.done():
                answered.set_result(answer)

        self._api.door.submit(self.caller, command, answer)
        told: Answer = await answered
        if isinstance(told, Refusal):
            raise told
        assert isinstance(told, kind)
        return told

    async def leave(self) -> None:
        """Make this visitor's token worth nothing; return when that is durable."""
        if self.caller.token is None:
            return
        ended = asyncio.get_running_loop().create_future()
        self._api.door.end_session(
            self.caller.token, lambda: ended.done() or ended.set_result(None)
        )
        await ended

    def tell(self, result: Greeting) -> Response[Greeting]:
        """Return an answer that gives a new guest's token to a program, or else
        keeps it in the page's cookie."""
        if result.token is None or not self.page:
            return Response(result)
        cookie = self._cookie(result.token, COOKIE_AGE)
        return Response(msgspec.structs.replace(result, token=None), cookies=[cookie])

    def forget(self) -> Response[None]:
        """Return an empty answer that takes the page's cookie away."""
        return Response(None, cookies=[self._cookie("", 0)])

    def _cookie(self, token: str, age: int) -> Cookie:
        return Cookie(
            self._cookie_name,
            value=token,
            max_age=age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


FromVisitor = NamedDependency[SkipValidation[Visitor]]


def make_guard(site: Site) -> Guard:
    """Return the guard of all private routes: it refuses what others' pages send."""

    def check_origin(
        connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
    ) -> None:
        headers, host = connection.headers, connection.headers.get("host", "")
        if not site.accepts_host(host):
            raise Forbidden(
                f"Host: this server doesn't know the name {host!r}. "
                "Its operator can make it known as the public URL."
            )
        origin = headers.get("origin")
        if origin is not None and not site.accepts_origin(origin, host):
            raise Forbidden("Origin: pages from elsewhere may not call this server.")
        if connection.scope.get("method") == "POST":
            _check_post(site, connection)

    return check_origin


def _check_post(site: Site, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    headers, scheme = connection.headers, connection.scope["scheme"]
    if headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden("Sec-Fetch-Site: pages from elsewhere may not call this server.")
    cookie = site.cookie_name(scheme, headers.get("host", ""))
    if read_bearer(headers) is not None or cookie not in connection.cookies:
        return
    if headers.get("x-chinwag") != "1":
        raise Forbidden("X-Chinwag: a page's requests need this header, with the value 1.")
    if not is_json(headers):
        raise Forbidden("Content-Type: a page's requests must be application/json.")
