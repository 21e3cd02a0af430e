"""Writing the search index: a reader of the log, a thousand events at a time.

All rows of a step come and go as one JSON text: reading or writing them one by one
would give the interpreter's lock away at every row, and wait for it as often.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.domain.events import Deleted, Edited, Message
from chinwag.domain.search import spread
from chinwag.ids import RoomId, Seq
from chinwag.store import search_file
from chinwag.store.engine import READER, connect, disconnect
from chinwag.store.failures import translate
from chinwag.store.files import DATABASE
from chinwag.store.search_file import UNMERGED, facts, rooms, to_row, words
from chinwag.store.tables import events, heads

MOST_EVENTS = 1_000
"""What a step takes."""
MERGED_PAGES = 250
"""Pages that a step of merging may write."""
MOST_UNMERGED = 10
"""So many times as much must be in the index as was taken up since it was merged."""
_MERGING = table("words", column("words"), column("rank"))
_MERGED_SOME = 2
_SAID = (Message.kind, Edited.kind, Deleted.kind)


class _Event(msgspec.Struct, array_like=True):
    """One event as the index needs it. `text` is a message's, folded; null: deleted."""

    seq: Seq
    kind: str
    author: str
    text: str | None
    target: Seq | None


_EVENTS = msgspec.json.Decoder(list[_Event])
_HEADS = msgspec.json.Decoder(list[tuple[RoomId, Seq]])

_EVENT = func.json_array(
    events.c.seq,
    events.c.kind,
    func.printf("%x", events.c.by),
    case(
        (events.c.kind == Message.kind, func.json_extract(events.c.body, "$.text")),
        else_=None,
    ),
    case(
        (events.c.kind != Message.kind, func.json_extract(events.c.body, "$.target")),
        else_=None,
    ),
)
_LIST_EVENTS = select(func.json_group_array(func.json(_EVENT))).where(
    events.c.room == bindparam("room"),
    events.c.seq.between(bindparam("first"), bindparam("last")),
    events.c.kind.in_(_SAID),
)
_wanted = func.json_each(bindparam("seqs")).table_valued("value")
_LIST_TARGETS = select(func.json_group_array(func.json(_EVENT))).where(
    events.c.room == bindparam("room"),
    events.c.seq.in_(select(type_coerce(_wanted.c.value, BigInteger))),
)
_GET_HEAD = select(heads.c.head).where(heads.c.room == bindparam("room"))
_LIST_HEADS = select(func.json_group_array(func.json_array(heads.c.room, heads.c.head)))
_COUNT_UNMERGED = (
    update(facts)
    .where(facts.c.key == UNMERGED)
    .values(value=cast(cast(facts.c.value, Integer) + bindparam("more"), Text))
)
_GET_UNMERGED = select(cast(facts.c.value, Integer)).where(facts.c.key == UNMERGED)
_GET_SIZE = select(func.coalesce(func.sum(rooms.c.seq), 0))
_GET_CURSOR = select(rooms.c.number, rooms.c.seq).where(
    rooms.c.room == bindparam("of_room")
)
_PUT_ROOM = insert(rooms).returning(rooms.c.number)
_PUT_CURSOR = (
    update(rooms)
    .where(rooms.c.room == bindparam("of_room"))
    .values(seq=bindparam("to"))
)
_gone = func.json_each(bindparam("rows")).table_valued("value")
_DELETE = delete(words).where(
    words.c.rowid.in_(select(type_coerce(_gone.c.value, BigInteger)))
)
_new = func.json_each(bindparam("rows")).table_valued("value")
# A negative number of pages begins to merge all there is (FTS5, section 6.8).
_MERGE = insert(_MERGING).values(words="merge", rank=bindparam("pages"))
_PUT = insert(words).from_select(
    ["rowid", "text", "author"],
    select(*(func.json_extract(_new.c.value, f"$[{n}]") for n in range(3))),
)


class Step(msgspec.Struct):
    """What one step changes: rows that go, rows that come, and how far it gets."""

    gone: list[int] = msgspec.field(default_factory=list[int])
    new: list[tuple[int, str, str]] = msgspec.field(
        default_factory=list[tuple[int, str, str]]
    )
    cursors: list[dict[str, Any]] = msgspec.field(default_factory=list[dict[str, Any]])
    events: int = 0


class SearchIndex:
    """The index's only writer; its methods are to be called from one thread."""

    def __init__(self, data: Path, epoch: str) -> None:
        """Open it, or raise why it can't be written."""
        self._data = data
        # How many events that had been taken up are being merged.
        self._merging = 0
        try:
            self._log = connect(data / DATABASE, READER, begin="BEGIN")
            try:
                self._index = search_file.open_to_write(data, epoch)
            except BaseException:
                disconnect(self._log)
                raise
        except DBAPIError as error:
            raise translate(error) from error

    def list_behind(self) -> set[RoomId]:
        """Return the rooms of which the index does not know all.

        Raises:
            StorageFailed: The index is broken, or the disk.
        """
        with self._transactions():
            ends = _HEADS.decode(self._log.execute(_LIST_HEADS).scalar_one())
            known = search_file.list_cursors(self._index)
        return {room for room, head in ends if known.get(room, 0) < head}

    def update(self, behind: Iterable[RoomId]) -> set[RoomId]:
        """Take up a thousand events at most; return the rooms of which there are more.

        Raises:
            Unavailable: The disk is full; nothing was written.
            StorageFailed: The index is broken, or the disk.
        """
        with self._transactions():
            more = self._take(self._log, self._index, sorted(behind))
            failpoints.reach("before-index-commit")
        return more

    def tidy(self) -> bool:
        """Merge some of the index's parts, if there are many; tell whether it goes on.

        Every step that takes something up leaves a part, and searching looks into all.

        Raises:
            Unavailable: The disk is full; nothing was written.
            StorageFailed: The index is broken, or the disk.
        """
        with self._transactions():
            index, pages = self._index, MERGED_PAGES
            if not self._merging:
                unmerged = index.execute(_GET_UNMERGED).scalar_one()
                size = index.execute(_GET_SIZE).scalar_one()
                if unmerged * MOST_UNMERGED <= size:
                    return False
                self._merging, pages = unmerged, -MERGED_PAGES
            before = _count_changes(index)
            index.execute(_MERGE, {"pages": pages})
            # So says FTS5 that nothing is left to merge.
            if _count_changes(index) - before < _MERGED_SOME:
                # What came in meanwhile is not part of it.
                index.execute(_COUNT_UNMERGED, {"more": -self._merging})
                self._merging = 0
        return bool(self._merging)

    @contextmanager
    def _transactions(self) -> Generator[None]:
        """One snapshot of the log, so that texts and heads agree, and one step."""
        try:
            with self._log.begin(), self._index.begin():
                yield
        except DBAPIError as error:
            raise translate(error) from error

    def discard(self) -> None:
        """Close it and throw it away."""
        self.close()
        search_file.discard(self._data)

    def _take(
        self, log: Connection, index: Connection, behind: Sequence[RoomId]
    ) -> set[RoomId]:
        step, more = Step(), set[RoomId]()
        for room in behind:
            if step.events >= MOST_EVENTS or not _read_room(step, log, index, room):
                more.add(room)
        if step.gone:
            index.execute(_DELETE, {"rows": _to_json(sorted(step.gone))})
        if step.new:
            index.execute(_PUT, {"rows": _to_json(sorted(step.new))})
        if step.cursors:
            index.execute(_PUT_CURSOR, step.cursors)
            index.execute(_COUNT_UNMERGED, {"more": step.events})
        return more

    def close(self) -> None:
        """Close the files."""
        disconnect(self._index)
        disconnect(self._log)


def _count_changes(connection: Connection) -> int:
    changes: int = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    return changes


def _to_json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()


def _read_room(step: Step, log: Connection, index: Connection, room: RoomId) -> bool:
    """Put into `step` what is new in a room; return whether that is all."""
    head: Seq = log.execute(_GET_HEAD, {"room": room}).scalar_one()
    row = index.execute(_GET_CURSOR, {"of_room": room}).one_or_none()
    number, seq = row if row is not None else (0, Seq(0))
    last = Seq(min(head, seq + MOST_EVENTS - step.events))
    if last <= seq:
        return True
    if not number:
        number = index.execute(_PUT_ROOM, {"room": room, "seq": 0}).scalar_one()
    span = {"room": room, "first": seq + 1, "last": last}
    found = _EVENTS.decode(log.execute(_LIST_EVENTS, span).scalar_one())
    changed = {
        event.target
        for event in found
        if event.target is not None and event.target <= seq
    }
    if changed:
        asked = {"room": room, "seqs": _to_json(sorted(changed))}
        found += _EVENTS.decode(log.execute(_LIST_TARGETS, asked).scalar_one())
        step.gone += [to_row(number, target) for target in changed]
    step.new += [
        (to_row(number, event.seq), spread(event.text), event.author)
        for event in found
        if event.text is not None
    ]
    step.cursors.append({"of_room": room, "to": last})
    step.events += last - seq
    return last == head
