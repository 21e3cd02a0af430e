"""The rooms of whoever asks: the list, one of them, what was said, and saying more."""

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from chinwag.api.problems import PROBLEMS
from chinwag.api.queries import InPath, Limit, PlaceInLog
from chinwag.api.visitors import FromVisitor
from chinwag.protocol.commands import (
    DEFAULT_LIMIT,
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


class NewMessage(msgspec.Struct, frozen=True):
    """A message to post. Without a `cmid` of your own, a second try is a second one."""

    text: Text
    cmid: Short | None = None
    reply_to: Place | None = None
    behind: Short | None = None


@get("/rooms", responses=PROBLEMS)
async def list_rooms(visitor: FromVisitor) -> Myself:
    """Tell who you are, and your rooms."""
    return await visitor.ask(AskMe(id=0), Myself)


@get("/rooms/{room:str}", responses=PROBLEMS)
async def get_room(visitor: FromVisitor, room: InPath) -> RoomView:
    """Tell about one room of yours."""
    return (await visitor.ask(OpenRoom(id=0, room=room), Opened)).room


@get("/rooms/{room:str}/events", responses=PROBLEMS)
async def list_events(
    visitor: FromVisitor,
    room: InPath,
    before: PlaceInLog = None,
    after: PlaceInLog = None,
    around: PlaceInLog = None,
    limit: Limit = DEFAULT_LIMIT,
) -> History:
    """Read a page of the log: `before`, `after` or `around` a `seq`, or the newest."""
    command = AskHistory(
        id=0, room=room, before=before, after=after, around=around, limit=limit
    )
    return await visitor.ask(command, History)


@post("/rooms/{room:str}/messages", status_code=200, responses=PROBLEMS)
async def post_message(
    visitor: FromVisitor, room: InPath, data: JSONBody[NewMessage]
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
