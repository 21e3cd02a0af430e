"""The plain way to read what was said: a SELECT of fifty rows, and `json.dumps`.

python -m bench.peers.pages_server PORT DATABASE
"""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from chinwag.ids import from_text
from chinwag.store.driver import sqlite

PAGE = 50
ROWS = 'SELECT seq, at, "by", kind, body FROM events WHERE room = ?'
BEFORE = f"{ROWS} AND seq < ? ORDER BY seq DESC LIMIT {PAGE}"
AROUND = f"{ROWS} AND seq BETWEEN ? AND ? ORDER BY seq"
COLUMNS = ("seq", "at", "by", "kind", "body")
NEWEST = 2**62


def read_page(database: Any, asked: dict[str, Any]) -> str:  # noqa: ANN401 - the driver's
    """Return the page that a command of Chinwag's protocol asks for."""
    room = from_text(asked["room"])
    if "around" in asked:
        first = asked["around"] - PAGE // 2
        rows = database.execute(AROUND, (room, first, first + PAGE - 1)).fetchall()
    else:
        last = asked.get("before", NEWEST)
        rows = database.execute(BEFORE, (room, last)).fetchall()[::-1]
    said: list[Any] = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return reply(asked, said)


def reply(asked: dict[str, Any], said: list[Any]) -> str:
    """Return an answer."""
    return json.dumps({"type": "reply", "id": asked["id"], "events": said})


async def talk(database: Any, connection: ServerConnection) -> None:  # noqa: ANN401 - the driver's
    """Answer whoever it is; nobody is asked whether they may."""
    async for text in connection:
        asked = json.loads(text)
        hello = asked["type"] == "hello"
        page = reply(asked, []) if hello else read_page(database, asked)
        await connection.send(page)


async def main(port: int, place: Path) -> None:
    """Serve until the process is ended."""
    database = sqlite.connect(f"file:{place}?mode=ro", uri=True)
    own = partial(talk, database)
    async with serve(own, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
