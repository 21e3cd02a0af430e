"""Guests who have spoken and are in no room yet.

They live in memory only: whoever starts or joins nothing leaves nothing behind.
"""

from collections import OrderedDict
from collections.abc import Callable

from chinwag.domain.model import Person
from chinwag.ids import PersonId

MOST_WAITING = 20_000
"""Above so many the one who came first is forgotten."""


class Lobby:
    """Guests under their token's digest and their id."""

    def __init__(self) -> None:
        self._people: OrderedDict[PersonId, tuple[Person, bytes]] = OrderedDict()
        self._by_token: dict[bytes, PersonId] = {}

    def __len__(self) -> int:
        return len(self._people)

    def enter(self, person: Person, token: bytes) -> Callable[[], None]:
        """Keep a guest, or what has changed of one; return how to take it back."""
        before = self._people.get(person.id)
        self._people[person.id] = (person, token)
        self._by_token[token] = person.id

        def take_back() -> None:
            if before is None:
                self.leave(person.id)
            else:
                self._people[person.id] = before

        return take_back

    def forget_oldest(self) -> None:
        """Forget those who came first, as far as too many wait."""
        while len(self._people) > MOST_WAITING:
            _, (_, oldest) = self._people.popitem(last=False)
            del self._by_token[oldest]

    def get(self, person: PersonId) -> tuple[Person, bytes] | None:
        """Return a guest and the digest of their token."""
        return self._people.get(person)

    def get_by_token(self, token: bytes) -> Person | None:
        """Return whose token it is."""
        person = self._by_token.get(token)
        return None if person is None else self._people[person][0]

    def leave(self, person: PersonId) -> Callable[[], None]:
        """Forget a guest who was written down, or ended their session.

        Returns how to take it back.
        """
        found = self._people.pop(person, None)
        if found is None:
            return lambda: None
        del self._by_token[found[1]]

        def take_back() -> None:
            self.enter(*found)

        return take_back
