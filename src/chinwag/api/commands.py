"""Any command by HTTP, answered with the frame that the socket would have sent."""

from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.exceptions import HTTPException
from litestar.params import JSONBody

from chinwag.api.problems import describe_refusals, retry_headers, translate
from chinwag.api.requests import BrokenCommand
from chinwag.api.visitors import FromVisitor
from chinwag.errors import Refusal
from chinwag.protocol.commands import (
    AnyCommand,
    Command,
    Hello,
    JoinRoom,
    LookAtLink,
    StartRoom,
)
from chinwag.protocol.door import Newcomer
from chinwag.protocol.envelope import Failure, Reply
from chinwag.protocol.results import (
    Result,
)

_NEWCOMERS: dict[type[Command], Newcomer] = {
    Hello: Newcomer.GUEST,
    StartRoom: Newcomer.GUEST,
    JoinRoom: Newcomer.GUEST,
    LookAtLink: Newcomer.NAMELESS,
}


def answer_refused(
    _: Request[Any, Any, Any], error: Refusal | HTTPException
) -> Response[Failure]:
    """Answer what never came as far as the door."""
    refusal = error if isinstance(error, Refusal) else translate(error)
    command_id = error.id if isinstance(error, BrokenCommand) else None
    return _fail(command_id, refusal)


@post(
    "/commands",
    status_code=200,
    exception_handlers={Refusal: answer_refused, HTTPException: answer_refused},
    responses=describe_refusals(Failure, MediaType.JSON),
)
async def ask(
    visitor: FromVisitor, data: JSONBody[AnyCommand]
) -> Response[Reply | Failure]:
    """Ask anything that can be asked over the socket.

    Nothing is open here: what opens a room, or tells that somebody types, does what
    it does for others, and no events follow.
    """
    visitor.may_be_new(_NEWCOMERS.get(type(data), Newcomer.REFUSED))
    try:
        result = await visitor.ask(data, Result)
    except Refusal as refusal:
        return _fail(data.id, refusal)
    result, cookies = visitor.settle(result)
    return Response(Reply(data.id, result), cookies=cookies)


def _fail(command_id: int | None, refusal: Refusal) -> Response[Any]:
    return Response(
        Failure(command_id, refusal.code, refusal.message, refusal.retry_after),
        status_code=refusal.status,
        headers=retry_headers(refusal),
    )
