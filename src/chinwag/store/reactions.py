"""Who put which emoji under which message."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import bindparam, delete, func, insert, select

from chinwag.ids import PersonId, RoomId, Seq
from chinwag.store.tables import reactions
from chinwag.store.transaction import Transaction

_OF_TARGET = (
    reactions.c.room == bindparam("of_room"),
    reactions.c.target == bindparam("of_target"),
)
_OF_ONE = (
    *_OF_TARGET,
    reactions.c.emoji == bindparam("of_emoji"),
    reactions.c.person == bindparam("of_person"),
)
_GET = select(reactions.c.seq).where(*_OF_ONE)
_PUT = insert(reactions)
_DELETE = delete(reactions).where(*_OF_ONE)
_DELETE_ALL = delete(reactions).where(*_OF_TARGET)

_emoji = reactions.c.emoji
_ranked = (
    select(
        reactions.c.emoji,
        reactions.c.person,
        func.row_number()
        .over(partition_by=_emoji, order_by=reactions.c.seq)
        .label("rank"),
        func.count().over(partition_by=_emoji).label("n"),
        func.min(reactions.c.seq).over(partition_by=_emoji).label("since"),
    )
    .where(*_OF_TARGET)
    .subquery()
)
_LIST_COUNTS = (
    select(_ranked.c.emoji, _ranked.c.n, _ranked.c.person)
    .where(_ranked.c.rank <= bindparam("shown"))
    .order_by(_ranked.c.since, _ranked.c.rank)
)


class Reactions:
    """The handlers' `Reactions`, over one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId, seq: Seq
    ) -> None:
        """Note a reaction."""
        self._transaction.write(
            _PUT,
            {
                "room": room,
                "target": target,
                "emoji": emoji,
                "person": person,
                "seq": seq,
            },
        )

    def has_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> bool:
        """Tell whether it is there."""
        key = _key(room, target, emoji, person)
        return bool(self._transaction.load(_GET, key))

    def delete_reaction(
        self, room: RoomId, target: Seq, emoji: str, person: PersonId
    ) -> None:
        """Take it back."""
        self._transaction.write(_DELETE, _key(room, target, emoji, person))

    def delete_reactions(self, room: RoomId, target: Seq) -> None:
        """Take all of a message's away."""
        self._transaction.write(_DELETE_ALL, {"of_room": room, "of_target": target})

    def list_counts(
        self, room: RoomId, target: Seq, shown: int
    ) -> list[tuple[str, int, Sequence[PersonId]]]:
        """Return each emoji, how many gave it, and the first `shown` of them.

        The emoji that came first stands first.
        """
        rows = self._transaction.load(
            _LIST_COUNTS, {"of_room": room, "of_target": target, "shown": shown}
        )
        return [
            (emoji, n, [person for _, _, person in group])
            for (emoji, n), group in groupby(rows, key=itemgetter(0, 1))
        ]


def _key(room: RoomId, target: Seq, emoji: str, person: PersonId) -> dict[str, object]:
    return {
        "of_room": room,
        "of_target": target,
        "of_emoji": emoji,
        "of_person": person,
    }
