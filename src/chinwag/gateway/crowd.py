"""Who is there: people with their devices, and who follows which room."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from chinwag.gateway.outbox import Outbox
from chinwag.ids import PersonId, RoomId
from chinwag.protocol.envelope import Push


class Crowd:
    """All clients whose person is known."""

    def __init__(self) -> None:
        # Few have more than one client, and a set would weigh four times as much.
        self._people: dict[PersonId, tuple[Outbox, ...]] = {}
        self._followers: dict[RoomId, list[Outbox]] = {}

    def enter(self, outbox: Outbox, person: PersonId) -> None:
        """Note whose client this is."""
        outbox.person = person
        others = (each for each in self.devices(person) if each is not outbox)
        self._people[person] = (*others, outbox)

    def leave(self, outbox: Outbox) -> None:
        """Forget a client."""
        for room in tuple(outbox.rooms):
            self.unfollow(outbox, RoomId(room))
        if outbox.person is None:
            return
        others = tuple(
            each for each in self.devices(outbox.person) if each is not outbox
        )
        if others:
            self._people[outbox.person] = others
        else:
            self._people.pop(outbox.person, None)

    def follow(self, outbox: Outbox, room: RoomId) -> None:
        """Note that a room is one of this client's person."""
        at, there = _find(outbox.rooms, room)
        if there:
            return
        followers = self._followers.setdefault(room, []) if outbox.personal else []
        outbox.rooms.insert(at, room)
        outbox.places.insert(at, len(followers))
        followers.append(outbox)

    def unfollow(self, outbox: Outbox, room: RoomId) -> None:
        """Note that it no longer is."""
        at, there = _find(outbox.rooms, room)
        if not there:
            return
        place = outbox.places[at]
        del outbox.rooms[at], outbox.places[at]
        if not outbox.personal:
            return
        followers = self._followers[room]
        last = followers.pop()
        if last is not outbox:
            followers[place] = last
            last.places[_find(last.rooms, room)[0]] = place
        if not followers:
            del self._followers[room]

    def followers(self, room: RoomId) -> Sequence[Outbox]:
        """Return the clients whose people are members of a room."""
        return self._followers.get(room, ())

    def devices(self, person: PersonId) -> tuple[Outbox, ...]:
        """Return somebody's clients."""
        return self._people.get(person, ())

    def everybody(self) -> list[Outbox]:
        """Return all clients."""
        return [outbox for devices in self._people.values() for outbox in devices]

    def push(self, person: PersonId, push: Push, *, but: int) -> None:
        """Tell somebody's clients what is theirs alone, `but` the one that knows."""
        for outbox in self.devices(person):
            if not but or outbox.device != but:
                outbox.push(push)


def _find(rooms: "array[int]", room: RoomId) -> tuple[int, bool]:
    """Return where a room is or should be, and whether it is there."""
    at = bisect_left(rooms, room)
    return at, at < len(rooms) and rooms[at] == room
