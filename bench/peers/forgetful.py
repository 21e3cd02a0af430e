"""Chinwag with a store that keeps no message: what is left is all but durability.

python -m bench.peers.forgetful serve --port PORT

Who is in which room is kept, since nobody could come in without it. Of a batch that has
only messages nothing is written, looked for or waited for.
"""

# It takes the store apart.
# pyright: reportPrivateUsage=false

import sys
from dataclasses import dataclass
from typing import Any

from bench.peers import Keeps
from bench.peers.chinwag import Chinwag
from chinwag.cli import main
from chinwag.domain.events import Message
from chinwag.store.log import Log
from chinwag.store.transaction import Transaction
from chinwag.store.work import Work


@dataclass(frozen=True)
class Forgetful(Chinwag):
    """The same server in all else."""

    program: Any = (sys.executable, "-m", "bench.peers.forgetful")
    name: str = "forgetful"
    keeps: Keeps = Keeps.NOTHING
    about: str = "Chinwag with a store that keeps no message, all else the same"


def forget_messages() -> None:
    """Take the store out of the way of messages, in this process."""
    flush, commit = Transaction._flush, Work.commit  # noqa: SLF001 - it takes it apart

    def flush_few(self: Transaction, count: int) -> None:
        rows = [row for _, row in self._rows[:count]]
        if not rows or any(row.get("kind") != Message.kind for row in rows):
            flush(self, count)
            return
        del self._rows[:count]
        for kept in self._kept:
            kept.take()

    async def commit_few(self: Work) -> bool:
        self.transaction.flush()
        if self.transaction.begun:
            return await commit(self)
        self._settle()
        return self.transaction.wrote

    def see_none(self: Log, wanted: Any) -> None:  # noqa: ANN401 - as it is there
        self._seen.update({key: self._seen.get(key) for key in wanted})

    Transaction._flush = flush_few  # noqa: SLF001 - as above
    Work.commit = commit_few
    Log.load_seen = see_none


if __name__ == "__main__":
    forget_messages()
    sys.argv[0] = "chinwag"
    main()
