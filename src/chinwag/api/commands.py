"""Any command by HTTP, answered with the frame that the socket would have sent."""

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from chinwag.api.problems import retry_headers
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


def answer_broken(
    _: Request[Any, Any, Any], broken: BrokenCommand
) -> Response[Failure]:
    """Answer what is no command."""
    return _fail(broken.id, broken)


@post("/commands", status_code=200, exception_handlers={BrokenCommand: answer_broken})
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
