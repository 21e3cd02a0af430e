"""Finding messages: in the index first, then in the log, which has the last word.

In one room hits come newest first by themselves. Of several rooms the newest hit is
found for each, and whichever is the newest of all is taken until there are enough.

FTS5 knows no end of a range while it looks for rows that several words have in common:
where a room has none it goes on through the rooms behind it. To ask for one room after
the other would read the same again and again, so one walk goes through all of them.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)

from chinwag.domain.events import Message
from chinwag.domain.search import Hits, Place, Query, SearchAsk, to_match
from chinwag.errors import NotFound
from chinwag.ids import Millis, PersonId, RoomId, Seq, to_text
from chinwag.store.handle import Handle
from chinwag.store.pages import event_json, list_names
from chinwag.store.search_file import (
    OF_ROOMS,
    to_number,
    to_rooms,
    to_row,
    to_seq,
    words,
)
from chinwag.store.search_spans import Span, Spans, list_spans
from chinwag.store.tables import events, memberships, people

MOST_NAMESAKES = 50
_MORE = 8
"""How many hits of a room are asked for after its first."""
_LOOK, _NO_ROW = -1, -2
"""In the walk: a row is yet to be looked for, and there is none."""

_LIST_ROOMS = select(memberships.c.room).where(
    memberships.c.person == bindparam("person")
)
_LIST_NAMESAKES = (
    select(people.c.id)
    .join(memberships, memberships.c.person == people.c.id)
    .where(
        memberships.c.room.in_(OF_ROOMS),
        people.c.name.like(bindparam("name"), escape="\\"),
    )
    .distinct()
    .limit(MOST_NAMESAKES)
)
_MATCH = literal_column("words").op("MATCH")(bindparam("match"))
_FIND = select(
    func.json_group_array(
        select(words.c.rowid)
        .where(_MATCH, words.c.rowid.between(bindparam("start"), bindparam("end")))
        .order_by(words.c.rowid)
        .limit(_MORE)
        .subquery()
        .c.rowid
    )
)


def _walk() -> Any:  # noqa: ANN401 - SQLAlchemy's long name for a statement
    """Return what finds the first row from the first start on, then from the next.

    Each start lies in a room of its own; those that a row lies behind are passed over.
    """
    starts = func.json_each(bindparam("starts")).table_valued("value")
    # Not looked for where the start is told: FTS5 would not use it to begin there.
    first = select(func.min(starts.c.value).label("start"), literal(_LOOK).label("row"))
    step = first.cte("step", recursive=True)
    looks = step.c.row == _LOOK
    after = select(func.min(starts.c.value)).where(starts.c.value > step.c.row)
    found = (
        select(words.c.rowid)
        .where(_MATCH, words.c.rowid >= step.c.start)
        .order_by(words.c.rowid)
        .limit(1)
    )
    row = func.coalesce(found.scalar_subquery(), _NO_ROW)
    following = select(
        case((looks, step.c.start), else_=after.scalar_subquery()),
        case((looks, row), else_=_LOOK),
    ).where(step.c.row != _NO_ROW, step.c.start.is_not(None))
    step = step.union_all(following)
    return select(func.json_group_array(step.c.row)).where(step.c.row >= 0)


_FIND_FIRST = _walk()
_ROWS = msgspec.json.Decoder(list[int])
_places = func.json_each(bindparam("places")).table_valued("value")
_room = type_coerce(func.json_extract(_places.c.value, "$[0]"), BigInteger)
_seq = type_coerce(func.json_extract(_places.c.value, "$[1]"), BigInteger)
_LOOK_UP = (
    select(events.c.room, events.c.seq, events.c.at, event_json(events).label("json"))
    .select_from(_places)
    .join(events, and_(events.c.room == _room, events.c.seq == _seq))
    .where(
        events.c.kind == Message.kind,
        func.json_extract(events.c.body, "$.text").is_not(None),
    )
)


class _Hit(msgspec.Struct, frozen=True, order=True):
    """A message that was found. The newest is the smallest, and so comes first."""

    ago: int
    room_ago: int
    seq_ago: int
    json: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(Millis(-self.ago), RoomId(-self.room_ago), Seq(-self.seq_ago))


def find(log: Connection, index: Connection, ask: SearchAsk) -> Hits:
    """Return what `ask` looks for, newest first, or raise `NotFound` for no such room.

    `log` is the database, `index` the search index, each in a transaction of its own.
    """
    mine: set[RoomId] = set(log.scalars(_LIST_ROOMS, {"person": ask.person}))
    if ask.room is not None:
        if ask.room not in mine:
            raise NotFound("No such room.")
        mine = {ask.room}
    authors = _list_authors(log, ask.query, mine)
    if ask.query.names and not authors:
        return Hits(hits="[]", people="[]", before=None)
    match = to_match(ask.query, authors)
    spans = list_spans(log, index, ask, mine)
    newest = heapq.merge(*_find_in_each(log, index, match, spans))
    found = [hit for hit, _ in zip(newest, range(ask.limit + 1), strict=False)]
    return _tell(log, found, ask.limit)


def _tell(log: Connection, found: Sequence[_Hit], limit: int) -> Hits:
    shown = found[:limit]
    told = ",".join(
        f'{{"room":"{to_text(hit.place.room)}","event":{hit.json}}}' for hit in shown
    )
    return Hits(
        hits=f"[{told}]",
        people=list_names(Handle(log), f"[{','.join(hit.json for hit in shown)}]"),
        before=shown[-1].place if len(found) > limit else None,
    )


def _find_in_each(
    log: Connection, index: Connection, match: str, spans: Spans
) -> Iterator[Iterator[_Hit]]:
    """Find each room's hits, the newest first: the first of all rooms at once."""
    rows = _find_first(index, match, spans.values())
    places = [
        (room, seq)
        for room, span in spans.items()
        # The walk also finds what lies between a room and the next that is looked into.
        if span.first <= (seq := rows.get(span.number, Seq(0))) <= span.last
    ]
    firsts = {hit.place.room: hit for hit in _look_up(log, places)}
    for room, seq in places:
        span = spans[room]
        span.last = Seq(seq - 1)
        # It may have been deleted meanwhile.
        first = [firsts[room]] if room in firsts else []
        yield chain(first, _find_more(log, index, match, room, span))


def _find_first(index: Connection, match: str, spans: Iterable[Span]) -> dict[int, Seq]:
    """Return the newest hit's `seq`, up to a span's last, by the rooms' numbers."""
    starts = [
        to_row(span.number, span.last) for span in spans if span.first <= span.last
    ]
    asked = {"match": match, "starts": msgspec.json.encode(starts).decode()}
    rows = _ROWS.decode(index.execute(_FIND_FIRST, asked).scalar_one())
    return {to_number(row): to_seq(row) for row in rows}


def _find_more(
    log: Connection, index: Connection, match: str, room: RoomId, span: Span
) -> Iterator[_Hit]:
    """Find more of a room's hits when somebody wants them."""
    while span.first <= span.last:
        start, end = to_row(span.number, span.last), to_row(span.number, span.first)
        asked = {"match": match, "start": start, "end": end}
        rows = _ROWS.decode(index.execute(_FIND, asked).scalar_one())
        yield from _look_up(log, [(room, to_seq(row)) for row in rows])
        if len(rows) < _MORE:
            return
        span.last = Seq(to_seq(rows[-1]) - 1)


def _look_up(log: Connection, places: Sequence[tuple[RoomId, Seq]]) -> Iterable[_Hit]:
    """Return those that are still there, as they are now, the newest first."""
    if not places:
        return []
    asked = {"places": msgspec.json.encode(places).decode()}
    rows = log.execute(_LOOK_UP, asked)
    return sorted(_Hit(-at, -room, -seq, json) for room, seq, at, json in rows)


def _list_authors(
    log: Connection, query: Query, mine: Iterable[RoomId]
) -> tuple[str, ...]:
    """Return the outside ids of those whose names were given."""
    found: set[PersonId] = set()
    of_rooms = to_rooms(mine)
    for name in query.names:
        exact = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        # Who is called so goes before those whose names begin like it.
        for pattern in (exact, f"{exact}%"):
            alike = log.scalars(_LIST_NAMESAKES, of_rooms | {"name": pattern}).all()
            if alike:
                found.update(alike)
                break
    return tuple(map(to_text, sorted(found)))
