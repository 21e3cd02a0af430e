"""A server that tells what Python would have to look for.

To be started as `circles.py FILE python -m chinwag …`. Once a second it looks through
all objects, and writes how many are in circles that nobody can reach, by type, as a
line of JSON. As they are never thrown away, each line counts those before, too.
"""

import gc
import json
import sys
from collections import Counter
from pathlib import Path

from typing_extensions import override

from chinwag import app, cli
from chinwag.clock import SystemClock
from chinwag.garbage import Garbage


class Tell(Garbage):
    """Looks whenever it may, and throws nothing away."""

    file: Path

    @override
    def begin(self) -> None:
        super().begin()
        gc.set_debug(gc.DEBUG_SAVEALL)

    @override
    def look(self, *, asked: int) -> bool:
        gc.collect()
        found = Counter(type(each).__qualname__ for each in gc.garbage)
        gc.garbage.clear()
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
        return True


if __name__ == "__main__":
    assert isinstance(Tell(SystemClock()), Garbage)
    Tell.file = Path(sys.argv[1])
    app.Garbage = Tell
    sys.argv = ["chinwag", *sys.argv[5:]]
    sys.exit(cli.main())
