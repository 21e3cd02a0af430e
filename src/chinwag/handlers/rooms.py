"""Founding a room, its links, coming in, leaving, and what it is called."""

import msgspec

from chinwag.domain.access import (
    check_link,
    may_invite,
    may_name,
)
from chinwag.domain.events import Joined, Left, Titled, TopicSet
from chinwag.domain.links import derive_key, digest_key, no_such_link, read_key
from chinwag.domain.messages import digest_cmid
from chinwag.domain.model import Link, Membership, Role, Room
from chinwag.domain.news import LeftNews
from chinwag.domain.texts import clean_cmid, clean_name, clean_topic
from chinwag.errors import Forbidden
from chinwag.handlers.call import Call
from chinwag.handlers.opening import newest_of, open_at
from chinwag.ids import LinkId, RoomId, make_id
from chinwag.protocol.commands import (
    JoinRoom,
    LeaveRoom,
    LookAtLink,
    RenameRoom,
    SetTopic,
    ShowLink,
    StartRoom,
)
from chinwag.protocol.envelope import view_me, view_place
from chinwag.protocol.results import (
    Changed,
    Departed,
    LinkShown,
    LookedAt,
    LookedAtRoom,
    Opened,
    Started,
)

CROWD = 500
"""Above so many members joins and leaves are no events."""
HERE_AT_THE_LINK = 5
UNNAMED = "A room to talk"


def start_room(call: Call, command: StartRoom) -> Started:
    """Found a room with its founder in it and a link to share."""
    name = UNNAMED if command.name is None else clean_name(command.name)
    cmid = None
    if command.cmid is not None:
        cmid = digest_cmid(call.person, clean_cmid(command.cmid))
        known = call.work.rooms.get_room_by_cmid(cmid)
        if known is not None:
            return _show_started(call, _own(call, known))
    call.take_join("room")
    founder = call.write_down()
    room = Room(RoomId(make_id(call.now, call.house.dice)), name)
    call.work.rooms.put_room(room, cmid, call.now)
    _make_link(call, room.id)
    membership = _come_in(
        call, Membership(room.id, founder.id, founder.name, Role.OWNER)
    )
    version = call.tell_place(membership)
    return _show_started(call, membership, version)


def _own(call: Call, room: RoomId) -> Membership:
    membership = call.work.members.get_membership(room, call.person)
    if membership is None:
        raise Forbidden("You founded this room and have left it.")
    return membership


def _show_started(
    call: Call, membership: Membership, version: int | None = None
) -> Started:
    place = call.place(membership)
    key = _standing_key(call, membership.room)
    fresh = call.fresh_token is not None
    return Started(
        room=view_place(place),
        head=place.head.seq,
        start=newest_of(place.head),
        key=key,
        link=_link_to(call, key),
        version=version,
        me=view_me(call.myself()) if fresh else None,
        token=call.fresh_token,
    )


def _come_in(call: Call, membership: Membership) -> Membership:
    """Make somebody a member; return the membership, read up to the head."""
    head = call.work.rooms.count_members(membership.room, +1)
    if head.members <= CROWD:
        call.append(membership, Joined())
        head = call.head(membership.room)
    membership = msgspec.structs.replace(
        membership, read=head.seq, read_messages=head.messages
    )
    call.work.members.put_membership(membership)
    return membership


def _make_link(call: Call, room: RoomId) -> Link:
    link_id = LinkId(make_id(call.now, call.house.dice))
    digest = digest_key(derive_key(call.house.secret, link_id))
    link = Link(link_id, room, Role.MEMBER, digest)
    call.work.links.put_link(link, call.person, call.now)
    return link


def _standing_key(call: Call, room: RoomId) -> str:
    """Return the key of the room's own link, of a new one if it has none.

    A link whose key can no longer be derived (the secret is another one) still
    opens the room for whoever holds it, but can't be shown: a new one takes over.
    """
    link = call.work.links.get_standing_link(room)
    if link is not None:
        key = derive_key(call.house.secret, link.id)
        if digest_key(key) == link.digest:
            return key
    return derive_key(call.house.secret, _make_link(call, room).id)


def _link_to(call: Call, key: str) -> str:
    return f"{call.caller.site}/join#{key}"


def show_link(call: Call, command: ShowLink) -> LinkShown:
    """Show the room's standing link; with `replace`, another one from now on."""
    membership = call.membership(command.room)
    if not may_invite(membership.role):
        raise Forbidden("You may not invite others into this room.")
    if command.replace:
        call.take_message()
        standing = call.work.links.get_standing_link(membership.room)
        if standing is not None:
            call.work.links.end_link(standing)
        _make_link(call, membership.room)
    key = _standing_key(call, membership.room)
    return LinkShown(key=key, link=_link_to(call, key))


def _read_link(call: Call, text: str) -> tuple[Link, Room]:
    link = call.work.links.get_link(digest_key(read_key(text)))
    room = None if link is None else call.work.rooms.get_room(link.room)
    if link is None or room is None:
        # Whoever guesses keys soon has to wait.
        call.take_join("guess")
        raise no_such_link()
    return link, room


def look_at_link(call: Call, command: LookAtLink) -> LookedAt:
    """Tell where a link leads; nothing changes by it."""
    link, room = _read_link(call, command.key)
    check_link(link, call.now)
    head = call.head(room.id)
    return LookedAt(
        room=LookedAtRoom(room.name, room.topic, head.members),
        here=tuple(call.house.here(room.id)[:HERE_AT_THE_LINK]),
    )


def join_room(call: Call, command: JoinRoom) -> Opened:
    """Let the asker in by a link, or open the room if they are in already."""
    link, room = _read_link(call, command.key)
    membership = call.work.members.get_membership(room.id, call.person)
    if membership is not None:
        return open_at(call, call.house.marks.on_membership(membership), command)
    check_link(link, call.now)
    call.take_join("join")
    person = call.write_down()
    if link.uses_left is not None:
        call.work.links.put_use(link)
    membership = _come_in(call, Membership(room.id, person.id, person.name, link.role))
    version = call.tell_place(membership)
    return open_at(call, membership, command, version)


def leave_room(call: Call, command: LeaveRoom) -> Departed:
    """Let the asker go; they are told nothing above their own `left`."""
    membership = call.membership(command.room)
    room, person = membership.room, membership.person
    if call.head(room).members <= CROWD:
        call.append(membership, Left(), ends=person)
    call.work.members.delete_membership(room, person)
    call.work.rooms.count_members(room, -1)
    call.undo.append(call.house.marks.forget(room, person))
    version = call.work.people.raise_version(person)
    call.news.append(LeftNews(person, version, room, call.caller.device))
    return Departed(version)


def rename_room(call: Call, command: RenameRoom) -> Changed:
    """Call the room otherwise."""
    name = clean_name(command.name)
    return _title(call, command.room, name=name)


def set_topic(call: Call, command: SetTopic) -> Changed:
    """Say what the room is about."""
    return _title(call, command.room, topic=clean_topic(command.topic))


def _title(
    call: Call, room_id: str, *, name: str | None = None, topic: str | None = None
) -> Changed:
    membership = call.membership(room_id)
    if not may_name(membership.role):
        raise Forbidden("Only the room's owner may change its name and topic.")
    call.take_message()
    room = call.room(membership)
    titled = msgspec.structs.replace(
        room,
        name=room.name if name is None else name,
        topic=room.topic if topic is None else topic,
    )
    call.work.rooms.put_title(titled)
    call.titles[room.id] = (titled.name, titled.topic)
    body = TopicSet(titled.topic) if name is None else Titled(titled.name)
    return Changed(call.append(membership, body).seq)
