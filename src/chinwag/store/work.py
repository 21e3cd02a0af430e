"""The handlers' `Work`: one open transaction with all its nouns."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from chinwag.ids import PersonId, RoomId
from chinwag.store.links import Links
from chinwag.store.log import Log
from chinwag.store.members import Members
from chinwag.store.people import People
from chinwag.store.reactions import Reactions
from chinwag.store.rooms import Rooms
from chinwag.store.transaction import Transaction


class Work:
    """One batch's reads and writes."""

    def __init__(self, connection: Connection) -> None:
        self.transaction = Transaction(connection)
        self.people = People(self.transaction)
        self.rooms = Rooms(self.transaction)
        self.members = Members(self.transaction)
        self.log = Log(self.transaction, self.rooms)
        self.reactions = Reactions(self.transaction)
        self.links = Links(self.transaction)

    def load(
        self,
        memberships: Iterable[tuple[RoomId, PersonId]],
        cmids: Iterable[tuple[RoomId, bytes]],
    ) -> None:
        """Fetch what a batch surely needs, in one statement a table."""
        memberships = list(memberships)
        self.members.load(memberships)
        self.rooms.load_heads(room for room, _ in memberships)
        self.log.load_seen(cmids)

    def attempt(self) -> AbstractContextManager[None]:
        """Undo all that was done inside if an exception leaves it."""
        return self.transaction.attempt()
