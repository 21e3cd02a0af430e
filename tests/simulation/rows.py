"""The store as a model: rows in a dictionary, and one open transaction over them.

It has the guarantees of `handlers/ports.py` in the plainest way. Values are never
changed in place, so that a copy of the dictionary is a copy of all that is durable.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from chinwag.domain.events import Entry, Message
from chinwag.domain.model import Head, Link, Membership, Person, Place, Room
from chinwag.ids import Millis, PersonId, RoomId, Seq

Rows = dict[tuple[Any, ...], Any]
_NEW = object()


class Transaction:
    """What one batch reads and writes: all nouns of the handlers' `Work`."""

    def __init__(self, durable: Rows) -> None:
        self._durable = durable
        self.written: Rows = {}
        self._undo: list[tuple[tuple[Any, ...], Any]] = []

    def _get(self, *key: Any) -> Any:  # noqa: ANN401 - a row of any table
        found = self.written.get(key, _NEW)
        return self._durable.get(key) if found is _NEW else found

    def _put(self, key: tuple[Any, ...], value: object) -> None:
        self._undo.append((key, self.written.get(key, _NEW)))
        self.written[key] = value

    @contextmanager
    def attempt(self) -> Generator[None]:
        """Undo all that was done inside if an exception leaves it."""
        self._undo.clear()
        try:
            yield
        except BaseException:
            for key, before in reversed(self._undo):
                if before is _NEW:
                    del self.written[key]
                else:
                    self.written[key] = before
            raise

    # People

    def get_person(self, person: PersonId) -> Person | None:
        return self._get("person", person)

    def get_person_by_token(self, digest: bytes) -> Person | None:
        person = self._get("session", digest)
        return None if person is None else self._get("person", person)

    def put_person(self, person: Person, token: bytes, now: Millis) -> None:
        del now
        self._put(("person", person.id), person)
        self._put(("session", token), person.id)

    def put_name(self, person: PersonId, name: str) -> None:
        self._put(("person", person), replace(self._get("person", person), name=name))

    def raise_version(self, person: PersonId) -> int:
        known = self._get("person", person)
        self._put(("person", person), replace(known, version=known.version + 1))
        return known.version + 1

    def delete_session(self, digest: bytes) -> PersonId | None:
        person = self._get("session", digest)
        if person is not None:
            self._put(("session", digest), None)
        return person

    # Rooms

    def get_room(self, room: RoomId) -> Room | None:
        return self._get("room", room)

    def get_room_by_cmid(self, digest: bytes) -> RoomId | None:
        return self._get("founded", digest)

    def put_room(self, room: Room, cmid: bytes | None, now: Millis) -> None:
        del now
        self._put(("room", room.id), room)
        self._put(("head", room.id), Head(room.id))
        if cmid is not None:
            assert self._get("founded", cmid) is None, "a cmid is unique"
            self._put(("founded", cmid), room.id)

    def put_title(self, room: Room) -> None:
        self._put(("room", room.id), room)

    def get_head(self, room: RoomId) -> Head | None:
        return self._get("head", room)

    def count_members(self, room: RoomId, change: int) -> Head:
        known = self._get("head", room)
        head = replace(known, members=known.members + change)
        self._put(("head", room), head)
        return head

    # Members

    def get_membership(self, room: RoomId, person: PersonId) -> Membership | None:
        known = self._get("member", room, person)
        if known is None:
            return None
        name = self._get("person", person).name
        return known if known.name == name else replace(known, name=name)

    def put_membership(self, membership: Membership) -> None:
        room, person = membership.room, membership.person
        self._put(("member", room, person), membership)
        rooms = self._get("rooms", person) or ()
        self._put(("rooms", person), (*rooms, room))

    def delete_membership(self, room: RoomId, person: PersonId) -> None:
        self._put(("member", room, person), None)
        rooms = self._get("rooms", person)
        self._put(("rooms", person), tuple(other for other in rooms if other != room))

    def list_places(self, person: PersonId) -> list[Place]:
        places: list[Place] = []
        for room in self._get("rooms", person) or ():
            known = self._get("member", room, person)
            places.append(
                Place(
                    room=self._get("room", room),
                    head=self._get("head", room),
                    role=known.role,
                    read=known.read,
                    read_messages=known.read_messages,
                )
            )
        return sorted(places, key=lambda place: (-place.head.at, place.room.id))

    def forget_names(self, person: PersonId) -> None:
        """Nothing: names are looked up."""

    def put_reads(self, reads: Iterable[tuple[RoomId, PersonId, Seq, int]]) -> None:
        for room, person, seq, messages in reads:
            known = self._get("member", room, person)
            if known is not None:
                known = replace(known, read=seq, read_messages=messages)
                self._put(("member", room, person), known)

    # The log

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
        head = self._get("head", room)
        said = kind == Message.kind
        seq, at = Seq(head.seq + 1), max(now, head.at)
        head = replace(head, seq=seq, at=at, messages=head.messages + said)
        entry = Entry(room, seq, at, by, kind, body, head.messages, ends)
        self._put(("head", room), head)
        self._put(("event", room, seq), entry)
        if cmid is not None:
            assert self._get("seen", room, cmid) is None, "a cmid is unique"
            self._put(("seen", room, cmid), seq)
        if ends is not None:
            self._put(("left", room, ends), seq)
        return entry

    def get_entry(self, room: RoomId, seq: Seq) -> Entry | None:
        return self._get("event", room, seq)

    def count_messages(self, room: RoomId, seq: Seq) -> int:
        entry = self._get("event", room, seq)
        return 0 if entry is None else entry.messages

    def get_seen(self, room: RoomId, cmid: bytes) -> Seq | None:
        return self._get("seen", room, cmid)

    def put_body(self, room: RoomId, seq: Seq, body: str, changed: Seq) -> None:
        entry = self._get("event", room, seq)
        self._put(("event", room, seq), replace(entry, body=body))
        changes = self._get("changes", room, seq) or ()
        self._put(("changes", room, seq), (*changes, changed))

    def put_edit(self, room: RoomId, target: Seq, seq: Seq, first_text: bytes) -> None:
        edits = self._get("edits", room, target) or ()
        self._put(("edits", room, target), (*edits, (seq, first_text)))

    def get_first_text(self, room: RoomId, target: Seq) -> bytes | None:
        edits = self._get("edits", room, target)
        return edits[0][1] if edits else None

    def list_edits(self, room: RoomId, target: Seq) -> list[Seq]:
        return [seq for seq, _ in self._get("edits", room, target) or ()]

    # Reactions

    def put_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId, seq: Seq
    ) -> None:
        given = self._get("reactions", room, target) or ()
        self._put(("reactions", room, target), (*given, (seq, emoji, person)))

    def has_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> bool:
        given = self._get("reactions", room, target) or ()
        return any(it[1] == emoji and it[2] == person for it in given)

    def delete_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> None:
        kept = tuple(
            it
            for it in self._get("reactions", room, target)
            if it[1] != emoji or it[2] != person
        )
        self._put(("reactions", room, target), kept)

    def delete_reactions(self, room: RoomId, target: Seq) -> None:
        self._put(("reactions", room, target), ())

    def list_counts(
        self, room: RoomId, target: Seq, shown: int
    ) -> list[tuple[str, int, Sequence[PersonId]]]:
        found: dict[str, list[PersonId]] = {}
        given: tuple[tuple[Seq, str, PersonId], ...]
        given = self._get("reactions", room, target) or ()
        for _, emoji, person in sorted(given):
            found.setdefault(emoji, []).append(person)
        return [(emoji, len(by), by[:shown]) for emoji, by in found.items()]

    # Links

    def get_link(self, digest: bytes) -> Link | None:
        number = self._get("key", digest)
        return None if number is None else self._get("link", number)

    def get_standing_link(self, room: RoomId) -> Link | None:
        number = self._get("standing", room)
        link = None if number is None else self._get("link", number)
        return None if link is None or link.ended else link

    def put_link(self, link: Link, by: PersonId, now: Millis) -> None:
        del by, now
        self._put(("link", link.id), link)
        self._put(("key", link.digest), link.id)
        self._put(("standing", link.room), link.id)

    def put_use(self, link: Link) -> None:
        left = None if link.uses_left is None else link.uses_left - 1
        self._put(("link", link.id), replace(link, uses_left=left))

    def end_link(self, link: Link) -> None:
        self._put(("link", link.id), replace(link, ended=True))
