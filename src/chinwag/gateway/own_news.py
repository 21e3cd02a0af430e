"""What is somebody's own, and was told just now.

An answer that was decided amid a batch is given after all of the batch was told: its
client may have to be told some of it again.
"""

from collections.abc import Iterator

from chinwag.gateway.outbox import Outbox
from chinwag.ids import PersonId
from chinwag.protocol.envelope import Push, RoomGone


class OwnNews:
    """The pushes of one turn of the loop, each for one person's clients but one."""

    def __init__(self) -> None:
        self._told: list[tuple[PersonId, int, int, Push]] = []

    def note(self, person: PersonId, device: int, version: int, push: Push) -> None:
        """Note what is told to all of somebody's clients but `device`."""
        self._told.append((person, device, version, push))

    def newer(self, outbox: Outbox, version: int) -> list[Push]:
        """Return what a client that knows `version` does not know."""
        return [push for newer, push in self._of(outbox) if newer > version]

    def gone(self, outbox: Outbox, room: str) -> list[Push]:
        """Return what tells a client that a room is no longer its person's."""
        return [
            push
            for _, push in self._of(outbox)
            if isinstance(push, RoomGone) and push.room == room
        ]

    def _of(self, outbox: Outbox) -> Iterator[tuple[int, Push]]:
        for person, device, version, push in self._told:
            if person == outbox.person and device != outbox.device:
                yield version, push

    def clear(self) -> None:
        """Begin another turn."""
        self._told.clear()
