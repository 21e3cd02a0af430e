"""The simulated disk: transactions that COMMIT makes durable, after a while or never.

`rows` is what is durable at this moment. A crash drops the open transaction.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Any

from chinwag.domain.model import Head
from chinwag.domain.pages import Page, PageAsk
from chinwag.domain.wanted import Wanted
from chinwag.errors import StorageFailed, Unavailable
from chinwag.ids import RoomId
from chinwag.protocol.envelope import encode_entry, encode_people
from tests.simulation.rows import Rows, Transaction
from tests.simulation.timeline import Process, Timeline

Done = Callable[[Page | Exception], None]
FULL = "The disk is full; nothing was saved."


@dataclass
class Weather:
    """How the disk behaves just now.

    Attributes:
        slow: Seconds that a COMMIT or a page takes at most.
        full: How often a COMMIT finds no room.
        unreadable: How often a page can't be read.
        dying: Whether the next COMMIT fails, and nobody knows whether it happened.
        page_events: How many events fit into a page.
    """

    slow: float = 0.0
    full: float = 0.0
    unreadable: float = 0.0
    dying: bool = False
    page_events: int = 500


class Disk:
    """What outlives the server, and the handlers' `Store` over it."""

    def __init__(self, dice: Random, timeline: Timeline, rows: Rows) -> None:
        self.rows = rows
        self.weather = Weather()
        self.dice = dice
        self.timeline = timeline
        self.commits = self.failed = self.pages_read = 0
        self.pages_waiting = 0
        self._copy: Rows | None = None

    def copy(self) -> None:
        """Make a backup."""
        self._copy = dict(self.rows)

    def restore(self) -> bool:
        """Put the backup back; return whether there was one."""
        if self._copy is None:
            return False
        self.rows = dict(self._copy)
        return True

    def draw(self) -> float:
        """Return how long something takes."""
        if not self.weather.slow or self.dice.random() < 0.3:
            return 0.0
        return self.dice.random() * self.weather.slow


class Store:
    """The handlers' `Store` and the edges' `Pages`, for one process."""

    def __init__(self, disk: Disk, process: Process) -> None:
        self._disk = disk
        self._process = process
        self._open: Work | None = None

    def begin(self) -> "Work":
        """Open a transaction."""
        assert self._open is None, "there is never more than one"
        self._open = Work(self._disk, self._process, self._closed)
        return self._open

    def _closed(self) -> None:
        self._open = None

    async def tidy(self) -> None:
        """Nothing has to be done."""

    def read(self, ask: PageAsk, done: Done) -> None:
        """Read a page from one snapshot not older than this call."""
        disk = self._disk
        disk.pages_read += 1
        disk.pages_waiting += 1
        disk.timeline.after(disk.draw(), self._look, ask, done)

    def _look(self, ask: PageAsk, done: Done) -> None:
        disk = self._disk
        page: Page | Exception
        if disk.dice.random() < disk.weather.unreadable:
            page = Unavailable(retry_after=1.0)
        else:
            page = make_page(disk.rows, ask, disk.weather.page_events)
        disk.timeline.after(disk.draw(), self._hand_over, page, done)

    def _hand_over(self, page: Page | Exception, done: Done) -> None:
        if self._process.alive:
            self._disk.pages_waiting -= 1
            self._process.run(done, page)


class Work:
    """One open transaction: the handlers' `Work`."""

    def __init__(
        self, disk: Disk, process: Process, closed: Callable[[], None]
    ) -> None:
        self._disk = disk
        self._process = process
        self._closed = closed
        rows = Transaction(disk.rows)
        self.people = self.rooms = self.members = self.log = rows
        self.reactions = self.links = self._rows = rows

    def load(self, wanted: Wanted) -> None:
        """Nothing has to be fetched."""

    def attempt(self) -> AbstractContextManager[None]:
        """Undo all that was done inside if an exception leaves it."""
        return self._rows.attempt()

    async def commit(self) -> bool:
        """Make it durable."""
        disk, written = self._disk, self._rows.written
        if not written:
            self._closed()
            return False
        if (before := disk.draw()) > 0:
            await self._process.wait(before)
        if disk.dice.random() < disk.weather.full:
            disk.failed += 1
            raise Unavailable(FULL, retry_after=0.5 + disk.dice.random())
        if disk.weather.dying:
            disk.weather.dying = False
            if disk.dice.getrandbits(1):
                self._make_durable(written)
            raise StorageFailed("The disk failed.")
        self._make_durable(written)
        disk.commits += 1
        if (after := disk.draw()) > 0:
            await self._process.wait(after)
        self._closed()
        return True

    def _make_durable(self, written: Rows) -> None:
        rows = self._disk.rows
        for key, value in written.items():
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value

    def abandon(self) -> None:
        """Undo all of it."""
        self._closed()


def make_page(rows: Rows, ask: PageAsk, most: int) -> Page:
    """Return what `ask` asks for, as these rows have it."""
    member = rows.get(("member", ask.room, ask.person))
    head: Head = rows.get(("head", ask.room)) or Head(ask.room)
    if member is None:
        return Page(member=False, head=head.seq)
    found = [
        rows["event", ask.room, seq]
        for seq in range(ask.first, min(ask.last, head.seq) + 1)
    ]
    if len(found) > most:
        near = sorted(found, key=lambda entry: (abs(entry.seq - ask.near), entry.seq))
        found = sorted(near[:most], key=lambda entry: entry.seq)
    if not found:
        return Page(head=head.seq)
    names = {entry.by: rows["person", entry.by].name for entry in found}
    return Page(
        head=head.seq,
        first=found[0].seq,
        last=found[-1].seq,
        events=f"[{','.join(map(encode_entry, found))}]",
        people=encode_people(names, names),
    )


def log_of(rows: Rows, room: RoomId, first: int = 1) -> list[Any]:
    """Return a room's entries from `first` on."""
    head = rows["head", room]
    return [rows["event", room, seq] for seq in range(first, head.seq + 1)]
