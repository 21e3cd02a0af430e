"""Writing the search index: a reader of the log, some thousand events at a time.

All rows of a step come and go as one JSON text: reading or writing them one by one
would give the interpreter's lock away at every row, and wait for it as often.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    select,
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
from chinwag.store.search_file import (
    COMMANDS,
    OF_ROOMS,
    UNMERGED,
    Known,
    facts,
    list_known,
    rooms,
    to_rooms,
    to_row,
    words,
)
from chinwag.store.tables import events, heads

MOST_EVENTS = 4_000
"""What a step takes. Each leaves a part, and parts have to be merged."""
MERGED_PAGES = 250
"""Pages that a step of merging may write."""
MOST_UNMERGED, LEAST_UNMERGED = 10, 2_000
"""What was taken up since it was merged is merged when it is a tenth of all, at least
so much: the parts of a few messages are looked through in no time."""
_MERGED_SOME = 2
_ONCE = READER | {"cache_size": "-1024"}
"""What is new is read once."""
_SAID = (Message.kind, Edited.kind, Deleted.kind)


class _Event(msgspec.Struct, array_like=True):
    """One event as the index needs it. `text` is a message's, folded; null: deleted."""

    room: RoomId
    seq: Seq
    kind: str
    author: str
    text: str | None
    target: Seq | None


_EVENTS = msgspec.json.Decoder(list[_Event])
_HEADS = msgspec.json.Decoder(list[tuple[RoomId, Seq]])

_EVENT = func.json_array(
    events.c.room,
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
_spans = func.json_each(bindparam("spans")).table_valued("value")
_of_span = [
    type_coerce(func.json_extract(_spans.c.value, f"$[{n}]"), BigInteger)
    for n in range(3)
]
"""A room, and a first and a last `seq`."""
_LIST_EVENTS = (
    select(func.json_group_array(_EVENT))
    .select_from(_spans)
    .join(
        events,
        and_(
            events.c.room == _of_span[0],
            events.c.seq.between(_of_span[1], _of_span[2]),
        ),
    )
    .where(events.c.kind.in_(_SAID))
)
_HEAD = func.json_array(heads.c.room, heads.c.head)
_LIST_HEADS_OF = select(func.json_group_array(_HEAD)).where(heads.c.room.in_(OF_ROOMS))
_LIST_HEADS = select(func.json_group_array(_HEAD))
_COUNT_UNMERGED = (
    update(facts)
    .where(facts.c.key == UNMERGED)
    .values(value=cast(cast(facts.c.value, Integer) + bindparam("more"), Text))
)
_GET_UNMERGED = select(cast(facts.c.value, Integer)).where(facts.c.key == UNMERGED)
_GET_SIZE = select(func.coalesce(func.sum(rooms.c.seq), 0))
_PUT_ROOM = insert(rooms)
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
_MERGE = insert(COMMANDS).values(words="merge", rank=bindparam("pages"))
_PUT = insert(words).from_select(
    ["rowid", "text", "author"],
    select(*(func.json_extract(_new.c.value, f"$[{n}]") for n in range(3))),
)


class _Part(msgspec.Struct):
    """A room's part of a step: what comes after `seq`, up to `last`."""

    number: int
    seq: Seq
    last: Seq


_Parts = dict[RoomId, _Part]


class SearchIndex:
    """The index's only writer; its methods are to be called from one thread."""

    def __init__(self, data: Path, epoch: str) -> None:
        """Open it, or raise why it can't be written."""
        self._data = data
        # How many events that had been taken up are being merged.
        self._merging = 0
        try:
            self._log = connect(data / DATABASE, _ONCE, begin="BEGIN")
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
        """Take up some of what is missing; return the rooms of which there is more.

        Raises:
            Unavailable: The disk is full; nothing was written.
            StorageFailed: The index is broken, or the disk.
        """
        with self._transactions():
            more = self._take(sorted(behind))
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
                if unmerged < max(LEAST_UNMERGED, size / MOST_UNMERGED):
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

    def _take(self, behind: Sequence[RoomId]) -> set[RoomId]:
        """Take up what fits into a step; return the rooms of which there is more."""
        of_rooms = to_rooms(behind)
        ends = _HEADS.decode(self._log.execute(_LIST_HEADS_OF, of_rooms).scalar_one())
        known = list_known(self._index, of_rooms)
        missing = [{"room": room, "seq": 0} for room, _ in ends if room not in known]
        if missing:
            self._index.execute(_PUT_ROOM, missing)
            known = list_known(self._index, of_rooms)
        parts, more = _share_out(ends, known)
        if parts:
            self._put(parts)
        return more

    def _put(self, parts: _Parts) -> None:
        index, found = self._index, self._list_events(parts)
        changed = {
            (event.room, event.target)
            for event in found
            if event.target is not None and event.target <= parts[event.room].seq
        }
        if changed:
            found += self._read([(room, seq, seq) for room, seq in changed])
            gone = [to_row(parts[room].number, seq) for room, seq in changed]
            index.execute(_DELETE, {"rows": _to_json(sorted(gone))})
        new = [
            (_row_of(event, parts), spread(event.text), event.author)
            for event in found
            if event.text is not None
        ]
        if new:
            index.execute(_PUT, {"rows": _to_json(sorted(new))})
        cursors = [{"of_room": room, "to": part.last} for room, part in parts.items()]
        index.execute(_PUT_CURSOR, cursors)
        taken = sum(part.last - part.seq for part in parts.values())
        index.execute(_COUNT_UNMERGED, {"more": taken})

    def _list_events(self, parts: _Parts) -> list[_Event]:
        return self._read(
            [(room, Seq(part.seq + 1), part.last) for room, part in parts.items()]
        )

    def _read(self, spans: Sequence[tuple[RoomId, Seq, Seq]]) -> list[_Event]:
        asked = {"spans": _to_json(spans)}
        return _EVENTS.decode(self._log.execute(_LIST_EVENTS, asked).scalar_one())

    def close(self) -> None:
        """Close the files."""
        disconnect(self._index)
        disconnect(self._log)


def _count_changes(connection: Connection) -> int:
    changes: int = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
    return changes


def _to_json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()


def _row_of(event: _Event, parts: _Parts) -> int:
    return to_row(parts[event.room].number, event.seq)


def _share_out(
    ends: Iterable[tuple[RoomId, Seq]], known: Mapping[RoomId, Known]
) -> tuple[_Parts, set[RoomId]]:
    """Return the parts of a step, and the rooms of which not all fits into it."""
    parts, more, free = _Parts(), set[RoomId](), MOST_EVENTS
    for room, head in ends:
        here = known[room]
        last = Seq(min(head, here.seq + free))
        if last > here.seq:
            parts[room] = _Part(here.number, here.seq, last)
            free -= last - here.seq
        if last < head:
            more.add(room)
    return parts, more
