"""What a request's address and headers may carry, within which bounds."""

from typing import Annotated

from litestar.params import HeaderParameter, PathParameter, QueryParameter

from chinwag.protocol.commands import MAX_ID, MAX_LIMIT

InPath = Annotated[str, PathParameter(description="A room's `id`.")]
PlaceInLog = Annotated[
    int | None,
    # The framework enforces `ge=0`, and leaves it out of its description.
    QueryParameter(
        ge=0, le=MAX_ID, schema_extra={"minimum": 0}, description="A `seq`."
    ),
]
Limit = Annotated[
    int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many events at most.")
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID", description="The `id` of the last event: `EPOCH:SEQ`."
    ),
]
