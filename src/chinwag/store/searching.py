"""Finding messages: in the index first, then in the log, which has the last word.

In one room hits come newest first by themselves. Of several rooms the newest hit is
found for each, and whichever is the newest of all is taken until there are enough. Rooms
in which nothing was said since then are not looked into.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)

from chinwag.domain.events import Message
from chinwag.domain.search import Hits, Place, Query, SearchAsk, to_match
from chinwag.errors import NotFound
from chinwag.ids import Millis, PersonId, RoomId, Seq, to_text
from chinwag.store.pages import event_json, list_names
from chinwag.store.search_file import OF_ROOMS, to_rooms, to_row, to_seq, words
from chinwag.store.search_spans import Span, Spans, list_spans
from chinwag.store.tables import events, memberships, people

MOST_NAMESAKES = 50
_FIRST, _MORE = 2, 8
"""How many hits of a room are asked for at first, and then."""
_FIRST_ROOMS = 8
"""How many rooms are looked into at first; then each time as many again as before."""

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
_spans = func.json_each(bindparam("spans")).table_valued("value", name="spans")
# Of each span; SQLAlchemy knows no correlation within a FROM.
_hits = (
    select(words.c.rowid)
    .where(
        literal_column("words").op("MATCH")(bindparam("match")),
        words.c.rowid.between(
            literal_column("json_extract(spans.value, '$[0]')"),
            literal_column("json_extract(spans.value, '$[1]')"),
        ),
    )
    .order_by(words.c.rowid.desc())
    .limit(bindparam("most"))
    .subquery("hits")
)
_of_span = select(func.json_group_array(_hits.c.rowid)).scalar_subquery()
_FIND = select(func.json_group_array(func.json(_of_span))).select_from(_spans)
_ROWS = msgspec.json.Decoder(list[list[int]])
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
    newest = _find_newest(log, index, match, spans)
    return _tell(log, list(islice(newest, ask.limit + 1)), ask.limit)


def _tell(log: Connection, found: Sequence[_Hit], limit: int) -> Hits:
    shown = found[:limit]
    told = ",".join(
        f'{{"room":"{to_text(hit.place.room)}","event":{hit.json}}}' for hit in shown
    )
    return Hits(
        hits=f"[{told}]",
        people=list_names(log, f"[{','.join(hit.json for hit in shown)}]"),
        before=shown[-1].place if len(found) > limit else None,
    )


def _find_newest(
    log: Connection, index: Connection, match: str, spans: Spans
) -> Iterator[_Hit]:
    """Find all hits, the newest first, a room when it may have the next one."""
    looked = [(room, span) for room, span in spans.items() if span.first <= span.last]
    looked.sort(key=lambda each: -each[1].latest)
    # The next hit of each room that was looked into, with those that follow it.
    heads: list[tuple[_Hit, Iterator[_Hit]]] = []
    opened, more = 0, _FIRST_ROOMS
    while True:
        while opened < len(looked) and not (
            heads and looked[opened][1].latest < heads[0][0].place.at
        ):
            here = looked[opened : opened + more]
            opened, more = opened + more, opened + more
            for hits in _find_in_each(log, index, match, here):
                _go_on(heads, hits)
        if not heads:
            return
        hit, rest = heapq.heappop(heads)
        yield hit
        _go_on(heads, rest)


def _go_on(heads: list[tuple[_Hit, Iterator[_Hit]]], hits: Iterator[_Hit]) -> None:
    """Put a room's next hit where it belongs, if there is one."""
    hit = next(hits, None)
    if hit is not None:
        heapq.heappush(heads, (hit, hits))


def _find_in_each(
    log: Connection,
    index: Connection,
    match: str,
    looked: Sequence[tuple[RoomId, Span]],
) -> Iterator[Iterator[_Hit]]:
    """Find each room's hits, the newest first: the first few of all rooms at once."""
    rows = _find_rows(index, match, [span for _, span in looked], _FIRST)
    places = [
        (room, to_seq(row))
        for (room, _), here in zip(looked, rows, strict=True)
        for row in here
    ]
    hits: dict[RoomId, list[_Hit]] = {}
    for hit in _look_up(log, places):
        hits.setdefault(hit.place.room, []).append(hit)
    for (room, span), here in zip(looked, rows, strict=True):
        rest: Iterator[_Hit] = iter(())
        if len(here) == _FIRST:
            span.last = Seq(to_seq(here[-1]) - 1)
            rest = _find_more(log, index, match, room, span)
        yield chain(hits.get(room, ()), rest)


def _find_more(
    log: Connection, index: Connection, match: str, room: RoomId, span: Span
) -> Iterator[_Hit]:
    """Find more of a room's hits when somebody wants them."""
    while span.first <= span.last:
        (rows,) = _find_rows(index, match, [span], _MORE)
        yield from _look_up(log, [(room, to_seq(row)) for row in rows])
        if len(rows) < _MORE:
            return
        span.last = Seq(to_seq(rows[-1]) - 1)


def _find_rows(
    index: Connection, match: str, spans: Sequence[Span], most: int
) -> list[list[int]]:
    """Return the newest few rows of each span."""
    rows = [
        (to_row(span.number, span.first), to_row(span.number, span.last))
        for span in spans
    ]
    asked = {"match": match, "most": most, "spans": msgspec.json.encode(rows).decode()}
    return _ROWS.decode(index.execute(_FIND, asked).scalar_one())


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
