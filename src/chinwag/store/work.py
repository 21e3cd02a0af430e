"""The handlers' `Work`: one open transaction with all its nouns."""

from contextlib import AbstractContextManager
from functools import partial

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.domain.wanted import Wanted
from chinwag.errors import StorageFailed
from chinwag.store.failures import translate
from chinwag.store.links import Links
from chinwag.store.log import Log
from chinwag.store.members import Members
from chinwag.store.memory import Memory
from chinwag.store.people import People
from chinwag.store.reactions import Reactions
from chinwag.store.rooms import Rooms
from chinwag.store.threads import Threads
from chinwag.store.transaction import Transaction


class Work:
    """One batch's reads and writes."""

    def __init__(
        self, connection: Connection, committer: Threads, memory: Memory
    ) -> None:
        self._connection = connection
        self._committer = committer
        self.transaction = Transaction(connection)
        self.people = People(self.transaction)
        self.rooms = Rooms(self.transaction, memory)
        self.members = Members(self.transaction, memory)
        self.log = Log(self.transaction, self.rooms)
        self.reactions = Reactions(self.transaction)
        self.links = Links(self.transaction)

    def load(self, wanted: Wanted) -> None:
        """Fetch what a batch surely needs, in one statement a table."""
        memberships, rooms = set(wanted.memberships), set(wanted.rooms)
        people = set(wanted.people)
        self.links.load(digest for digest, _ in wanted.links)
        for digest, person in wanted.links:
            link = self.links.get_link(digest)
            if link is not None:
                rooms.add(link.room)
                if person is not None:
                    people.add(person)
                    memberships.add((link.room, person))
        self.people.load_tokens(wanted.tokens)
        self.people.load(people)
        self.members.load(memberships)
        self.rooms.load(rooms)
        self.rooms.load_heads(rooms.union(room for room, _ in memberships))
        self.log.load_seen(wanted.cmids)

    def attempt(self) -> AbstractContextManager[None]:
        """Undo all that was done inside if an exception leaves it."""
        return self.transaction.attempt()

    async def commit(self) -> bool:
        """Make it durable; return whether there was anything to write."""
        self.transaction.flush()
        transaction = self._connection.get_transaction()
        if not self.transaction.wrote:
            if transaction is not None:
                transaction.rollback()
            self._settle()
            return False
        if transaction is None:
            raise StorageFailed("The transaction was lost before its COMMIT.")
        self.transaction.check()
        try:
            await self._committer.do(partial(_commit, transaction))
        except DBAPIError as error:
            raise translate(error) from error
        self._settle()
        failpoints.reach("after-commit")
        return True

    def _settle(self) -> None:
        # What was read amid a command that came to nothing may have come to nothing.
        if not self.transaction.took_back:
            self.rooms.settle()
            self.members.settle()

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


def _commit(transaction: RootTransaction) -> None:
    """Wait for the disk; on a thread of its own, so that the loop goes on."""
    failpoints.reach("before-commit")
    transaction.commit()
