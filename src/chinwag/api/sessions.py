"""Becoming somebody by starting a room or by a link, and being forgotten."""

import msgspec
from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from chinwag.api.problems import PROBLEMS
from chinwag.api.visitors import FromVisitor
from chinwag.protocol.commands import (
    AskMe,
    JoinRoom,
    LookAtLink,
    Short,
    StartRoom,
)
from chinwag.protocol.door import Newcomer
from chinwag.protocol.results import (
    LookedAt,
    Myself,
    Opened,
    Started,
)


class NewRoom(msgspec.Struct, frozen=True, rename={"as_": "as"}):
    """A room to start, and `as` whom, if as a new guest.

    Under the same `cmid` a second try is the same room.
    """

    name: Short | None = None
    as_: Short | None = None
    cmid: Short | None = None


class LinkKey(msgspec.Struct, frozen=True):
    """The key of a link, or the whole link."""

    key: Short


class Arrival(msgspec.Struct, frozen=True):
    """The key of a link, or the whole link, and the name of a new guest."""

    key: Short
    name: Short | None = None


@post("/rooms", status_code=200, responses=PROBLEMS)
async def start_room(
    visitor: FromVisitor, data: JSONBody[NewRoom]
) -> Response[Started]:
    """Found a room, as a new guest where nobody known speaks."""
    visitor.may_be_new(Newcomer.GUEST, data.as_)
    started = await visitor.ask(
        StartRoom(id=0, name=data.name, cmid=data.cmid), Started
    )
    if started.me is None:
        myself = await visitor.ask(AskMe(id=0), Myself)
        started = msgspec.structs.replace(started, me=myself.me)
    told, cookies = visitor.settle(started)
    return Response(told, cookies=cookies)


@post("/look", status_code=200, responses=PROBLEMS)
async def look_at_link(visitor: FromVisitor, data: JSONBody[LinkKey]) -> LookedAt:
    """Tell where a link leads. Changes nothing, uses nothing up."""
    visitor.may_be_new(Newcomer.NAMELESS)
    return await visitor.ask(LookAtLink(id=0, key=data.key), LookedAt)


@post("/join", status_code=200, responses=PROBLEMS)
async def join_room(visitor: FromVisitor, data: JSONBody[Arrival]) -> Response[Opened]:
    """Come in by a link, as a new guest where nobody known speaks."""
    visitor.may_be_new(Newcomer.GUEST, data.name)
    opened = await visitor.ask(JoinRoom(id=0, key=data.key), Opened)
    if opened.me is None:
        myself = await visitor.ask(AskMe(id=0), Myself)
        opened = msgspec.structs.replace(opened, me=myself.me)
    told, cookies = visitor.settle(opened)
    return Response(told, cookies=cookies)


@post(
    "/forget",
    status_code=204,
    responses=PROBLEMS | {204: ResponseSpec(None, description="Forgotten.")},
)
async def forget(visitor: FromVisitor) -> Response[None]:
    """End this session: its token is worth nothing any more, nor is its cookie."""
    await visitor.leave()
    return visitor.forget()
