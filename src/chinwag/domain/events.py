"""What a room's log can hold, and an entry of it as it is stored and sent.

The structs are the part of an event that its kind has of its own. An `Entry`
carries that part as ready JSON: it is encoded once, when the event is decided, and
the same text goes to the disk, to every socket and into every later page.
"""

from typing import Annotated, ClassVar

import msgspec

from chinwag.ids import Millis, PersonId, RoomId, Seq


class Reaction(msgspec.Struct, frozen=True):
    """One emoji under a message: how many gave it, and who the first 50 were."""

    emoji: str
    n: int
    people: tuple[str, ...]


class _Body(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: ClassVar[str]


class Message(_Body, frozen=True, omit_defaults=True):
    """Somebody said something.

    `text` is null once the message is deleted. `edited_at`, `reactions`, `deleted`
    and `changed` (the `seq` of the newest change folded in) stand only in what is
    read from the log, never in a live event.
    """

    kind = "message"

    cmid: str
    text: str | None
    reply_to: Seq | None = None
    edited_at: Millis | None = None
    reactions: tuple[Reaction, ...] = ()
    deleted: bool = False
    changed: Seq | None = None


class Edited(_Body, frozen=True, omit_defaults=True):
    """The author gave the message at `target` another text.

    `text` is null once that message is deleted.
    """

    kind = "edited"

    target: Seq
    text: str | None


class Deleted(_Body, frozen=True, omit_defaults=True):
    """The message at `target` lost its text for good."""

    kind = "deleted"

    target: Seq


class Reacted(_Body, frozen=True, omit_defaults=True):
    """Somebody put an emoji under the message at `target`, or took it back."""

    kind = "reacted"

    target: Seq
    emoji: str
    on: bool


class Joined(_Body, frozen=True, omit_defaults=True):
    """Somebody came into the room. The founder's is the room's first event."""

    kind = "joined"


class Left(_Body, frozen=True, omit_defaults=True):
    """Somebody left. They are told nothing after it."""

    kind = "left"


class Titled(_Body, frozen=True, omit_defaults=True):
    """The room got another name."""

    kind = "titled"

    name: str


class TopicSet(_Body, frozen=True, omit_defaults=True):
    """The room got another topic."""

    kind = "topic"

    topic: str


class RoleGiven(_Body, frozen=True, omit_defaults=True):
    """`person` may do more, or less, than before."""

    kind = "role"

    person: str
    role: str


class Pinned(_Body, frozen=True, omit_defaults=True):
    """The message at `target` was pinned, or is no longer."""

    kind = "pinned"

    target: Seq
    on: bool


Body = (
    Message
    | Edited
    | Deleted
    | Reacted
    | Joined
    | Left
    | Titled
    | TopicSet
    | RoleGiven
    | Pinned
)
KINDS: dict[str, type[Body]] = {
    body.kind: body
    for body in (
        Message,
        Edited,
        Deleted,
        Reacted,
        Joined,
        Left,
        Titled,
        TopicSet,
        RoleGiven,
        Pinned,
    )
}

CHANGES = frozenset(body.kind for body in (Edited, Deleted, Reacted, Pinned))
"""The kinds that are folded into an older event."""


class Entry(msgspec.Struct, frozen=True):
    """One event in a room's log.

    Attributes:
        room: Whose log.
        seq: Its place there.
        at: When, never before the event below it.
        by: Who did it.
        kind: One of `KINDS`.
        body: The struct of that kind as JSON text.
        messages: How many messages the log holds up to and with this event.
        ends: Whose access to the room ends with this event, if anybody's.
    """

    room: RoomId
    seq: Seq
    at: Millis
    by: PersonId
    kind: str
    body: str
    messages: int = 0
    ends: PersonId | None = None


def encode_body(body: Body) -> str:
    """Return the JSON text under which a body is stored and sent."""
    return msgspec.json.encode(body).decode()


_MESSAGE = msgspec.json.Decoder(Message)


def decode_message(body: str) -> Message:
    """Return the message that `body` stands for."""
    return _MESSAGE.decode(body)


class _Mentions(msgspec.Struct):
    by: str
    person: str | None = None
    reactions: tuple[Reaction, ...] = ()


_MENTIONS = msgspec.json.Decoder(tuple[_Mentions, ...])


def list_people(events: Annotated[str, "a JSON array of events"]) -> set[str]:
    """Return the outside ids of everybody whom these events mention."""
    people: set[str] = set()
    for event in _MENTIONS.decode(events):
        people.add(event.by)
        if event.person is not None:
            people.add(event.person)
        for reaction in event.reactions:
            people.update(reaction.people)
    return people
