"""What a client may ask: one struct a command."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from chinwag.protocol.results import (
    Changed,
    Closed,
    Departed,
    Done,
    History,
    LinkShown,
    LookedAt,
    Myself,
    Opened,
    Posted,
    ReactionSet,
    Renamed,
    Result,
    Started,
    Welcome,
)

MAX_ID = 2**53 - 1
DEFAULT_MOST = 2_000
DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Id = Annotated[int, Meta(ge=0, le=MAX_ID)]
Place = Annotated[int, Meta(ge=0, le=MAX_ID)]
Text = Annotated[str, Meta(max_length=131_072)]
Short = Annotated[str, Meta(max_length=2_048)]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=_snake):
    """What every command has: an `id` that its one answer repeats."""

    result: ClassVar[type[Result]] = Done

    id: Id


class Hello(Command, frozen=True):
    """Say who speaks: the first command of every socket.

    `token` is a guest's own; without one, and without cookie or `Authorization`, a
    program becomes a new guest called `name`.
    """

    result = Welcome

    token: Short | None = None
    name: Short | None = None


class AskMe(Command, frozen=True, tag="me"):
    """Tell once more what `hello` told."""

    result = Myself


class StartRoom(Command, frozen=True):
    """Found a room and open it here. The same `cmid` again is the same room."""

    result = Started

    name: Short | None = None
    cmid: Short | None = None


class ShowLink(Command, frozen=True):
    """Show the room's standing link; with `replace` end it and make a new one."""

    result = LinkShown

    room: Short
    replace: bool = False


class LookAtLink(Command, frozen=True):
    """Tell where a link leads. Changes nothing, uses nothing up."""

    result = LookedAt

    key: Short


class JoinRoom(Command, frozen=True):
    """Come in by a link, and open the room here; for a member it only opens.

    `after`, `at` and `most` as for `open_room`.
    """

    result = Opened

    key: Short
    after: Place | None = None
    at: Place | None = None
    most: Place = DEFAULT_MOST


class OpenRoom(Command, frozen=True):
    """Send the room's events: those after `after`, or else the newest 50, then live.

    `at` is the time of the event at `after`. More than `most` behind, the newest 50
    are sent instead, with `reset`.
    """

    result = Opened

    room: Short
    after: Place | None = None
    at: Place | None = None
    most: Place = DEFAULT_MOST


class CloseRoom(Command, frozen=True):
    """Send no more of this room's events here. It is not leaving."""

    result = Closed

    room: Short


class LeaveRoom(Command, frozen=True):
    """Be no longer a member."""

    result = Departed

    room: Short


class AskHistory(Command, frozen=True, tag="history"):
    """Read a page of the log: `before`, `after` or `around` a `seq`."""

    result = History

    room: Short
    before: Place | None = None
    after: Place | None = None
    around: Place | None = None
    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


class PostMessage(Command, frozen=True):
    """Say something. `cmid` is your own id of the message: again is the same message.

    `behind` is the `cmid` of a message of yours that must already be in the log.
    """

    result = Posted

    room: Short
    cmid: Short
    text: Text
    reply_to: Place | None = None
    behind: Short | None = None


class EditMessage(Command, frozen=True):
    """Give your message another text."""

    result = Changed

    room: Short
    seq: Place
    text: Text


class DeleteMessage(Command, frozen=True):
    """Take the text of a message away for good."""

    result = Changed

    room: Short
    seq: Place


class React(Command, frozen=True):
    """Put an emoji under a message, or take yours back."""

    result = ReactionSet

    room: Short
    seq: Place
    emoji: Short
    on: bool


class MarkRead(Command, frozen=True):
    """You have read up to `seq`; back only with `unread`."""

    room: Short
    seq: Place
    unread: bool = False


class SetTyping(Command, frozen=True):
    """You type, or no longer do. Repeat every 3 s; it lapses after 6."""

    room: Short
    on: bool


class RenameMe(Command, frozen=True):
    """Be called `name` from now on."""

    result = Renamed

    name: Short


class RenameRoom(Command, frozen=True):
    """Call the room `name`."""

    result = Changed

    room: Short
    name: Short


class SetTopic(Command, frozen=True):
    """Say what the room is about; empty: nothing in particular."""

    result = Changed

    room: Short
    topic: Short


class Ping(Command, frozen=True):
    """Are you there?"""


AnyCommand = (
    Hello
    | AskMe
    | StartRoom
    | ShowLink
    | LookAtLink
    | JoinRoom
    | OpenRoom
    | CloseRoom
    | LeaveRoom
    | AskHistory
    | PostMessage
    | EditMessage
    | DeleteMessage
    | React
    | MarkRead
    | SetTyping
    | RenameMe
    | RenameRoom
    | SetTopic
    | Ping
)
