"""Places where the server can be made to fail, for the tests that prove what follows.

In life nothing is armed, and reaching a place looks at an empty table. No rule may
depend on it.
"""

import os
import re
import signal
import time
from typing import Final

import msgspec

from chinwag.errors import SettingInvalid

VARIABLE: Final = "CHINWAG_FAILPOINTS"
POINTS: Final = {
    "at-start": "the data directory is locked, and nothing is opened yet",
    "amid-migration": "a step of the schema is done, and not committed",
    "before-serving": "the database is open, and nobody can connect yet",
    "before-begin": "a batch is taken, and its transaction not yet opened",
    "after-decide": "all of a batch is decided, and nothing of it committed",
    "before-commit": "all of a batch is written, and COMMIT comes next",
    "after-commit": "a batch is on the disk, and nobody was told",
    "before-replies": "the rooms were told of a batch, its senders not yet",
    "between-batches": "a batch was told, and its bytes went to the sockets",
    "before-checkpoint": "the write-ahead log is about to be moved",
    "after-checkpoint": "the write-ahead log was moved",
    "before-page": "somebody's page of the log is about to be read",
    "before-index-commit": "new words are in the search index, and COMMIT comes next",
    "before-marks": "how far people have read is about to be written down",
    "while-stopping": "the server was told to stop, and all that waited is answered",
}
"""Where it can fail, and what is so there."""

_SPOKEN = re.compile(
    r"(?P<point>[a-z-]+)=(?P<act>kill|raise|sleep:(?P<seconds>[0-9.]+))"
    r"(?:@(?P<only>[1-9][0-9]*)|%(?P<every>[1-9][0-9]*))?"
)


class Reached(Exception):
    """A place was reached that was armed with `raise`."""


class _Armed(msgspec.Struct):
    """What happens at one place, and when."""

    act: str
    seconds: float
    only: int
    every: int
    count: int = 0

    def due(self) -> bool:
        """Count that the place was reached; tell whether it acts this time."""
        self.count += 1
        return self.count == self.only or (
            not self.only and self.count % self.every == 0
        )


_armed: dict[str, _Armed] = {}


def arm(said: str) -> None:
    """Let places act from now on: `POINT=ACT`, several with commas between.

    An act is `kill` (SIGKILL), `sleep:SECONDS` (which keeps whoever is there from all
    else) or `raise`. `@N` lets it act the N-th time only, `%N` every N-th time.

    Raises:
        SettingInvalid: It says something else.
    """
    armed: dict[str, _Armed] = {}
    for each in filter(None, said.split(",")):
        found = _SPOKEN.fullmatch(each.strip())
        if found is None or found["point"] not in POINTS:
            raise SettingInvalid(
                f"{VARIABLE} has {each!r}, which is no failpoint with an act; "
                f"there are {', '.join(POINTS)}."
            )
        armed[found["point"]] = _Armed(
            act=found["act"].partition(":")[0],
            seconds=float(found["seconds"] or 0),
            only=int(found["only"] or 0),
            every=int(found["every"] or 1),
        )
    _armed.clear()
    _armed.update(armed)


def reach(point: str) -> None:
    """Do what `point` is armed with: nothing, in life."""
    if _armed and point in _armed and _armed[point].due():
        _act(point, _armed[point])


def _act(point: str, armed: _Armed) -> None:
    match armed.act:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(armed.seconds)
        case _:
            raise Reached(point)
