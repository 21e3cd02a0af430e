"""What a batch surely needs, read off its commands before the first is decided.

It may guess too much or too little: whoever decides asks again for what is missing.
"""

from collections.abc import Iterable

from chinwag.domain.links import digest_key, read_key
from chinwag.domain.messages import digest_cmid
from chinwag.domain.wanted import Wanted
from chinwag.errors import NotFound
from chinwag.handlers.call import digest_token
from chinwag.ids import PersonId, RoomId, from_text
from chinwag.protocol.commands import (
    AnyCommand,
    Hello,
    JoinRoom,
    LeaveRoom,
    LookAtLink,
    OpenRoom,
    PostMessage,
    StartRoom,
)
from chinwag.protocol.door import Caller


def look_ahead(batch: Iterable[tuple[Caller, AnyCommand | None]]) -> Wanted:
    """Return what is to be fetched for all of them together."""
    wanted = Wanted()
    for caller, command in batch:
        if caller.person is None:
            _want_tokens(wanted, caller, command)
        match command:
            case PostMessage():
                _want_post(wanted, caller.person, command)
            case JoinRoom() | LookAtLink():
                _want_link(wanted, caller.person, command.key)
            case StartRoom() | Hello():
                if caller.person is not None:
                    wanted.people.add(caller.person)
            case LeaveRoom() if caller.person is not None:
                wanted.people.add(caller.person)
                _want_membership(wanted, caller.person, command.room)
            case _:
                _want_place(wanted, caller.person, command)
    return wanted


def _want_tokens(wanted: Wanted, caller: Caller, command: AnyCommand | None) -> None:
    spoken = command.token if isinstance(command, Hello) else None
    for token in (caller.token, spoken):
        if token is not None:
            wanted.tokens.add(digest_token(token))


def _want_link(wanted: Wanted, person: PersonId | None, text: str) -> None:
    try:
        digest = digest_key(read_key(text))
    except NotFound:
        return
    wanted.links.add((digest, person))


def _want_place(
    wanted: Wanted, person: PersonId | None, command: AnyCommand | None
) -> None:
    room = _want_membership(wanted, person, getattr(command, "room", ""))
    if room is not None and isinstance(command, OpenRoom):
        wanted.rooms.add(room)


def _want_membership(
    wanted: Wanted, person: PersonId | None, text: str
) -> RoomId | None:
    number = from_text(text)
    if person is None or number is None:
        return None
    room = RoomId(number)
    wanted.memberships.add((room, person))
    return room


def _want_post(wanted: Wanted, person: PersonId | None, command: PostMessage) -> None:
    room = _want_membership(wanted, person, command.room)
    if room is None or person is None:
        return
    wanted.cmids.add((room, digest_cmid(person, command.cmid)))
    if command.behind is not None:
        wanted.cmids.add((room, digest_cmid(person, command.behind)))
