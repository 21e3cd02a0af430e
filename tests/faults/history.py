"""What all devices did and saw, in one list: what the checker reads.

A history is a list of records, JSON objects of which files hold one a line. Every
record has `t` (seconds of one monotonic clock, the same for all devices), `device`
(one socket after the other, of one person) and `what`. The kinds:

- `person`: who the device is. `id`.
- `invoke`: a command was written to the socket. `op` (a number that no other command
  of the history has), `command` (its fields, `type` included, `id` left out).
- `ok`: it was answered. `op`, `result`.
- `fail`: it was refused. `op`, `code`. A refused command has done nothing.
- `unknown`: the connection was lost before its answer. `op`. It may have happened.
- `opened`: an opening begins. `room`, `head`, `from`, `reset`, `after` (or None).
- `delivered`: a frame of events. `room`, `from`, `events` as the wire has them.
- `page`: what `history` returned. `room`, `head`, `events`.
- `lost`: the socket is gone, and every opening on it.
- `fault`: something was done to the server or its world. `fault` (its name), `facts`.
- `log`: a room as it is at the very end, read from 1 to its head by a member who was
  never disturbed. `room`, `events`, `raw` (what stands in the database for each `seq`,
  as {seq, by, kind, at}, or None where nobody can look into it).
"""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class History:
    """Records in the order in which they were noted."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._ops = count(1)

    def next_op(self) -> int:
        """Return a number for a command that no other has."""
        return next(self._ops)

    def note(self, device: str, what: str, **facts: Any) -> None:  # noqa: ANN401 - what JSON holds
        """Add a record of this moment."""
        self.records.append(
            {"t": time.monotonic(), "device": device, "what": what, **facts}
        )

    def of(self, what: str) -> Iterator[Record]:
        """Return the records of a kind."""
        return (record for record in self.records if record["what"] == what)

    def write(self, path: Path) -> None:
        """Keep it, a line a record."""
        with path.open("w", encoding="utf-8") as file:
            for record in self.records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_history(path: Path) -> History:
    """Return what `History.write` kept."""
    history = History()
    with path.open(encoding="utf-8") as file:
        history.records = [json.loads(line) for line in file]
    return history
