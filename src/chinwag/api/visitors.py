"""Who makes a request: their token, where they come from, and their way to the door.

A page's token lives in a cookie that its scripts can't read; a program gets the token
itself.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from chinwag.api.headers import is_page, read_bearer
from chinwag.api.parts import Api
from chinwag.api.pipe import Pipe
from chinwag.domain.search import Hits, SearchAsk
from chinwag.errors import Refusal, Unauthorized
from chinwag.ids import PersonId
from chinwag.protocol.commands import AnyCommand, AskMe, OpenRoom, Ping
from chinwag.protocol.door import Answer, Caller, Newcomer
from chinwag.protocol.results import Done, Myself, Opened, Result, Started, Welcome

COOKIE_AGE = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer (RFC 6265bis, section 5.6.2)."""

R = TypeVar("R", bound=Result)


class Visitor:
    """Who makes one request.

    Attributes:
        caller: As the door knows them.
        page: Whether it is a browser's page.
        epoch: The epoch in which it is made.
        heartbeat: Seconds between the signs of life that they are given.
    """

    def __init__(self, api: Api, request: Request[Any, Any, Any]) -> None:
        headers, scope = request.headers, request.scope
        scheme, host = scope["scheme"], headers.get("host", "")
        bearer = read_bearer(headers)
        client = scope["client"]
        self._api = api
        self.epoch, self.heartbeat = api.epoch, api.heartbeat
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
        return expect(await answered, kind)

    async def search(self, make: Callable[[PersonId], SearchAsk]) -> Hits:
        """Look for messages as whoever this is, or raise why not."""
        # Whatever is asked, the door finds out first who asks.
        await self.ask(Ping(id=0), Done)
        if self.caller.person is None:
            raise Unauthorized
        return await self._api.searches.search(make(self.caller.person))

    async def open_stream(self, pipe: Pipe, command: OpenRoom) -> None:
        """Open a room's events into a pipe, or raise the refusal."""
        opened = asyncio.get_running_loop().create_future()
        told: list[Answer] = []

        def open_at_once(answer: Answer) -> None:
            # In this very turn of the loop: in the next one events may be missed.
            if opened.done():
                return
            try:
                me = expect(told[0], Myself).me
                view = expect(answer, Opened)
                pipe.open(self._api.streams, me, view)
            except Exception as error:  # noqa: BLE001 - it is raised below
                opened.set_exception(error)
            else:
                opened.set_result(None)

        # Side by side, so that nobody's session ends between the two.
        self._api.door.submit(self.caller, AskMe(id=0), told.append)
        self._api.door.submit(self.caller, command, open_at_once)
        await opened

    async def leave(self) -> None:
        """Make this visitor's token worth nothing; return when that is durable."""
        if self.caller.token is None:
            return
        ended = asyncio.get_running_loop().create_future()

        def end() -> None:
            if not ended.done():
                ended.set_result(None)

        self._api.door.end_session(self.caller.token, end)
        await ended

    def settle(self, result: R) -> tuple[R, list[Cookie]]:
        """Return what a new guest is told, and the cookies to set.

        A program is told its token; a page's goes into its cookie alone.
        """
        if not isinstance(result, Started | Opened | Welcome):
            return result, []
        if result.token is None or not self.page:
            return result, []
        cookie = self._cookie(result.token, COOKIE_AGE)
        return msgspec.structs.replace(result, token=None), [cookie]

    def make_cmid(self) -> str:
        """Return an id for a message whose sender gave it none."""
        return self._api.dice.token()

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


def expect(answer: Answer, kind: type[R]) -> R:
    """Return an answer as the result that it is, or raise it as the refusal."""
    if isinstance(answer, Refusal):
        raise answer
    assert isinstance(answer, kind)
    return answer


FromVisitor = NamedDependency[SkipValidation[Visitor]]
