"""The rooms' logs: appending, folding changes in, and finding a message again."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, insert, select, tuple_, update

from chinwag.domain.events import Entry, Message
from chinwag.ids import Millis, PersonId, RoomId, Seq
from chinwag.store.rooms import Rooms
from chinwag.store.tables import edits, events
from chinwag.store.transaction import Parameters, Transaction

_SeenKey = tuple[RoomId, bytes]

_HERE = (events.c.room == bindparam("of_room"), events.c.seq == bindparam("of_seq"))
_GET = select(
    events.c.room,
    events.c.seq,
    events.c.at,
    events.c.by,
    events.c.kind,
    events.c.body,
    events.c.ordinal,
).where(*_HERE)
_LIST_SEEN = select(events.c.room, events.c.cmid, events.c.seq).where(
    # Without it SQLite does not see that the index holds all of them.
    events.c.cmid.is_not(None),
    tuple_(events.c.room, events.c.cmid).in_(bindparam("of", expanding=True)),
)
_PUT = insert(events)
_PUT_BODY = (
    update(events)
    .where(*_HERE)
    .values(body=bindparam("to"), changed=bindparam("to_changed"))
)
_PUT_EDIT = insert(edits)
_LIST_EDITS = (
    select(edits.c.seq, edits.c.first_text)
    .where(
        edits.c.room == bindparam("of_room"), edits.c.target == bindparam("of_target")
    )
    .order_by(edits.c.seq)
)


class Log:
    """The handlers' `Log`, over one transaction."""

    def __init__(self, transaction: Transaction, rooms: Rooms) -> None:
        self._transaction = transaction
        self._rooms = rooms
        self._seen: dict[_SeenKey, Seq | None] = {}

    def put_entry(  # noqa: PLR0913 - an event has so many columns
        self,
        room: RoomId,
        *,
        by: PersonId,
        kind: str,
        body: str,
        now: Millis,
        cmid: bytes | None = None,
        ends: PersonId | None = None,
    ) -> Entry:
        """Append an event under the next `seq` of the room."""
        head = self._rooms.get_head(room)
        if head is None:
            raise LookupError(room)
        said = 1 if kind == Message.kind else 0
        head = msgspec.structs.replace(
            head,
            seq=Seq(head.seq + 1),
            at=max(now, head.at),
            messages=head.messages + said,
        )
        entry = Entry(room, head.seq, head.at, by, kind, body, head.messages, ends)
        self._transaction.collect(_PUT, _event_row(entry, cmid))
        self._rooms.put_head(head)
        if cmid is not None:
            self._transaction.remember(self._seen, (room, cmid), head.seq)
        return entry

    def load_seen(self, wanted: Iterable[_SeenKey]) -> None:
        """Find many messages by their digests in one statement."""
        missing = [key for key in set(wanted) if key not in self._seen]
        if not missing:
            return
        self._seen.update(dict.fromkeys(missing))
        keys = [(room, bytearray(digest)) for room, digest in missing]
        for room, digest, seq in self._transaction.load_many(_LIST_SEEN, keys):
            self._seen[room, digest] = seq

    def get_seen(self, room: RoomId, cmid: bytes) -> Seq | None:
        """Return where the message with this digest stands."""
        key = room, cmid
        if key not in self._seen:
            self.load_seen((key,))
        return self._seen[key]

    def get_entry(self, room: RoomId, seq: Seq) -> Entry | None:
        """Return the event at `seq` as it is now, changes folded in."""
        rows = self._transaction.read(_GET, {"of_room": room, "of_seq": seq})
        return Entry(*rows[0]) if rows else None

    def count_messages(self, room: RoomId, seq: Seq) -> int:
        """Return how many messages the log holds up to `seq`."""
        entry = self.get_entry(room, seq)
        return 0 if entry is None else entry.messages

    def put_body(self, room: RoomId, seq: Seq, body: str, changed: Seq) -> None:
        """Fold the change at `changed` into the event at `seq`."""
        self._transaction.write(
            _PUT_BODY,
            {"of_room": room, "of_seq": seq, "to": body, "to_changed": changed},
        )

    def put_edit(self, room: RoomId, target: Seq, seq: Seq, first_text: bytes) -> None:
        """Note that `seq` edits `target`, whose first text had this digest."""
        row = {"room": room, "target": target, "seq": seq, "first_text": first_text}
        self._transaction.write(_PUT_EDIT, row)

    def get_first_text(self, room: RoomId, target: Seq) -> bytes | None:
        """Return the digest of an edited message's first text."""
        rows = self._transaction.load(
            _LIST_EDITS, {"of_room": room, "of_target": target}
        )
        return rows[0][1] if rows else None

    def list_edits(self, room: RoomId, target: Seq) -> list[Seq]:
        """Return where the edits of a message stand."""
        rows = self._transaction.load(
            _LIST_EDITS, {"of_room": room, "of_target": target}
        )
        return [seq for seq, _ in rows]


def _event_row(entry: Entry, cmid: bytes | None) -> Parameters:
    """Return a new event's row; what nothing has changed yet is left out.

    For every value that is neither text, a number nor a bytearray the driver looks
    whether somebody told it how to adapt it, a microsecond each.
    """
    return {
        "room": entry.room,
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.by,
        "kind": entry.kind,
        "ordinal": entry.messages,
        "cmid": None if cmid is None else bytearray(cmid),
        "body": entry.body,
    }
