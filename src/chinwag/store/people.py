"""People, and the sessions by which they are known again."""

from sqlalchemy import bindparam, delete, insert, select, update

from chinwag.domain.model import Person
from chinwag.ids import Millis, PersonId
from chinwag.store.tables import people, sessions
from chinwag.store.transaction import Transaction

_COLUMNS = (people.c.id, people.c.name, people.c.guest, people.c.version)
_GET = select(*_COLUMNS).where(people.c.id == bindparam("of"))
_GET_BY_TOKEN = (
    select(*_COLUMNS)
    .join(sessions, sessions.c.person == people.c.id)
    .where(sessions.c.digest == bindparam("of"))
)
_PUT = insert(people)
_PUT_SESSION = insert(sessions)
_PUT_NAME = (
    update(people).where(people.c.id == bindparam("of")).values(name=bindparam("to"))
)
_RAISE_VERSION = (
    update(people)
    .where(people.c.id == bindparam("of"))
    .values(version=people.c.version + 1)
    .returning(people.c.version)
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

    def get_person(self, person: PersonId) -> Person | None:
        """Return somebody who was written down."""
        rows = self._transaction.load(_GET, {"of": person})
        return Person(*rows[0]) if rows else None

    def get_person_by_token(self, digest: bytes) -> Person | None:
        """Return whose session it is."""
        rows = self._transaction.load(_GET_BY_TOKEN, {"of": digest})
        return Person(*rows[0]) if rows else None

    def put_person(self, person: Person, token: bytes, now: Millis) -> None:
        """Write down a new person and the digest of their token."""
        self._transaction.write(
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
        self._transaction.write(_PUT_SESSION, session)

    def put_name(self, person: PersonId, name: str) -> None:
        """Give somebody another name."""
        self._transaction.write(_PUT_NAME, {"of": person, "to": name})

    def raise_version(self, person: PersonId) -> int:
        """Count a change of what is this person's alone; return the new count."""
        return self._transaction.write(_RAISE_VERSION, {"of": person}).scalar_one()

    def delete_session(self, digest: bytes) -> PersonId | None:
        """Make a token worth nothing; return whose it was."""
        gone = self._transaction.write(_DELETE_SESSION, {"of": digest})
        return gone.scalar_one_or_none()
