"""Who is there: people with their devices, and who follows which room."""

from collections.abc import Iterable

from chinwag.gateway.outbox import Outbox
from chinwag.ids import PersonId, RoomId
from chinwag.protocol.envelope import Push


class Crowd:
    """All clients whose person is known."""

    def __init__(self) -> None:
        self._people: dict[PersonId, set[Outbox]] = {}
        self._followers: dict[RoomId, set[Outbox]] = {}

    def enter(self, outbox: Outbox, person: PersonId) -> None:
        """Note whose client this is."""
        outbox.person = person
        self._people.setdefault(person, set()).add(outbox)

    def leave(self, outbox: Outbox) -> None:
        """Forget a client."""
        for room in tuple(outbox.rooms):
            self.unfollow(outbox, room)
        if outbox.person is None:
            return
        devices = self._people.get(outbox.person, set())
        devices.discard(outbox)
        if not devices:
            self._people.pop(outbox.person, None)

    def follow(self, outbox: Outbox, room: RoomId) -> None:
        """Note that a room is one of this client's person."""
        outbox.rooms.add(room)
        if outbox.personal:
            self._followers.setdefault(room, set()).add(outbox)

    def unfollow(self, outbox: Outbox, room: RoomId) -> None:
        """Note that it no longer is."""
        outbox.rooms.discard(room)
        followers = self._followers.get(room)
        if followers is not None:
            followers.discard(outbox)
            if not followers:
                del self._followers[room]

    def followers(self, room: RoomId) -> Iterable[Outbox]:
        """Return the clients whose people are members of a room."""
        return self._followers.get(room, ())

    def devices(self, person: PersonId) -> tuple[Outbox, ...]:
        """Return somebody's clients."""
        return tuple(self._people.get(person, ()))

    def everybody(self) -> list[Outbox]:
        """Return all clients."""
        return [outbox for devices in self._people.values() for outbox in devices]

    def push(self, person: PersonId, push: Push, *, but: int) -> None:
        """Tell somebody's clients what is theirs alone, `but` the one that knows."""
        for outbox in self.devices(person):
            if not but or outbox.device != but:
                outbox.push(push)
