"""Pages of the log, each read in one snapshot and handed over as ready JSON.

A page is one row: fetching rows one by one would give the interpreter's lock away at
every step, and wait for it as often.
"""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from chinwag.domain.events import list_people
from chinwag.domain.pages import MOST_BYTES, MOST_IN_ALL, Page, PageAsk
from chinwag.ids import Seq, from_text
from chinwag.store import raw
from chinwag.store.tables import events, heads, memberships, people

_AROUND_BODY = 100
"""Bytes that an event's JSON has around its body."""


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(value, String)


def _hex(value: ColumnElement[Any]) -> ColumnElement[str]:
    return func.printf("%x", value, type_=String)


def event_json(event: Any) -> ColumnElement[str]:  # noqa: ANN401 - any row source with these columns
    """Return the SQL that makes what `envelope.encode_entry` makes."""
    rest = case(
        (event.c.body == "{}", literal("}")),
        else_=literal(",") + func.substr(event.c.body, 2),
    )
    return (
        literal('{"seq":')
        + _text(event.c.seq)
        + literal(',"kind":"')
        + event.c.kind
        + literal('","at":')
        + _text(event.c.at)
        + literal(',"by":"')
        + _hex(event.c.by)
        + literal('"')
        + rest
    )


def _select_page(*, ordered: bool) -> Select[*tuple[Any, ...]]:
    size = func.length(cast(events.c.body, LargeBinary)) + _AROUND_BODY
    farness = func.abs(events.c.seq - bindparam("near"))
    page = (
        select(
            events.c.seq,
            events.c.at,
            events.c.by,
            events.c.kind,
            events.c.body,
            size.label("own"),
            func.sum(size).over(order_by=(farness, events.c.seq)).label("size"),
        )
        .where(
            events.c.room == bindparam("room"),
            events.c.seq.between(bindparam("first"), bindparam("last")),
        )
        .order_by(events.c.seq)
        .subquery()
    )
    joined: Any = func.group_concat(event_json(page), ",")
    if ordered:
        joined = joined.aggregate_order_by(page.c.seq)
    role = (
        select(memberships.c.role)
        .where(
            memberships.c.room == bindparam("room"),
            memberships.c.person == bindparam("person"),
        )
        .scalar_subquery()
    )
    head = (
        select(heads.c.head).where(heads.c.room == bindparam("room")).scalar_subquery()
    )
    return select(
        role.label("role"),
        head.label("head"),
        func.min(page.c.seq).label("first"),
        func.max(page.c.seq).label("last"),
        joined.label("events"),
        # The nearest is always there: nobody gets beyond it otherwise.
    ).where(or_(page.c.size <= bindparam("most"), page.c.size == page.c.own))


_wanted = func.json_each(bindparam("of")).table_valued("value")
_LIST_PEOPLE = select(
    func.json_group_array(
        func.json_object("id", _hex(people.c.id), "name", people.c.name)
    )
).where(people.c.id.in_(select(type_coerce(_wanted.c.value, BigInteger))))
_IN_ORDER = _select_page(ordered=True)
_AS_FOUND = _select_page(ordered=False)


def get_page(connection: Connection, ask: PageAsk, *, can_order: bool) -> Page:
    """Return what `ask` asks for.

    Args:
        connection: One with a snapshot of its own.
        ask: Which page.
        can_order: Whether this SQLite orders inside an aggregate (from 3.44 on); an
            older one takes the order of the subquery.
    """
    most = MOST_BYTES
    page = _get_page(connection, ask, most=most, can_order=can_order)
    # Names of thousands who reacted may outweigh the events: then fewer of those.
    while _weigh(page) > MOST_IN_ALL and page.first < page.last:
        most //= 4
        page = _get_page(connection, ask, most=most, can_order=can_order)
    return page


def _weigh(page: Page) -> int:
    return len(page.events.encode()) + len(page.people.encode())


def _get_page(
    connection: Connection, ask: PageAsk, *, most: int, can_order: bool
) -> Page:
    asked = {
        "room": ask.room,
        "person": ask.person,
        "first": ask.first,
        "last": ask.last,
        "near": ask.near,
        "most": most,
    }
    page = _IN_ORDER if can_order else _AS_FOUND
    ((role, head, first, last, joined),) = raw.read(connection, page, asked)
    if role is None:
        return Page(member=False, head=Seq(head or 0))
    if joined is None:
        return Page(head=head)
    found = f"[{joined}]"
    people = list_names(connection, found)
    return Page(head=head, first=first, last=last, events=found, people=people)


def list_names(connection: Connection, found: str) -> str:
    """Return a JSON array of all whom `found`, a JSON array of events, mentions."""
    mentioned = [from_text(person) for person in list_people(found)]
    asked = {"of": msgspec.json.encode(mentioned).decode()}
    ((names,),) = raw.read(connection, _LIST_PEOPLE, asked)
    return str(names)
