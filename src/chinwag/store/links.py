"""The ways into rooms. Of a link's key only a digest is kept."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from chinwag.domain.model import Link, Role
from chinwag.ids import LinkId, Millis, PersonId, RoomId
from chinwag.store.tables import links
from chinwag.store.transaction import Transaction

_COLUMNS = (
    links.c.id,
    links.c.room,
    links.c.role,
    links.c.digest,
    links.c.expires_at,
    links.c.uses_left,
    links.c.ended,
)
_GET = select(*_COLUMNS).where(links.c.digest == bindparam("of"))
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

    def get_link(self, digest: bytes) -> Link | None:
        """Return the link whose key has this digest."""
        rows = self._transaction.load(_GET, {"of": digest})
        return _to_link(rows[0]) if rows else None

    def get_standing_link(self, room: RoomId) -> Link | None:
        """Return the room's own link, the one that is shown."""
        rows = self._transaction.load(_GET_STANDING, {"of": room})
        return _to_link(rows[0]) if rows else None

    def put_link(self, link: Link, by: PersonId, now: Millis) -> None:
        """Write down a new standing link."""
        self._transaction.write(
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

    def put_use(self, link: LinkId) -> None:
        """Count one use down."""
        self._transaction.write(_PUT_USE, {"of": link})

    def end_link(self, link: LinkId) -> None:
        """Make it worth nothing."""
        self._transaction.write(_END, {"of": link})


def _to_link(row: Row[Any]) -> Link:
    return Link(
        id=row.id,
        room=row.room,
        role=Role(row.role),
        digest=row.digest,
        expires_at=row.expires_at,
        uses_left=row.uses_left,
        ended=row.ended,
    )
