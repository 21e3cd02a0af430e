"""What has happened, as it is told after COMMIT to whoever is there."""

import msgspec

from chinwag.domain.events import Entry
from chinwag.domain.model import Person, Place
from chinwag.ids import PersonId, RoomId, Seq


class RoomNews(msgspec.Struct):
    """Events that one batch added to one room's log.

    Attributes:
        room: Whose log.
        entries: The events, in `seq` order, without gap.
        names: The names of everybody whom they mention.
        messages: How many messages the log holds with them.
        title: The room's name and topic, where they changed.
    """

    room: RoomId
    entries: list[Entry]
    names: dict[PersonId, str]
    messages: int = 0
    title: tuple[str, str] | None = None


class PlaceNews(msgspec.Struct, frozen=True):
    """A room of somebody's appeared or changed. `device` knows it already."""

    person: PersonId
    version: int
    place: Place
    device: int = 0


class LeftNews(msgspec.Struct, frozen=True):
    """A room is no longer somebody's. `device` knows it already."""

    person: PersonId
    version: int
    room: RoomId
    device: int = 0


class RenamedNews(msgspec.Struct, frozen=True):
    """Somebody has another name; `rooms` are those where others may see it."""

    person: Person
    rooms: tuple[RoomId, ...]
    device: int = 0


class ReadNews(msgspec.Struct, frozen=True):
    """Somebody has read up to `seq`; their other devices should know."""

    person: PersonId
    room: RoomId
    seq: Seq
    device: int = 0


class TypingNews(msgspec.Struct, frozen=True):
    """Somebody types, or no longer does."""

    person: PersonId
    name: str
    room: RoomId
    on: bool


class EndedNews(msgspec.Struct, frozen=True):
    """A session of somebody's ended: its sockets have to go."""

    person: PersonId


News = RoomNews | PlaceNews | LeftNews | RenamedNews | ReadNews | TypingNews | EndedNews
