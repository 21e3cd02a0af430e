"""The class demo's way: one loop, everything in memory, `broadcast` to everyone.

python -m bench.peers.demo_server PORT [plain]
"""

import asyncio
import json
import sys
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

ROOMS: dict[str, set[ServerConnection]] = {}
SAID: dict[str, list[str]] = {}


async def talk(connection: ServerConnection) -> None:
    """Let a newcomer in, tell what was said before, then pass on what they say."""
    hello = json.loads(await connection.recv())
    room, name = hello["room"], hello["name"]
    members = ROOMS.setdefault(room, set())
    said = SAID.setdefault(room, [])
    members.add(connection)
    try:
        await connection.send(json.dumps({"type": "joined", "room": room}))
        for message in said:
            await connection.send(message)
        async for text in connection:
            event = {"type": "message", "by": name, "text": json.loads(text)["text"]}
            message = json.dumps(event)
            said.append(message)
            broadcast(members, message)
    finally:
        members.discard(connection)


async def main(port: int, **options: Any) -> None:  # noqa: ANN401 - the library's own
    """Serve until the process is ended."""
    async with serve(talk, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


if __name__ == "__main__":
    plain = {"compression": None} if "plain" in sys.argv[2:] else {}
    asyncio.run(main(int(sys.argv[1]), **plain))
