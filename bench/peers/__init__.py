"""What is measured side by side: a file each, with how to install, start and speak."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class Keeps(Enum):
    """What is kept of a message when its sender hears of it."""

    NOTHING = "V"
    MEMORY = "M"
    DISK = "D"


@dataclass(frozen=True)
class Dialect:
    """How the load generator knows what a peer says, without decoding it.

    Attributes:
        path: Where its WebSocket is.
        event: How a message starts, inside a frame too: what texts never contain.
        each: What follows the event's number, where events have one.
        kind: The same for messages alone.
        reply: How an answer starts.
        failure: How a refusal starts.
        echo: Whether one's own message coming back is the only answer there is.
        ping: A frame that wants to be answered, where the peer has such of its own.
        pong: The answer to it.
        deflate: Whether readers ask for compressed frames.
        frame: How a frame of events starts that then names its room.
        origin: Of which site clients say their page is, where one must.
    """

    path: str
    event: str
    reply: str
    each: str = ""
    kind: str = ""
    failure: str = ""
    ping: str = ""
    pong: str = ""
    echo: bool = False
    deflate: bool = False
    frame: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Line:
    """One connection of a plan.

    Attributes:
        sender: Whether it posts.
        room: Which of the plan's rooms it is in, from 0.
        post: A post with holes: `$i` its id, `$c` its unique name, `$t` its text,
            `$b` the bytes of that.
        prelude: What it says first, each answered by one reply; if nothing, it is in
            with the handshake.
        opening: What it says before that, and nobody answers.
    """

    sender: bool
    room: int
    post: str
    prelude: tuple[str, ...]
    opening: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """How a server is started."""

    words: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Crowd:
    """Who is there: so many rooms, members in each, and of those so many who post.

    Attributes:
        rooms: How many rooms there are; bunches of rooms where each is in several.
        members: How many are in each of them.
        senders: How many of those post.
        each: In how many rooms each member is, with the same other members.
    """

    rooms: int
    members: int
    senders: int
    each: int = 1

    @property
    def connections(self) -> int:
        """How many connections that is."""
        return self.rooms * self.members

    def posts(self, place: int) -> bool:
        """Tell whether the member at this place of a room posts: they are spread."""
        if not self.senders:
            return False
        return place % max(1, self.members // self.senders) == 0 and (
            place // max(1, self.members // self.senders) < self.senders
        )


def seat_by_name(crowd: Crowd) -> list[Line]:
    """Return how a crowd comes in where saying a room's name is enough."""
    return [
        Line(
            sender=crowd.posts(place),
            room=room,
            post='{"text":"$t"}',
            prelude=(json.dumps({"room": f"r{room}", "name": f"p{place}"}),),
        )
        for room in range(crowd.rooms)
        for place in range(crowd.members)
    ]


class Peer(Protocol):
    """A chat server that can be measured."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    @property
    def keeps(self) -> Keeps:
        """The class in which it is compared."""
        ...

    @property
    def about(self) -> str:
        """Its settings, and why they are fair."""
        ...

    @property
    def dialect(self) -> Dialect:
        """How it speaks."""
        ...

    def missing(self) -> str | None:
        """Return what has to be installed first, if anything."""
        ...

    def command(self, port: int, data: Path) -> Command:
        """Return how to start it on this port of this machine alone."""
        ...

    def seat(self, port: int, crowd: Crowd) -> list[Line]:
        """Make the rooms; return how all members of the crowd come in."""
        ...
