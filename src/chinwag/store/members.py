"""Who is in which room, and how far they have read."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, delete, insert, select, tuple_, update

from chinwag.domain.model import Head, Membership, Place, Role, Room, RoomKind
from chinwag.ids import PersonId, RoomId, Seq
from chinwag.store.memory import Memory
from chinwag.store.tables import heads, memberships, people, rooms
from chinwag.store.transaction import Transaction

_Key = tuple[RoomId, PersonId]

_LIST = (
    select(
        memberships.c.room,
        memberships.c.person,
        people.c.name,
        memberships.c.role,
        memberships.c.read,
        memberships.c.read_messages,
    )
    .join(people, people.c.id == memberships.c.person)
    .where(
        tuple_(memberships.c.room, memberships.c.person).in_(
            bindparam("of", expanding=True)
        )
    )
)
_PUT = insert(memberships)
_DELETE = delete(memberships).where(
    memberships.c.room == bindparam("of_room"),
    memberships.c.person == bindparam("of_person"),
)
_PUT_READ = (
    update(memberships)
    .where(
        memberships.c.room == bindparam("of_room"),
        memberships.c.person == bindparam("of_person"),
    )
    .values(read=bindparam("to"), read_messages=bindparam("to_messages"))
)
_LIST_PLACES = (
    select(
        rooms.c.id,
        rooms.c.name,
        rooms.c.topic,
        rooms.c.kind,
        heads.c.head,
        heads.c.last_at,
        heads.c.messages,
        heads.c.members,
        memberships.c.role,
        memberships.c.read,
        memberships.c.read_messages,
    )
    .join(rooms, rooms.c.id == memberships.c.room)
    .join(heads, heads.c.room == memberships.c.room)
    .where(memberships.c.person == bindparam("of"))
    .order_by(heads.c.last_at.desc(), rooms.c.id)
)


class Members:
    """The handlers' `Members`, over one transaction."""

    def __init__(self, transaction: Transaction, memory: Memory) -> None:
        self._transaction = transaction
        self._memory = memory.memberships
        self._known: dict[_Key, Membership | None] = {}
        self._fresh: set[_Key] = set()

    def load(self, wanted: Iterable[_Key]) -> None:
        """Fetch many memberships in one statement."""
        missing = self._memory.recall(set(wanted), self._known)
        if not missing:
            return
        self._known.update(dict.fromkeys(missing))
        rows = self._transaction.load_many(_LIST, missing)
        for room, person, name, role, read, messages in rows:
            self._known[room, person] = Membership(
                room, person, name, Role(role), read, messages
            )

    def get_membership(self, room: RoomId, person: PersonId) -> Membership | None:
        """Return what somebody is in a room; None: nothing."""
        key = room, person
        if key not in self._known:
            self.load((key,))
        return self._known[key]

    def put_membership(self, membership: Membership) -> None:
        """Let somebody in."""
        self._transaction.collect(
            _PUT,
            {
                "room": membership.room,
                "person": membership.person,
                "role": membership.role.value,
                "read": membership.read,
                "read_messages": membership.read_messages,
            },
        )
        key = membership.room, membership.person
        self._fresh.add(key)
        self._remember(key, membership)

    def delete_membership(self, room: RoomId, person: PersonId) -> None:
        """Let somebody go."""
        row = {"of_room": room, "of_person": person}
        if (room, person) in self._fresh:
            # Collected rows go out first where they delete: this one must wait.
            self._transaction.write(_DELETE, row)
        else:
            self._transaction.collect(_DELETE, row)
        self._remember((room, person), None)

    def forget_names(self, person: PersonId) -> None:
        """Forget the memberships under which somebody had another name."""
        for key in [key for key in self._known if key[1] == person]:
            del self._known[key]
        self._memory.forget_where(lambda key: key[1] == person)

    def put_reads(self, reads: Iterable[tuple[RoomId, PersonId, Seq, int]]) -> None:
        """Write down how far people have read: `seq` and messages up to it."""
        reads = list(reads)
        self._transaction.write_many(
            _PUT_READ,
            [
                {
                    "of_room": room,
                    "of_person": person,
                    "to": seq,
                    "to_messages": messages,
                }
                for room, person, seq, messages in reads
            ],
        )
        for room, person, seq, messages in reads:
            known = self._known.get((room, person))
            if known is not None:
                known = msgspec.structs.replace(known, read=seq, read_messages=messages)
                self._remember((room, person), known)
            else:
                self._memory.forget((room, person))

    def _remember(self, key: _Key, membership: Membership | None) -> None:
        self._memory.forget(key)
        self._transaction.remember(self._known, key, membership)

    def settle(self) -> None:
        """Remember what is known: it is durable."""
        self._memory.remember(self._known)

    def list_places(self, person: PersonId) -> list[Place]:
        """Return somebody's rooms, the one with the newest event first."""
        rows = self._transaction.read(_LIST_PLACES, {"of": person})
        return [
            Place(
                room=Room(number, name, topic, RoomKind(kind)),
                head=Head(number, *head),
                role=Role(role),
                read=read,
                read_messages=read_messages,
            )
            for number, name, topic, kind, *head, role, read, read_messages in rows
        ]
