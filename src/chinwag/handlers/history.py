"""Reading the log again: which page is meant, and what of it is told."""

import msgspec

from chinwag.domain.pages import Page, PageAsk
from chinwag.errors import BadRequest, NotFound
from chinwag.handlers.call import Call, Later
from chinwag.ids import Seq
from chinwag.protocol.commands import (
    AskHistory,
)
from chinwag.protocol.results import (
    History,
)


def history(call: Call, command: AskHistory) -> Later:
    """Say which page of the log answers, to be read once this batch is durable.

    Without `before`, `after` and `around` it is the newest.
    """
    membership = call.membership(command.room)
    places = (command.before, command.after, command.around)
    if sum(place is not None for place in places) > 1:
        raise BadRequest("history: give one of before, after and around.")
    head = call.head(membership.room).seq
    first, near = _window(command, head)
    ask = PageAsk(
        room=membership.room,
        person=membership.person,
        first=Seq(max(1, first)),
        last=Seq(max(0, min(first + command.limit - 1, head))),
        near=Seq(near),
    )
    return Later(ask, lambda page: _tell(command, page))


def _window(command: AskHistory, head: Seq) -> tuple[int, int]:
    """Return the first `seq` of the page, and the one that matters most."""
    limit = command.limit
    if command.after is not None:
        return command.after + 1, command.after
    if command.around is not None:
        # Near an end of the log the page reaches farther to the other side.
        first = min(command.around - limit // 2, head - limit + 1)
        return max(1, first), command.around
    newest = head if command.before is None else min(command.before - 1, head)
    return newest - limit + 1, newest


def _tell(command: AskHistory, page: Page) -> History:
    if not page.member:
        raise NotFound("No such room.")
    older = page.first > 1
    newer = 0 < page.last < page.head
    if command.after is not None:
        more = newer
    elif command.around is not None:
        more = older or newer
    else:
        more = older
    return History(
        events=msgspec.Raw(page.events.encode()),
        people=msgspec.Raw(page.people.encode()),
        head=page.head,
        more=more,
    )
