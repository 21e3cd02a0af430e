"""Pages of the log, each read in one snapshot and handed over as ready JSON.

A page is one row: fetching rows one by one would give the interpreter's lock away at
every step, and wait for it as often.
"""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
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
from chinwag.store.handle import Handle
from chinwag.store.tables import events, heads, memberships, people

_AROUND_BODY = 100
"""Bytes that an event's JSON has around its body."""
_FEW = 64
"""So many events are read without a look at how large each of them is: they are mostly
small, and are not too much for the memory if they are as large as can be."""


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


def _select_page() -> Select[*tuple[Any, ...]]:
    # An aggregate takes rows in the order of its subquery, which here is the table's.
    # To have it sort them itself costs as much again as all the rest.
    page = (
        select(events.c.seq, events.c.at, events.c.by, events.c.kind, events.c.body)
        .where(
            events.c.room == bindparam("room"),
            events.c.seq.between(bindparam("first"), bindparam("last")),
        )
        .order_by(events.c.seq)
        .subquery()
    )
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
        func.group_concat(event_json(page), ",").label("events"),
    )


def _select_span() -> Select[*tuple[Any, ...]]:
    own = func.length(cast(events.c.body, LargeBinary)) + _AROUND_BODY
    farness = func.abs(events.c.seq - bindparam("near"))
    sized = (
        select(
            events.c.seq,
            own.label("own"),
            func.sum(own).over(order_by=(farness, events.c.seq)).label("size"),
        )
        .where(
            events.c.room == bindparam("room"),
            events.c.seq.between(bindparam("first"), bindparam("last")),
        )
        .subquery()
    )
    return select(
        func.min(sized.c.seq).label("first"),
        func.max(sized.c.seq).label("last"),
        # The nearest is always there: nobody gets beyond it otherwise.
    ).where(or_(sized.c.size <= bindparam("most"), sized.c.size == sized.c.own))


_wanted = func.json_each(bindparam("of")).table_valued("value")
_LIST_PEOPLE = select(
    func.json_group_array(
        func.json_object("id", _hex(people.c.id), "name", people.c.name)
    )
).where(people.c.id.in_(select(type_coerce(_wanted.c.value, BigInteger))))
_PAGE = _select_page()
_SPAN = _select_span()


def get_page(handle: Handle, ask: PageAsk) -> Page:
    """Return what `ask` asks for, in a transaction of its own."""
    most, page = MOST_BYTES, None
    if ask.last - ask.first < _FEW:
        page = _get_page(handle, ask, ask.first, ask.last)
    # Names of thousands who reacted may outweigh the events: then fewer of those.
    while page is None or (page.first < page.last and _is_large(page)):
        page = _get_page(handle, ask, *_get_span(handle, ask, most))
        most //= 4
    return page


def _is_large(page: Page) -> bool:
    size = len(page.events.encode())
    return size > MOST_BYTES or size + len(page.people.encode()) > MOST_IN_ALL


def _get_span(handle: Handle, ask: PageAsk, most: int) -> tuple[Seq, Seq]:
    """Return the first and the last of the nearest events, `most` bytes together."""
    asked = {
        "room": ask.room,
        "first": ask.first,
        "last": ask.last,
        "near": ask.near,
        "most": most,
    }
    ((first, last),) = handle.execute(_SPAN, asked)
    return first, last


def _get_page(handle: Handle, ask: PageAsk, first: Seq, last: Seq) -> Page:
    asked = {"room": ask.room, "person": ask.person, "first": first, "last": last}
    ((role, head, first, last, joined),) = handle.execute(_PAGE, asked)
    if role is None:
        return Page(member=False, head=Seq(head or 0))
    if joined is None:
        return Page(head=head)
    found = f"[{joined}]"
    people = list_names(handle, found)
    return Page(head=head, first=first, last=last, events=found, people=people)


def list_names(handle: Handle, found: str) -> str:
    """Return a JSON array of all whom `found`, a JSON array of events, mentions."""
    mentioned = [from_text(person) for person in list_people(found)]
    asked = {"of": msgspec.json.encode(mentioned).decode()}
    ((names,),) = handle.execute(_LIST_PEOPLE, asked)
    return str(names)
