"""Who is there, what they have open, and who has to be told what.

Nobody waits for anybody: what one client can't take is left to the log.
"""

import asyncio
from collections.abc import Iterable, Sequence

from chinwag.clock import Clock
from chinwag.domain.events import Message
from chinwag.domain.news import (
    EndedNews,
    LeftNews,
    News,
    PlaceNews,
    ReadNews,
    RenamedNews,
    RoomNews,
    TypingNews,
)
from chinwag.gateway.crowd import Crowd
from chinwag.gateway.frame import Encode, event_encoder
from chinwag.gateway.heads import MovedRooms
from chinwag.gateway.live_room import TYPING_SECONDS, LiveRoom
from chinwag.gateway.outbox import Opening, Outbox
from chinwag.gateway.own_news import OwnNews
from chinwag.gateway.turns import Turns
from chinwag.ids import PersonId, RoomId, Seq, from_text, to_text
from chinwag.protocol import envelope
from chinwag.protocol.close import Close
from chinwag.protocol.door import Pages, StreamReader
from chinwag.protocol.envelope import (
    Push,
    RoomGone,
    encode_room_news,
    view_me,
    view_place,
)
from chinwag.protocol.results import Me, Opened, RoomView, Started

FOLD_SECONDS = 1.0
QUIET_SECONDS = 30.0
"""After so long in which nothing was told, a room keeps nothing for who comes back."""


class Hub:
    """All clients of this node and the rooms that they have open."""

    def __init__(self, pages: Pages, clock: Clock, epoch: str) -> None:
        self._pages = pages
        self._clock = clock
        self._to_event: Encode = event_encoder(epoch)
        self._crowd = Crowd()
        self._turns = Turns()
        # Bound once, for all rooms.
        self._wake, self._drop = self._turns.wake, self._let_go
        self._rooms: dict[RoomId, LiveRoom] = {}
        # Where logs ended when they were last told here, open or not: an opening
        # that was decided amid a batch must not miss the rest of it.
        self._just_told: dict[RoomId, Seq] = {}
        # So must one that was decided before its person left open nothing.
        self._just_left: set[tuple[RoomId, PersonId]] = set()
        self._just_named: dict[PersonId, str] = {}
        # And one that was greeted amid a batch must hear what is its person's own.
        self._own_news = OwnNews()
        self._moved = MovedRooms(self._crowd)
        self._unfolded: set[LiveRoom] = set()
        # When something was told in each, the longest ago first.
        self._stirred: dict[LiveRoom, float] = {}
        self.deliveries = 0

    @property
    def live_rooms(self) -> int:
        """How many rooms somebody has open here."""
        return len(self._rooms)

    # Coming and going

    def greet(
        self, outbox: Outbox, me: Me, rooms: Iterable[RoomView], version: int
    ) -> None:
        """Note who a client is and which rooms are theirs."""
        person = from_text(me.id)
        if person is None:
            return
        outbox.name = self._just_named.get(PersonId(person), me.name)
        outbox.version = version
        self._crowd.enter(outbox, PersonId(person))
        for room in rooms:
            number = from_text(room.id)
            if number is not None and not self._has_left(outbox, RoomId(number)):
                self._crowd.follow(outbox, RoomId(number))

    def catch_up(self, outbox: Outbox, version: int) -> None:
        """Tell a client again what was its person's own and is newer than `version`.

        To be called in the turn of the loop in which an answer told it `version`,
        which was decided amid a batch, and is given after all of it was told.
        """
        self._tell_again(outbox, self._own_news.newer(outbox, version))

    def _tell_again(self, outbox: Outbox, pushes: Iterable[Push]) -> None:
        for push in pushes:
            self._follow_news(outbox, push)
            outbox.push(push)

    def _follow_news(self, outbox: Outbox, push: Push) -> None:
        if isinstance(push, envelope.RoomChanged):
            room = from_text(push.room.id)
            if room is not None and not self._has_left(outbox, RoomId(room)):
                self._crowd.follow(outbox, RoomId(room))

    def _has_left(self, outbox: Outbox, room: RoomId) -> bool:
        return outbox.person is not None and (room, outbox.person) in self._just_left

    def leave(self, outbox: Outbox) -> None:
        """Forget a client."""
        for room in list(outbox.openings):
            self.close(outbox, room)
        self._crowd.leave(outbox)

    # Opening and closing rooms

    def open(self, outbox: Outbox, opened: Opened | Started) -> None:
        """Open a room on a client as its answer told, from `opened.start` on.

        To be called in the turn of the loop in which the answer is given.
        """
        number = from_text(opened.room.id)
        if number is None:
            return
        room_id = RoomId(number)
        self.close(outbox, room_id)
        if self._has_left(outbox, room_id):
            # It was told so before this answer, which makes the room look open.
            self._tell_again(outbox, self._own_news.gone(outbox, opened.room.id))
            return
        self._crowd.follow(outbox, room_id)
        room = self._rooms.get(room_id)
        if room is None:
            told = max(opened.head, self._just_told.get(room_id, 0))
            room = self._rooms[room_id] = LiveRoom(
                room_id,
                Seq(told),
                pages=self._pages,
                wake=self._wake,
                let_go=self._drop,
            )
        # The room's own number: each would have another, equal one otherwise.
        opening = Opening(outbox, room.room, Seq(opened.start - 1))
        outbox.openings[room.room] = opening
        room.open(opening)
        self._unfolded.add(room)

    def close(self, outbox: Outbox, room_id: RoomId) -> None:
        """Close a room on a client, if it is open there."""
        opening = outbox.openings.pop(room_id, None)
        room = self._rooms.get(room_id)
        if opening is not None and room is not None:
            room.shut(opening)
            self._tidy(room)

    def _let_go(self, opening: Opening) -> None:
        """Close a room on a client that may no longer read it."""
        self.close(opening.outbox, opening.room)
        if not opening.outbox.personal:
            opening.outbox.hang(Close.REMOVED)

    def _tidy(self, room: LiveRoom) -> None:
        if room.audience:
            self._unfolded.add(room)
        else:
            self._rooms.pop(room.room, None)
            self._unfolded.discard(room)
            self._stirred.pop(room, None)

    def here(self, room_id: RoomId) -> list[str]:
        """Return the names of who has this room open here."""
        room = self._rooms.get(room_id)
        return [] if room is None else list(room.presence.names.values())

    # Slow clients

    def pause(self, outbox: Outbox) -> None:
        """Note that a client does not drain: it gets up from its benches.

        Not at once, since one of them may be writing.
        """
        outbox.paused_at = self._clock.monotonic()
        asyncio.get_running_loop().call_soon(self._stall, outbox)

    def _stall(self, outbox: Outbox) -> None:
        if not outbox.paused:
            return
        for opening in outbox.openings.values():
            self._rooms[opening.room].stall(opening)

    def resume(self, outbox: Outbox) -> None:
        """Bring a client that drains again up to date."""
        outbox.paused_at = None
        for opening in list(outbox.openings.values()):
            self._rooms[opening.room].advance(opening)

    # News

    def tell(self, news: Sequence[News]) -> None:
        """Tell everybody whom it concerns."""
        self._just_told.clear()
        self._just_left.clear()
        self._just_named.clear()
        self._own_news.clear()
        with self._turns.hold():
            for item in news:
                self._tell_item(item)

    def _tell_item(self, item: News) -> None:
        match item:
            case RoomNews():
                self._tell_room(item)
            case PlaceNews():
                self._tell_place(item)
            case LeftNews():
                self._tell_left(item)
            case RenamedNews():
                self._tell_renamed(item)
            case ReadNews():
                self._tell_read(item)
            case TypingNews():
                self._tell_typing(item)
            case EndedNews():
                self._tell_ended(item)

    def _tell_room(self, news: RoomNews) -> None:
        self._just_told[news.room] = news.entries[-1].seq
        self._moved.note(news)
        room = self._rooms.get(news.room)
        if room is None:
            return
        for frame in encode_room_news(news):
            room.tell(frame)
        self._stirred.pop(room, None)
        self._stirred[room] = self._clock.monotonic()
        self.deliveries += len(news.entries) * room.audience
        for entry in news.entries:
            if room.typing and entry.by in room.typing and entry.kind == Message.kind:
                room.set_typing(entry.by, until=None)
                self._unfolded.add(room)

    def _tell_place(self, news: PlaceNews) -> None:
        self._just_left.discard((news.place.room.id, news.person))
        for outbox in self._crowd.devices(news.person):
            self._crowd.follow(outbox, news.place.room.id)
        push = envelope.RoomChanged(news.version, view_place(news.place))
        self._push_own(news.person, news.device, news.version, push)

    def _push_own(
        self, person: PersonId, device: int, version: int, push: Push
    ) -> None:
        self._own_news.note(person, device, version, push)
        self._crowd.push(person, push, but=device)

    def _tell_left(self, news: LeftNews) -> None:
        room = self._rooms.get(news.room)
        if room is not None:
            room.drop(news.person)
        self._just_left.add((news.room, news.person))
        for outbox in self._crowd.devices(news.person):
            self._crowd.unfollow(outbox, news.room)
        push = RoomGone(news.version, to_text(news.room))
        self._push_own(news.person, news.device, news.version, push)

    def _tell_renamed(self, news: RenamedNews) -> None:
        person = news.person
        for outbox in self._crowd.devices(person.id):
            outbox.name = person.name
        self._just_named[person.id] = person.name
        for room in news.rooms:
            if room in self._rooms:
                self._rooms[room].rename(person.id, person.name)
        push = envelope.MeChanged(person.version, view_me(person))
        self._push_own(person.id, news.device, person.version, push)

    def _tell_read(self, news: ReadNews) -> None:
        push = envelope.Read(to_text(news.room), news.seq)
        self._crowd.push(news.person, push, but=news.device)

    def _tell_typing(self, news: TypingNews) -> None:
        room = self._rooms.get(news.room)
        if room is None or news.person not in room.presence:
            return
        until = self._clock.monotonic() + TYPING_SECONDS if news.on else None
        room.set_typing(news.person, until=until)
        self._unfolded.add(room)

    def _tell_ended(self, news: EndedNews) -> None:
        for outbox in self._crowd.devices(news.person):
            outbox.hang(Close.SESSION_ENDED)

    # Once in a while

    def tick(self) -> None:
        """Fold what has changed since the last time; due a few times a second."""
        now = self._clock.monotonic()
        for room in list(self._unfolded):
            if now - room.folded_at >= FOLD_SECONDS:
                room.fold(now)
                if not room.typing:
                    self._unfolded.discard(room)
        self._let_rest(now)
        self._moved.tick(now, self._rooms)

    def _let_rest(self, now: float) -> None:
        while self._stirred:
            room, stirred = next(iter(self._stirred.items()))
            if now - stirred < QUIET_SECONDS:
                return
            del self._stirred[room]
            room.rest()

    # Event streams

    def open_stream(
        self, me: Me, opened: Opened, reader: StreamReader
    ) -> "StreamOutbox":
        """Send a room's events to a reader as an event stream, live from then on."""
        stream = StreamOutbox(self, reader, self._to_event)
        self.greet(stream.outbox, me, (), 0)
        self.open(stream.outbox, opened)
        if not stream.outbox.openings:
            reader.end()
        return stream

    def hang_all(self, close: Close) -> None:
        """End every client."""
        for outbox in self._crowd.everybody():
            outbox.hang(close)


class StreamOutbox:
    """The door's `Stream`."""

    def __init__(self, hub: Hub, reader: StreamReader, encode: Encode) -> None:
        self._hub = hub
        self._reader = reader
        self.outbox = Outbox(reader, encode, self, personal=False)

    def hang(self, close: Close) -> None:  # noqa: ARG002 - streams have no word for why
        """End the stream."""
        self._reader.end()

    def pause(self) -> None:
        """Send nothing until `resume`; what is missed is read from the log then."""
        self._hub.pause(self.outbox)

    def resume(self) -> None:
        """Go on."""
        self._hub.resume(self.outbox)

    def close(self) -> None:
        """Send nothing more."""
        self._hub.leave(self.outbox)
        self.outbox.end()
