"""The ways into rooms. Of a link's key only a digest is kept."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, insert, select, update

from chinwag.domain.model import Link, Role
from chinwag.ids import Millis, PersonId, RoomId
from chinwag.store.tables import links
from chinwag.store.transaction import Transaction, Values

_COLUMNS = (
    links.c.id,
    links.c.room,
    links.c.role,
    links.c.digest,
    links.c.expires_at,
    links.c.uses_left,
    links.c.ended,
)
_LIST = select(*_COLUMNS).where(links.c.digest.in_(bindparam("of", expanding=True)))
_GET_STANDING = (
    select(*_COLUMNS)
    .where(
        links.c.room == bindparam("of"),
        links.c.standing.is_(True),
        links.c.ended.is_(False),
    )
    .order_by(links.c.id.desc())
    .limit(1)
)
_PUT = insert(links)
_PUT_USE = (
    update(links)
    .where(links.c.id == bindparam("of"))
    .values(uses_left=links.c.uses_left - 1)
)
_END = update(links).where(links.c.id == bindparam("of")).values(ended=True)


class Links:
    """The handlers' `Links`, over one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[bytes, Link | None] = {}
        self._standing: dict[RoomId, Link | None] = {}

    def load(self, wanted: Iterable[bytes]) -> None:
        """Fetch many links in one statement."""
        missing = [(digest,) for digest in set(wanted) if digest not in self._known]
        if not missing:
            return
        self._known.update(dict.fromkeys(digest for (digest,) in missing))
        for row in self._transaction.load_many(_LIST, missing):
            link = _to_link(row)
            self._known[link.digest] = link

    def get_link(self, digest: bytes) -> Link | None:
        """Return the link whose key has this digest."""
        self.load((digest,))
        return self._known[digest]

    def get_standing_link(self, room: RoomId) -> Link | None:
        """Return the room's own link, the one that is shown."""
        if room not in self._standing:
            rows = self._transaction.load(_GET_STANDING, {"of": room})
            self._standing[room] = _to_link(rows[0]) if rows else None
        return self._standing[room]

    def put_link(self, link: Link, by: PersonId, now: Millis) -> None:
        """Write down a new standing link."""
        self._transaction.collect(
            _PUT,
            {
                "id": link.id,
                "room": link.room,
                "role": link.role.value,
                "digest": link.digest,
                "expires_at": link.expires_at,
                "uses_left": link.uses_left,
                "ended": link.ended,
                "standing": True,
                "by": by,
                "created_at": now,
            },
        )
        self._transaction.remember(self._known, link.digest, link)
        self._transaction.remember(self._standing, link.room, link)

    def put_use(self, link: Link) -> None:
        """Count one use down."""
        self._transaction.write(_PUT_USE, {"of": link.id})
        if link.uses_left is not None:
            used = msgspec.structs.replace(link, uses_left=link.uses_left - 1)
            self._transaction.remember(self._known, link.digest, used)

    def end_link(self, link: Link) -> None:
        """Make it worth nothing."""
        self._transaction.write(_END, {"of": link.id})
        ended = msgspec.structs.replace(link, ended=True)
        self._transaction.remember(self._known, link.digest, ended)
        self._transaction.remember(self._standing, link.room, None)


def _to_link(row: Values) -> Link:
    number, room, role, digest, expires_at, uses_left, ended = row
    return Link(
        number, room, Role(role), digest, expires_at, uses_left, ended=bool(ended)
    )
