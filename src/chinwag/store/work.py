"""The handlers' `Work`: one open transaction with all its nouns."""

from contextlib import AbstractContextManager

from sqlalchemy.exc import DBAPIError

from chinwag import failpoints
from chinwag.domain.wanted import Wanted
from chinwag.store.failures import translate
from chinwag.store.handle import Handle
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

    def __init__(self, handle: Handle, committer: Threads, memory: Memory) -> None:
        self._handle = handle
        self._committer = committer
        self.transaction = Transaction(handle)
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
        transaction = self.transaction
        transaction.flush()
        if not (transaction.wrote and transaction.begun):
            if transaction.begun:
                self._handle.rollback()
            self._settle()
            return False
        transaction.check()
        try:
            await self._committer.do(self._commit)
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
        try:
            self._handle.rollback()
        except DBAPIError as error:
            raise translate(error) from error

    def _commit(self) -> None:
        """Wait for the disk; on a thread of its own, so that the loop goes on."""
        failpoints.reach("before-commit")
        self._handle.commit()
