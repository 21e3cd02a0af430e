"""Where logs end that people do not follow, which they hear of once in a while."""

from collections.abc import Mapping

from chinwag.domain.news import RoomNews
from chinwag.gateway.crowd import Crowd
from chinwag.gateway.frame import SOCKETS
from chinwag.gateway.live_room import LiveRoom
from chinwag.gateway.outbox import Outbox
from chinwag.ids import RoomId, to_text
from chinwag.protocol.envelope import Heads

TOLD_EVERY = 1.0
"""Seconds."""


class MovedRooms:
    """The rooms in which something happened since their members were told."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._moved: dict[RoomId, RoomNews] = {}
        self._told_at = float("-inf")

    def note(self, news: RoomNews) -> None:
        """Note that something has happened in a room."""
        before = self._moved.get(news.room)
        if news.title is None and before is not None:
            news.title = before.title
        self._moved[news.room] = news

    def tick(self, now: float, rooms: Mapping[RoomId, LiveRoom]) -> None:
        """Tell who has none of them open, if it is time; `rooms` are the open ones."""
        if now - self._told_at < TOLD_EVERY:
            return
        self._told_at = now
        moved, self._moved = self._moved, {}
        due: dict[Outbox, list[RoomNews]] = {}
        for room_id, news in moved.items():
            head = news.entries[-1].seq
            followers, room = self._crowd.followers(room_id), rooms.get(room_id)
            # Who has it open follows it. Mostly all have, and nobody need be asked.
            if room and room.count_told(head, SOCKETS) == len(followers):
                continue
            for outbox in followers:
                opening = outbox.openings.get(room_id)
                if opening is None or not opening.hears(head):
                    due.setdefault(outbox, []).append(news)
        for outbox, several in due.items():
            outbox.push(_show(several))


def _show(several: list[RoomNews]) -> Heads:
    return Heads(
        heads={to_text(news.room): news.entries[-1].seq for news in several},
        messages={to_text(news.room): news.messages for news in several},
        titles={
            to_text(news.room): news.title for news in several if news.title is not None
        },
    )
