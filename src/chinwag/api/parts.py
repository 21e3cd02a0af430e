"""What the HTTP edge is given: the ways in, and the facts that its answers tell."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from chinwag.ids import Dice, SystemDice
from chinwag.protocol.door import Door, Searches, Streams
from chinwag.protocol.site import Site


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the server that HTTP needs.

    Attributes:
        door: Where commands go in.
        streams: Where event streams are opened.
        searches: Where messages are looked for.
        site: The names of this server.
        epoch: Changes only when a backup is restored.
        version: This Chinwag's.
        page: The directory of the built page, there or not.
        health: Tells whether commands are taken just now.
        metrics: Returns the figures as Prometheus text.
        heartbeat: Seconds after which a silent event stream gives a sign of life.
        dice: Where ids come from that a program leaves to us.
    """

    door: Door
    streams: Streams
    searches: Searches
    site: Site
    epoch: str
    version: str
    page: Path
    health: Callable[[], bool]
    metrics: Callable[[], bytes]
    heartbeat: int
    dice: Dice = SystemDice()
