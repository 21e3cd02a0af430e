"""Pages of the log that are no older than what was told while they were read.

A page is read beside the commands. What was told meanwhile may change messages in it,
and whoever has heard of such a change does not hear of it again. Another page of the
same reader's tells as much.
"""

import asyncio
from collections.abc import Callable

import msgspec

from chinwag.domain.events import CHANGES
from chinwag.domain.news import RoomNews
from chinwag.domain.pages import Page, PageAsk
from chinwag.ids import PersonId, RoomId, Seq
from chinwag.protocol.door import Pages

MOST_TRIES = 3
"""How often a page is overtaken before the heart waits for it."""


class _Reading(msgspec.Struct, eq=False):
    """A page that is being read, and what was told of its room since.

    Attributes:
        person: Who asked for it.
        told: The last event.
        changed: The last that changes an older one, or ends the reader's access.
        tries: How often it was read before.
    """

    person: PersonId
    tries: int
    told: Seq = Seq(0)
    changed: Seq = Seq(0)


class Readings:
    """The `Pages` that the handlers read."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._readings: dict[RoomId, list[_Reading]] = {}
        self._pressing = 0
        self._calm = asyncio.Event()

    def note(self, news: RoomNews) -> None:
        """Note what is told just now."""
        for reading in self._readings.get(news.room, ()):
            reading.told = news.entries[-1].seq
            for entry in news.entries:
                # Who was shut out meanwhile is not told where the log ends now.
                if entry.kind in CHANGES or entry.ends == reading.person:
                    reading.changed = entry.seq

    async def give_way(self) -> None:
        """Wait for pages that were overtaken too often; nothing is told meanwhile.

        In a room where messages change all the time, nobody could read one otherwise.
        """
        while self._pressing:
            self._calm.clear()
            await self._calm.wait()

    def read(self, ask: PageAsk, done: Callable[[Page | Exception], None]) -> None:
        """Read a page whose `head` is not below what is told when it is `done`."""
        self._try(ask, done, tries=0)

    def _try(
        self, ask: PageAsk, done: Callable[[Page | Exception], None], *, tries: int
    ) -> None:
        reading = _Reading(ask.person, tries)
        self._readings.setdefault(ask.room, []).append(reading)
        self._pressing += tries >= MOST_TRIES

        def finish(page: Page | Exception) -> None:
            self._forget(ask.room, reading)
            if isinstance(page, Exception) or not page.member:
                done(page)
            elif page.head < reading.changed:
                self._try(ask, done, tries=tries + 1)
            else:
                # The page ends where the log did when it was asked for: events that
                # change nothing older are no part of it.
                head = max(page.head, reading.told)
                self._note_shown(ask, page.head, head)
                done(msgspec.structs.replace(page, head=head))

        self._pages.read(ask, finish)

    def _note_shown(self, ask: PageAsk, read: Seq, head: Seq) -> None:
        for other in self._readings.get(ask.room, ()):
            if other.person == ask.person:
                other.told = max(other.told, head)
                # Nobody knows what changed up to there.
                other.changed = max(other.changed, read)

    def _forget(self, room: RoomId, reading: _Reading) -> None:
        if reading.tries >= MOST_TRIES:
            self._pressing -= 1
            self._calm.set()
        readings = self._readings[room]
        readings.remove(reading)
        if not readings:
            del self._readings[room]
