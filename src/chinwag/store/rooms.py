"""Rooms, and where their logs end."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, insert, select, update

from chinwag.domain.model import Head, Room, RoomKind
from chinwag.ids import Millis, RoomId
from chinwag.store.memory import Memory
from chinwag.store.tables import heads, rooms
from chinwag.store.transaction import Kept, Parameters, Transaction

_LIST = select(rooms.c.id, rooms.c.name, rooms.c.topic, rooms.c.kind).where(
    rooms.c.id.in_(bindparam("of", expanding=True))
)
_GET_BY_CMID = select(rooms.c.id).where(rooms.c.cmid == bindparam("of"))
_PUT = insert(rooms)
_PUT_TITLE = (
    update(rooms)
    .where(rooms.c.id == bindparam("of"))
    .values(name=bindparam("to_name"), topic=bindparam("to_topic"))
)
_PUT_NEW_HEAD = insert(heads)
_PUT_HEAD = (
    update(heads)
    .where(heads.c.room == bindparam("of"))
    .values(
        head=bindparam("to_head"),
        last_at=bindparam("to_last_at"),
        messages=bindparam("to_messages"),
        members=bindparam("to_members"),
    )
)
_LIST_HEADS = select(
    heads.c.room, heads.c.head, heads.c.last_at, heads.c.messages, heads.c.members
).where(heads.c.room.in_(bindparam("of", expanding=True)))


class Rooms:
    """The handlers' `Rooms`, over one transaction."""

    def __init__(self, transaction: Transaction, memory: Memory) -> None:
        self._transaction = transaction
        self._memory = memory
        self._heads: Kept[RoomId, Head] = transaction.keep(_PUT_HEAD, _head_row)
        self._known: dict[RoomId, Room | None] = {}
        self._by_cmid: dict[bytes, RoomId | None] = {}

    def load(self, wanted: Iterable[RoomId]) -> None:
        """Fetch many rooms in one statement."""
        wanted = self._memory.rooms.recall(set(wanted), self._known)
        if not wanted:
            return
        self._known.update(dict.fromkeys(wanted))
        missing = [(room,) for room in wanted]
        for number, name, topic, kind in self._transaction.load_many(_LIST, missing):
            self._known[number] = Room(number, name, topic, RoomKind(kind))

    def load_heads(self, wanted: Iterable[RoomId]) -> None:
        """Fetch the heads of many rooms in one statement."""
        known = self._heads.known
        wanted = self._memory.heads.recall(set(wanted), known)
        if not wanted:
            return
        known.update(dict.fromkeys(wanted))
        missing = [(room,) for room in wanted]
        for row in self._transaction.load_many(_LIST_HEADS, missing):
            head = Head(*row)
            known[head.room] = head

    def get_head(self, room: RoomId) -> Head | None:
        """Return where the log ends; None for no such room."""
        known = self._heads.known
        if room not in known:
            self.load_heads((room,))
        return known[room]

    def put_head(self, head: Head) -> None:
        """Let the log end there."""
        self._memory.heads.forget(head.room)
        self._transaction.change(self._heads, head.room, head)

    def count_members(self, room: RoomId, change: int) -> Head:
        """Add `change` to the number of members; return the head with it."""
        head = self.get_head(room)
        if head is None:
            raise LookupError(room)
        head = msgspec.structs.replace(head, members=head.members + change)
        self.put_head(head)
        return head

    def get_room(self, room: RoomId) -> Room | None:
        """Return a room."""
        self.load((room,))
        return self._known[room]

    def get_room_by_cmid(self, digest: bytes) -> RoomId | None:
        """Return the room that was founded under this digest."""
        if digest not in self._by_cmid:
            rows = self._transaction.load(_GET_BY_CMID, {"of": digest})
            self._by_cmid[digest] = rows[0][0] if rows else None
        return self._by_cmid[digest]

    def put_room(self, room: Room, cmid: bytes | None, now: Millis) -> None:
        """Write down a new room with an empty log."""
        transaction = self._transaction
        transaction.collect(
            _PUT,
            {
                "id": room.id,
                "name": room.name,
                "topic": room.topic,
                "kind": room.kind.value,
                "cmid": cmid,
                "created_at": now,
            },
        )
        transaction.collect(
            _PUT_NEW_HEAD,
            {"room": room.id, "head": 0, "last_at": 0, "messages": 0, "members": 0},
        )
        transaction.remember(self._known, room.id, room)
        transaction.remember(self._heads.known, room.id, Head(room.id))
        if cmid is not None:
            transaction.remember(self._by_cmid, cmid, room.id)

    def put_title(self, room: Room) -> None:
        """Call it otherwise."""
        self._memory.rooms.forget(room.id)
        title = {"of": room.id, "to_name": room.name, "to_topic": room.topic}
        self._transaction.write(_PUT_TITLE, title)
        self._transaction.remember(self._known, room.id, room)

    def settle(self) -> None:
        """Remember what is known: it is durable."""
        self._memory.rooms.remember(self._known)
        self._memory.heads.remember(self._heads.known)


def _head_row(head: Head) -> Parameters:
    return {
        "of": head.room,
        "to_head": head.seq,
        "to_last_at": head.at,
        "to_messages": head.messages,
        "to_members": head.members,
    }
