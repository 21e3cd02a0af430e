"""The rooms of whoever asks: the list, one of them, what was said, and saying more."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from chinwag.api.visitors import FromVisitor
from chinwag.protocol.commands import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    AskHistory,
    AskMe,
    OpenRoom,
    Place,
    PostMessage,
    Short,
    Text,
)
from chinwag.protocol.results import (
    History,
    Myself,
    Opened,
    Posted,
    RoomView,
)

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT)]


class NewMessage(msgspec.Struct, frozen=True):
    """A message to post. Without a `cmid` of your own, a second try is a second one."""

    text: Text
    cmid: Short | None = None
    reply_to: Place | None = None
    behind: Short | None = None


@get("/rooms")
async def list_rooms(visitor: FromVisitor) -> Myself:
    """Tell who you are, and your rooms."""
    return await visitor.ask(AskMe(id=0), Myself)


@get("/rooms/{room:str}")
async def get_room(visitor: FromVisitor, room: FromPath[str]) -> RoomView:
    """Tell about one room of yours."""
    return (await visitor.ask(OpenRoom(id=0, room=room), Opened)).room


@get("/rooms/{room:str}/events")
async def list_events(
    visitor: FromVisitor,
    room: FromPath[str],
    before: FromQuery[Place | None] = None,
    after: FromQuery[Place | None] = None,
    around: FromQuery[Place | None] = None,
    limit: FromQuery[Limit] = DEFAULT_LIMIT,
) -> History:
    """Read a page of the log: `before`, `after` or `around` a `seq`, or the newest."""
    command = AskHistory(
        id=0, room=room, before=before, after=after, around=around, limit=limit
    )
    return await visitor.ask(command, History)


@post("/rooms/{room:str}/messages", status_code=200)
async def post_message(
    visitor: FromVisitor, room: FromPath[str], data: JSONBody[NewMessage]
) -> Posted:
    """Say something. The answer means: on disk, at `seq`, for ever."""
    command = PostMessage(
        id=0,
        room=room,
        cmid=data.cmid if data.cmid is not None else visitor.make_cmid(),
        text=data.text,
        reply_to=data.reply_to,
        behind=data.behind,
    )
    return await visitor.ask(command, Posted)
