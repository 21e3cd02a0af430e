"""What a client may ask, and what it gets. One struct a command, one a result."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

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


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a command's reply carries."""


class Done(Result, frozen=True):
    """It is done, and there is nothing to add."""


class Me(msgspec.Struct, frozen=True):
    """Who you are."""

    id: str
    name: str
    guest: bool


class RoomView(msgspec.Struct, frozen=True):
    """A room of yours.

    `messages` counts all messages of its log, `unread` those after `read`: what of
    a later `messages` is above `messages - unread` is unread.
    """

    id: str
    name: str
    topic: str
    kind: str
    head: int
    role: str
    read: int
    members: int
    messages: int
    unread: int


class ServerView(msgspec.Struct, frozen=True):
    """What this server is and takes.

    `max_text` in code points, `max_frame` in bytes, `heartbeat` in seconds.
    """

    version: str
    max_text: int
    max_frame: int
    heartbeat: int


class Welcome(Result, frozen=True):
    """Who you are, your rooms, and the server's limits."""

    me: Me
    version: int
    rooms: tuple[RoomView, ...]
    epoch: str
    server: ServerView
    token: str | None = None


class Myself(Result, frozen=True):
    """What `hello` told, as it is now."""

    me: Me
    version: int
    rooms: tuple[RoomView, ...]


class Renamed(Result, frozen=True):
    """You, under your new name."""

    me: Me
    version: int


class Opened(Result, frozen=True, kw_only=True, rename={"start": "from"}):
    """The room is open on this socket: events from `from` on follow.

    `reset` tells to forget the room's events that the client holds. `version` is there
    where it changed. `me` and `token` are there for a guest who was just made.
    """

    room: RoomView
    head: int
    start: int
    reset: bool
    version: int | None = None
    me: Me | None = None
    token: str | None = None


class Started(Result, frozen=True, kw_only=True, rename={"start": "from"}):
    """Your new room, open on this socket, and the link that brings others in."""

    room: RoomView
    head: int
    start: int
    key: str
    link: str
    version: int | None = None
    me: Me | None = None
    token: str | None = None


class LinkShown(Result, frozen=True):
    """The room's standing link and the key in it."""

    key: str
    link: str


class LookedAt(Result, frozen=True):
    """Where a link leads, and up to five names of who is there."""

    room: "LookedAtRoom"
    here: tuple[str, ...]


class LookedAtRoom(msgspec.Struct, frozen=True):
    """A room as its link shows it to somebody outside."""

    name: str
    topic: str
    members: int


class Closed(Result, frozen=True):
    """The room is no longer open on this socket."""


class Departed(Result, frozen=True):
    """You are no longer a member."""

    version: int


class History(Result, frozen=True):
    """A page of the log as it stands at `head`; `more` beyond it in that direction."""

    events: msgspec.Raw
    people: msgspec.Raw
    head: int
    more: bool


class Posted(Result, frozen=True):
    """The message is on disk at `seq`, for ever."""

    seq: int
    at: int
    duplicate: bool


class Changed(Result, frozen=True):
    """The `seq` of the change."""

    seq: int


class ReactionSet(Result, frozen=True):
    """The `seq` of the change, or null if nothing changed."""

    seq: int | None


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
