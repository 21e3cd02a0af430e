"""Looking for messages in one's rooms."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from chinwag.api.problems import PROBLEMS
from chinwag.api.visitors import FromVisitor
from chinwag.domain.search import (
    MAX_QUERY,
    MOST_HITS,
    SearchAsk,
    read_cursor,
    read_query,
    to_cursor,
)
from chinwag.errors import NotFound
from chinwag.ids import RoomId, from_text
from chinwag.protocol.results import Found

DEFAULT_HITS = 20
Asked = Annotated[
    str,
    QueryParameter(
        max_length=MAX_QUERY,
        description="Words, all of them wanted; `tea*` begins one, `-milk` is not"
        ' there, `"hot tea"` stands side by side; `from:Ada`, `after:2026-11-01` and'
        " `before:2026-12` tell who and when (UTC).",
    ),
]
OfRoom = Annotated[
    str | None, QueryParameter(description="A room's `id`; by default all of yours.")
]
Cursor = Annotated[
    str | None, QueryParameter(description="The `before` of the page before.")
]
Most = Annotated[
    int, QueryParameter(ge=1, le=MOST_HITS, description="How many hits at most.")
]


@get("/search", responses=PROBLEMS)
async def search(
    visitor: FromVisitor,
    q: Asked,
    room: OfRoom = None,
    before: Cursor = None,
    limit: Most = DEFAULT_HITS,
) -> Found:
    """Look for messages in your rooms, newest first."""
    query = read_query(q)
    place = None if before is None else read_cursor(before)
    number = None if room is None else from_text(room)
    if room is not None and number is None:
        raise NotFound("No such room.")
    hits = await visitor.search(
        lambda person: SearchAsk(
            person=person,
            query=query,
            room=None if number is None else RoomId(number),
            before=place,
            limit=limit,
        )
    )
    return Found(
        hits=msgspec.Raw(hits.hits.encode()),
        people=msgspec.Raw(hits.people.encode()),
        before=None if hits.before is None else to_cursor(hits.before),
        complete=hits.complete,
    )
