"""The handlers' `Work`: one open transaction with all its nouns."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Executor
from contextlib import AbstractContextManager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chinwag.errors import StorageFailed
from chinwag.ids import PersonId, RoomId
from chinwag.store.failures import translate
from chinwag.store.links import Links
from chinwag.store.log import Log
from chinwag.store.members import Members
from chinwag.store.people import People
from chinwag.store.reactions import Reactions
from chinwag.store.rooms import Rooms
from chinwag.store.transaction import Transaction


class Work:
    """One batch's reads and writes."""

    def __init__(self, connection: Connection, committer: Executor) -> None:
        self._connection = connection
        self._committer = committer
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

    async def commit(self) -> bool:
        """Make it durable; return whether there was anything to write."""
        transaction = self._connection.get_transaction()
        if transaction is None:
            raise StorageFailed("The transaction was lost before its COMMIT.")
        self.transaction.flush()
        if not self.transaction.wrote:
            transaction.rollback()
            return False
        self.transaction.check()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._committer, transaction.commit)
        except DBAPIError as error:
            raise translate(error) from error
        return True

    def abandon(self) -> None:
        """Undo all of it."""
        transaction = self._connection.get_transaction()
        try:
            if transaction is not None:
                transaction.rollback()
            # A COMMIT that failed has ended SQLAlchemy's transaction, not SQLite's.
            self._connection.connection.rollback()
        except DBAPIError as error:
            raise translate(error) from error
