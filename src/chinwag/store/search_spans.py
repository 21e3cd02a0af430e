"""Which part of which room's log a search looks through."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    bindparam,
    case,
    literal,
    select,
)

from chinwag.domain.search import Place, Query, SearchAsk
from chinwag.ids import RoomId, Seq
from chinwag.store.search_file import OF_ROOMS, list_known, to_rooms
from chinwag.store.tables import events, heads


def _select_ends() -> Any:  # noqa: ANN401 - SQLAlchemy's long name for a statement
    """Return what finds, by halving, the last `seq` of each room before a time.

    Times never go back in a room.
    """
    start = select(
        heads.c.room, literal(0).label("low"), heads.c.head.label("high")
    ).where(heads.c.room.in_(OF_ROOMS))
    span = start.cte("span", recursive=True)
    middle = (span.c.low + span.c.high + 1) // 2
    at = (
        select(events.c.at)
        .where(events.c.room == span.c.room, events.c.seq == middle)
        .scalar_subquery()
    )
    earlier = at < bindparam("time")
    half = select(
        span.c.room,
        case((earlier, middle), else_=span.c.low),
        case((earlier, span.c.high), else_=middle - 1),
    ).where(span.c.low < span.c.high)
    span = span.union_all(half)
    return select(span.c.room, span.c.low).where(span.c.low == span.c.high)


_LIST_ENDS = _select_ends()


class Span(msgspec.Struct):
    """The part of a room's log that is looked through; `last` is part of it.

    `number` is the room's in the index.
    """

    number: int
    first: Seq
    last: Seq


Spans = Mapping[RoomId, Span]
Ends = Callable[[int], Iterator[tuple[RoomId, Span, Seq]]]
"""Tells each room's last `seq` before a time."""


def list_spans(
    log: Connection, index: Connection, ask: SearchAsk, mine: Iterable[RoomId]
) -> Spans:
    """Return which part of which of `mine` is looked through."""
    of_rooms = to_rooms(mine)
    spans = {
        room: Span(known.number, Seq(1), known.seq)
        for room, known in list_known(index, of_rooms).items()
    }

    def ends(time: int) -> Iterator[tuple[RoomId, Span, Seq]]:
        rows: Any = log.execute(_LIST_ENDS, of_rooms | {"time": time})
        for room, seq in rows:
            span = spans.get(room)
            if span is not None:
                yield room, span, seq

    _narrow_to_days(ask.query, ends)
    if ask.before is not None:
        _narrow_to_page(ask.before, ends)
    return spans


def _narrow_to_days(query: Query, ends: Ends) -> None:
    if query.since is not None:
        for _, span, seq in ends(query.since):
            span.first = Seq(seq + 1)
    if query.until is not None:
        for _, span, seq in ends(query.until):
            span.last = min(span.last, seq)


def _narrow_to_page(before: Place, ends: Ends) -> None:
    """Leave out what stood on the pages up to this place.

    Where times agree, rooms with greater ids came first.
    """
    for later in (0, 1):
        for room, span, seq in ends(before.at + later):
            if (room < before.room) == bool(later) and room != before.room:
                span.last = min(span.last, seq)
            elif room == before.room:
                span.last = min(span.last, Seq(before.seq - 1))
