"""The newest pages of rooms where nothing happens just now, from memory.

A page that ends where its log does holds until the next event. Many ask for the same
one: whoever opens the room, or comes back to it after the same while.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from chinwag.domain.news import News, RenamedNews, RoomNews
from chinwag.domain.pages import Page, PageAsk
from chinwag.ids import RoomId, Seq
from chinwag.protocol.door import Pages

MOST_BYTES = 8 * 1024 * 1024
MOST_ROOMS = 2_048
Done = Callable[[Page | Exception], None]


class _Kept(msgspec.Struct, eq=False):
    """A page that somebody asked for, while nothing has happened since.

    Attributes:
        room: Whose log.
        first: The first `seq` that was asked for.
        last: The last one, where the log ends.
        page: What came; only of pages that are asked for more than once.
        size: How many bytes that is.
        again: Whether it was asked for more than once.
        waiting: Who waits for it; None: it is not being read.
    """

    room: RoomId
    first: Seq
    last: Seq
    page: Page | None = None
    size: int = 0
    again: bool = False
    waiting: list[tuple[PageAsk, Done]] | None = None


class NewestPages:
    """`Pages` that remember one a room, and read it once for all who ask meanwhile.

    Who asks was a member when the log ended at `last`, so that all in a page that
    ends there, and whose snapshot does as well, is for them.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._rooms: OrderedDict[RoomId, _Kept] = OrderedDict()
        self._size = 0

    def tell(self, news: Sequence[News]) -> None:
        """Forget what is no longer so; to be called before anybody else is told."""
        for item in news:
            if isinstance(item, RoomNews):
                kept = self._rooms.get(item.room)
                if kept is not None and kept.last < item.entries[-1].seq:
                    self._forget(item.room)
            elif isinstance(item, RenamedNews):
                # Pages name also those who have left.
                self._rooms.clear()
                self._size = 0

    def read(self, ask: PageAsk, done: Done) -> None:
        """Read a page, unless it is known or somebody else reads it already."""
        kept = self._rooms.get(ask.room)
        if kept is None or (kept.first, kept.last) != (ask.first, ask.last):
            self._forget(ask.room)
            kept = self._rooms[ask.room] = _Kept(ask.room, ask.first, ask.last)
        else:
            kept.again = True
            self._rooms.move_to_end(ask.room)
        if kept.page is not None:
            done(kept.page)
        elif kept.waiting is not None:
            kept.waiting.append((ask, done))
        else:
            kept.waiting = []
            self._pages.read(ask, partial(self._arrive, kept, done))

    def _arrive(self, kept: _Kept, done: Done, page: Page | Exception) -> None:
        waiting, kept.waiting = kept.waiting or (), None
        holds = self._rooms.get(kept.room) is kept and _is_newest(page, kept)
        if holds and kept.again and isinstance(page, Page):
            kept.page, kept.size = page, _weigh(page)
            self._size += kept.size
        self._shrink()
        done(page)
        for ask, waits in waiting:
            if holds:
                waits(page)
            else:
                self._pages.read(ask, waits)

    def _shrink(self) -> None:
        while self._size > MOST_BYTES or len(self._rooms) > MOST_ROOMS:
            self._forget(next(iter(self._rooms)))

    def _forget(self, room: RoomId) -> None:
        kept = self._rooms.pop(room, None)
        if kept is not None:
            self._size -= kept.size


def _is_newest(page: Page | Exception, kept: _Kept) -> bool:
    """Tell whether it is all that was asked for, as the log was when it was."""
    return (
        isinstance(page, Page)
        and page.member
        and (page.first, page.last) == (kept.first, kept.last)
        and page.head == kept.last
    )


def _weigh(page: Page) -> int:
    return sys.getsizeof(page.events) + sys.getsizeof(page.people)
