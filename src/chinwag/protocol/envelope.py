"""What the server sends: answers and pushes as JSON text.

A frame of events is put together from the events' stored JSON, so that nothing is
encoded twice. No field differs between receivers.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from chinwag.domain.events import CHANGES, Entry
from chinwag.domain.model import Person, Place
from chinwag.domain.news import RoomNews
from chinwag.domain.pages import MOST_BYTES
from chinwag.errors import Refusal
from chinwag.ids import PersonId, RoomId, Seq, to_text
from chinwag.protocol.results import (
    Me,
    Result,
    RoomView,
)

MAX_CLIENT_FRAME = 128 * 1024
MAX_SERVER_FRAME = 256 * 1024
PERSON_BYTES = 200
"""What somebody with the longest name adds to a frame at most."""
_NO_BODY = "{}"


class Reply(msgspec.Struct, frozen=True, tag_field="type", tag="reply"):
    """A command's answer when it went well."""

    id: int
    result: Result


class Failure(msgspec.Struct, frozen=True, tag_field="type", tag="failure"):
    """A command's answer when it was refused: nothing has changed.

    `retry_after` in seconds, where trying again helps. `id` is null when the
    command's could not be read.
    """

    id: int | None
    code: str
    message: str
    retry_after: float | None


class PersonView(msgspec.Struct, frozen=True):
    """Somebody whom a frame mentions."""

    id: str
    name: str


class Push(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """What the server sends unasked."""


class People(Push, frozen=True, tag="people"):
    """Somebody in an open room changed their name."""

    people: tuple[PersonView, ...]


class Heads(Push, frozen=True, tag="heads"):
    """Rooms of yours that are not open here moved on; at most once a second.

    `messages` counts the messages of each log; `titles` holds the name and topic of
    rooms where they changed.
    """

    heads: Mapping[str, int]
    messages: Mapping[str, int]
    titles: Mapping[str, tuple[str, str]] = {}


class Typing(Push, frozen=True, tag="typing"):
    """Who types in an open room: the whole set, and their names."""

    room: str
    people: tuple[str, ...]
    names: tuple[PersonView, ...] = ()


class Presence(Push, frozen=True, tag="presence", kw_only=True):
    """Who is here: first everybody, then who came and who went.

    `people` names those who came.
    """

    room: str
    here: int
    joined: tuple[str, ...]
    left: tuple[str, ...]
    people: tuple[PersonView, ...] = ()


class Read(Push, frozen=True, tag="read"):
    """You have read up to `seq` on another device."""

    room: str
    seq: int


class RoomChanged(Push, frozen=True, tag="room"):
    """A room of yours appeared or changed. A gap in `version`: ask `me`."""

    version: int
    room: RoomView


class RoomGone(Push, frozen=True, tag="gone"):
    """A room is no longer yours."""

    version: int
    room: str


class MeChanged(Push, frozen=True, tag="me"):
    """You have another name; with `rooms`: you missed pushes, and this is all."""

    version: int
    me: Me
    rooms: tuple[RoomView, ...] | None = None


class Notice(Push, frozen=True, tag="notice"):
    """Something that people should know."""

    code: Literal["restarting"]
    message: str


PUSHES: tuple[type[Push], ...] = (
    People,
    Heads,
    Typing,
    Presence,
    Read,
    RoomChanged,
    RoomGone,
    MeChanged,
    Notice,
)

_encode = msgspec.json.Encoder().encode


def encode_reply(command_id: int, result: Result) -> bytes:
    """Return the reply to a command."""
    return _encode(Reply(command_id, result))


def encode_failure(command_id: int | None, refusal: Refusal) -> bytes:
    """Return the answer to a refused command."""
    return _encode(
        Failure(command_id, refusal.code, refusal.message, refusal.retry_after)
    )


def encode_push(push: Push) -> bytes:
    """Return a push as JSON."""
    return _encode(push)


def encode_entry(entry: Entry) -> str:
    """Return an event as JSON: the head of the entry, then its stored body."""
    rest = "}" if entry.body == _NO_BODY else f",{entry.body[1:]}"
    return (
        f'{{"seq":{entry.seq},"kind":"{entry.kind}","at":{entry.at},'
        f'"by":"{entry.by:x}"{rest}'
    )


def encode_events(room: RoomId, start: Seq, events: str, people: str) -> bytes:
    """Return an `events` frame around JSON arrays of events and of people."""
    return (
        f'{{"type":"events","room":"{room:x}","from":{start},'
        f'"events":{events},"people":{people}}}'
    ).encode()


def encode_people(names: Mapping[PersonId, str], people: Iterable[PersonId]) -> str:
    """Return a JSON array that names `people`."""
    return _encode(view_people(names, people)).decode()


def view_people(
    names: Mapping[PersonId, str], people: Iterable[PersonId]
) -> tuple[PersonView, ...]:
    """Return `people` with their names; whoever has none there is left out."""
    return tuple(
        PersonView(to_text(person), names[person])
        for person in people
        if person in names
    )


def view_place(place: Place) -> RoomView:
    """Return a room of somebody's as the wire shows it."""
    room, head = place.room, place.head
    return RoomView(
        id=to_text(room.id),
        name=room.name,
        topic=room.topic,
        kind=room.kind,
        head=head.seq,
        role=place.role,
        read=place.read,
        members=head.members,
        messages=head.messages,
        unread=place.unread,
    )


def view_me(person: Person) -> Me:
    """Return somebody as the wire shows them to themselves."""
    return Me(id=to_text(person.id), name=person.name, guest=person.guest)


class EventsFrame(msgspec.Struct, frozen=True):
    """A frame of events of one room, the same for everybody who gets it.

    Attributes:
        first: The first event's `seq`.
        last: The last event's `seq`.
        ends: Whose access ends with the last event, if anybody's.
        changes: Whether any of its events changes an older one.
        payload: The frame as JSON.
    """

    first: Seq
    last: Seq
    ends: PersonId | None
    changes: bool
    payload: bytes


def encode_room_news(news: RoomNews) -> list[EventsFrame]:
    """Return the frames in which a batch of a room's events goes out.

    A frame ends where it would grow too large, and after every event that ends
    somebody's access: what follows is not for them.
    """
    frames: list[EventsFrame] = []
    draft = _Draft(news)
    for entry in news.entries:
        text = encode_entry(entry)
        if not draft.add(entry, text):
            frames.append(draft.frame())
            draft = _Draft(news)
            draft.add(entry, text)
        if entry.ends is not None:
            frames.append(draft.frame())
            draft = _Draft(news)
    if draft.entries:
        frames.append(draft.frame())
    return frames


class _Draft:
    """A frame that grows."""

    def __init__(self, news: RoomNews) -> None:
        self._news = news
        self.entries: list[Entry] = []
        self._texts: list[str] = []
        self._people: dict[PersonId, None] = {}
        self._size = 0

    def add(self, entry: Entry, text: str) -> bool:
        """Put an event in, unless it makes the frame too large; tell whether it is in.

        The first always is.
        """
        size = self._size + (len(text) if text.isascii() else len(text.encode())) + 1
        if entry.by not in self._people:
            size += PERSON_BYTES
        if size > MOST_BYTES and self.entries:
            return False
        self._size = size
        self.entries.append(entry)
        self._texts.append(text)
        self._people[entry.by] = None
        return True

    def frame(self) -> EventsFrame:
        """Return the frame as it goes out."""
        first, last = self.entries[0], self.entries[-1]
        people = encode_people(self._news.names, self._people)
        payload = encode_events(
            self._news.room, first.seq, f"[{','.join(self._texts)}]", people
        )
        changes = any(entry.kind in CHANGES for entry in self.entries)
        return EventsFrame(first.seq, last.seq, last.ends, changes, payload)
