"""What a command's reply carries: one struct a result."""

import msgspec


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


class Found(Result, frozen=True):
    """Messages that were found, newest first, each with its room.

    `before` asks for the next page; null: this is the last. `complete` is false
    while the index does not know all yet.
    """

    hits: msgspec.Raw
    people: msgspec.Raw
    before: str | None
    complete: bool


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
