"""Fifty posts that wait together; whoever traces this process counts the fsyncs."""

import asyncio
import os
import sys
from pathlib import Path

from chinwag.protocol.commands import PostMessage
from chinwag.protocol.results import Posted
from tests.support.asking import ask_at_once, start_room
from tests.support.server import serving


def mark(word: str) -> None:
    """Leave a mark in the trace: nothing is there under such a name."""
    Path(f"/nothing/{word}").exists()


async def main(data: Path) -> None:
    """Post fifty messages in as many rooms as the command line says."""
    rooms = int(sys.argv[2])
    async with serving(data) as server:
        ada = await server.meet("Ada")
        founded = [(await start_room(server, ada)).room.id for _ in range(rooms)]
        asked = [
            (ada, PostMessage(id=n, room=founded[n % rooms], cmid=str(n), text="Hi"))
            for n in range(50)
        ]
        mark("begin")
        answers = await ask_at_once(server, list(asked))
        mark("end")
        assert all(isinstance(answer, Posted) for answer in answers)


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as the tests find their own
    asyncio.run(main(Path(sys.argv[1])))
