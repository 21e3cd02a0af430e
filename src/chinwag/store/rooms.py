"""Rooms, and where their logs end."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, insert, select, update

from chinwag.domain.model import Head, Room, RoomKind
from chinwag.ids import Millis, RoomId
from chinwag.store.tables import heads, rooms
from chinwag.store.transaction import Transaction

_GET = select(rooms.c.id, rooms.c.name, rooms.c.topic, rooms.c.kind).where(
    rooms.c.id == bindparam("of")
)
_GET_BY_CMID = select(rooms.c.id).where(rooms.c.cmid == bindparam("of"))
_PUT = insert(rooms)
_PUT_TITLE = (
    update(rooms)
    .where(rooms.c.id == bindparam("of"))
    .values(name=bindparam("to_name"), topic=bindparam("to_topic"))
)
_PUT_HEAD = insert(heads)
_LIST_HEADS = select(
    heads.c.room, heads.c.head, heads.c.last_at, heads.c.messages, heads.c.members
).where(heads.c.room.in_(bindparam("of", expanding=True)))


class Rooms:
    """The handlers' `Rooms`, over one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load_heads(self, wanted: Iterable[RoomId]) -> None:
        """Fetch the heads of many rooms in one statement."""
        known = self._transaction.heads
        missing = [room for room in set(wanted) if room not in known]
        if not missing:
            return
        known.update(dict.fromkeys(missing))
        for row in self._transaction.load(_LIST_HEADS, {"of": missing}):
            known[row.room] = Head(*row)

    def get_head(self, room: RoomId) -> Head | None:
        """Return where the log ends; None for no such room."""
        self.load_heads((room,))
        return self._transaction.heads[room]

    def count_members(self, room: RoomId, change: int) -> Head:
        """Add `change` to the number of members; return the head with it."""
        head = self.get_head(room)
        if head is None:
            raise LookupError(room)
        head = msgspec.structs.replace(head, members=head.members + change)
        self._transaction.collect_head(head)
        return head

    def get_room(self, room: RoomId) -> Room | None:
        """Return a room."""
        rows = self._transaction.load(_GET, {"of": room})
        return _to_room(*rows[0]) if rows else None

    def get_room_by_cmid(self, digest: bytes) -> RoomId | None:
        """Return the room that was founded under this digest."""
        rows = self._transaction.load(_GET_BY_CMID, {"of": digest})
        return rows[0].id if rows else None

    def put_room(self, room: Room, cmid: bytes | None, now: Millis) -> None:
        """Write down a new room with an empty log."""
        self._transaction.write(
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
        head = Head(room.id)
        self._transaction.write(
            _PUT_HEAD,
            {"room": room.id, "head": 0, "last_at": 0, "messages": 0, "members": 0},
        )
        self._transaction.remember(self._transaction.heads, room.id, head)

    def put_title(self, room: RoomId, name: str, topic: str) -> None:
        """Call it otherwise."""
        title = {"of": room, "to_name": name, "to_topic": topic}
        self._transaction.write(_PUT_TITLE, title)


def _to_room(number: RoomId, name: str, topic: str, kind: str) -> Room:
    return Room(number, name, topic, RoomKind(kind))
