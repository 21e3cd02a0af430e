"""Where a socket starts to read a room's log, whichever way it came in."""

from chinwag.domain.model import Head, Membership
from chinwag.handlers.call import Call
from chinwag.ids import Seq
from chinwag.protocol.commands import (
    CloseRoom,
    JoinRoom,
    OpenRoom,
)
from chinwag.protocol.envelope import view_me, view_place
from chinwag.protocol.results import (
    Closed,
    Opened,
)

NEWEST = 50
"""How many events somebody gets who holds none."""


def newest_of(head: Head) -> Seq:
    """Return where the newest events of a log begin."""
    return Seq(max(1, head.seq - NEWEST + 1))


def open_room(call: Call, command: OpenRoom) -> Opened:
    """Open a room of the asker's."""
    return open_at(call, call.membership(command.room), command)


def open_at(
    call: Call,
    membership: Membership,
    command: OpenRoom | JoinRoom,
    version: int | None = None,
) -> Opened:
    """Return from where on the events of this room are to be sent."""
    head = call.head(membership.room)
    newest = newest_of(head)
    start, reset = newest, False
    if command.after is not None:
        reset = not _leads_here(call, head, command)
        start = newest if reset else Seq(command.after + 1)
    fresh = call.fresh_token is not None
    return Opened(
        room=view_place(call.place(membership)),
        head=head.seq,
        start=start,
        reset=reset,
        version=version,
        me=view_me(call.myself()) if fresh else None,
        token=call.fresh_token,
    )


def _leads_here(call: Call, head: Head, command: OpenRoom | JoinRoom) -> bool:
    after = Seq(command.after or 0)
    if after > head.seq or head.seq - after > command.most:
        return False
    if command.at is None or after == 0:
        return True
    held = call.work.log.get_entry(head.room, after)
    return held is not None and held.at == command.at


def close_room(call: Call, command: CloseRoom) -> Closed:
    """Let the edge close it: what is open is the socket's own affair."""
    call.membership(command.room)
    return Closed()
