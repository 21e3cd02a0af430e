"""People, and the sessions by which they are known again."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from chinwag.domain.model import Person
from chinwag.ids import Millis, PersonId
from chinwag.store.tables import people, sessions
from chinwag.store.transaction import Kept, Parameters, Transaction

_COLUMNS = (people.c.id, people.c.name, people.c.guest, people.c.version)
_LIST = select(*_COLUMNS).where(people.c.id.in_(bindparam("of", expanding=True)))
_LIST_BY_TOKEN = (
    select(sessions.c.digest, *_COLUMNS)
    .join(sessions, sessions.c.person == people.c.id)
    .where(sessions.c.digest.in_(bindparam("of", expanding=True)))
)
_PUT = insert(people)
_PUT_SESSION = insert(sessions)
_PUT_NAME = (
    update(people).where(people.c.id == bindparam("of")).values(name=bindparam("to"))
)
_PUT_VERSION = (
    update(people).where(people.c.id == bindparam("of")).values(version=bindparam("to"))
)
_DELETE_SESSION = (
    delete(sessions)
    .where(sessions.c.digest == bindparam("of"))
    .returning(sessions.c.person)
)


class People:
    """The handlers' `People`, over one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._people: Kept[PersonId, Person] = transaction.keep(
            _PUT_VERSION, _version_row
        )
        self._by_token: dict[bytes, PersonId | None] = {}

    def load(self, wanted: Iterable[PersonId]) -> None:
        """Fetch many people in one statement."""
        known = self._people.known
        missing = [(person,) for person in set(wanted) if person not in known]
        if not missing:
            return
        known.update(dict.fromkeys(person for (person,) in missing))
        for row in self._transaction.load_many(_LIST, missing):
            person = _to_person(*row)
            known[person.id] = person

    def load_tokens(self, wanted: Iterable[bytes]) -> None:
        """Fetch in one statement whose sessions these are."""
        missing = [(each,) for each in set(wanted) if each not in self._by_token]
        if not missing:
            return
        self._by_token.update(dict.fromkeys(digest for (digest,) in missing))
        rows = self._transaction.load_many(_LIST_BY_TOKEN, missing)
        for digest, *columns in rows:
            person = _to_person(*columns)
            self._by_token[digest] = person.id
            # What this batch has changed of somebody is newer.
            self._people.known.setdefault(person.id, person)

    def get_person(self, person: PersonId) -> Person | None:
        """Return somebody who was written down."""
        self.load((person,))
        return self._people.known[person]

    def get_person_by_token(self, digest: bytes) -> Person | None:
        """Return whose session it is."""
        self.load_tokens((digest,))
        person = self._by_token[digest]
        return None if person is None else self.get_person(person)

    def put_person(self, person: Person, token: bytes, now: Millis) -> None:
        """Write down a new person and the digest of their token."""
        transaction = self._transaction
        transaction.collect(
            _PUT,
            {
                "id": person.id,
                "name": person.name,
                "guest": person.guest,
                "version": person.version,
                "created_at": now,
            },
        )
        session = {"digest": token, "person": person.id, "created_at": now}
        transaction.collect(_PUT_SESSION, session)
        transaction.remember(self._people.known, person.id, person)
        transaction.remember(self._by_token, token, person.id)

    def put_name(self, person: PersonId, name: str) -> None:
        """Give somebody another name."""
        self._transaction.write(_PUT_NAME, {"of": person, "to": name})
        known = self._people.known.get(person)
        if known is not None:
            named = msgspec.structs.replace(known, name=name)
            self._transaction.remember(self._people.known, person, named)

    def raise_version(self, person: PersonId) -> int:
        """Count a change of what is this person's alone; return the new count."""
        known = self.get_person(person)
        if known is None:
            raise LookupError(person)
        raised = msgspec.structs.replace(known, version=known.version + 1)
        self._transaction.change(self._people, person, raised)
        return raised.version

    def delete_session(self, digest: bytes) -> PersonId | None:
        """Make a token worth nothing; return whose it was."""
        gone = self._transaction.write(_DELETE_SESSION, {"of": digest})
        self._transaction.remember(self._by_token, digest, None)
        return gone[0][0] if gone else None


def _version_row(person: Person) -> Parameters:
    return {"of": person.id, "to": person.version}


def _to_person(number: PersonId, name: str, guest: int, version: int) -> Person:
    return Person(number, name, bool(guest), version)
