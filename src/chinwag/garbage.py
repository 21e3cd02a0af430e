"""When Python looks for circles of garbage, which nobody can do anything in meanwhile.

What a batch makes is gone with the batch, a refusal with its answer and a connection
with its end: none leaves circles behind, so there is hardly anything to look for.
"""

import gc

from chinwag.clock import Clock

QUIET_SECONDS = 600.0
LONGEST_SECONDS = 6 * 3600.0
MOST_NEW = 2_000_000
"""Objects that may be there more than last time: some 40,000 connections."""


class Garbage:
    """Looks through all objects when nobody waits, and otherwise once in hours.

    Even among the newest objects Python's own collector looks for 30 ms and more once
    thousands of connections are busy.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = clock.monotonic()
        self._asked = 0

    def begin(self) -> None:
        """Never look again at what is there now: it lives as long as the server."""
        gc.collect()
        gc.freeze()
        gc.disable()
        self._at = self._clock.monotonic()

    def look(self, *, asked: int) -> bool:
        """Look through all objects if it is time; tell whether it was.

        Args:
            asked: How much was asked of the server so far; told once a second.
        """
        quiet, self._asked = asked == self._asked, asked
        passed = self._clock.monotonic() - self._at
        due = passed >= (QUIET_SECONDS if quiet else LONGEST_SECONDS)
        if not due and gc.get_count()[0] < MOST_NEW:
            return False
        gc.collect()
        self._at = self._clock.monotonic()
        return True
