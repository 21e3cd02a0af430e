"""A room on websockets, each member sent to in turn: `websockets_server.py PORT`."""

import asyncio
import json
import sys

from websockets.asyncio.server import ServerConnection, serve

ROOMS: dict[str, set[ServerConnection]] = {}


async def talk(connection: ServerConnection) -> None:
    """Let a newcomer in, and pass on what they say."""
    hello = json.loads(await connection.recv())
    members = ROOMS.setdefault(hello["room"], set())
    members.add(connection)
    await connection.send(json.dumps({"type": "joined"}))
    async for text in connection:
        event = {
            "type": "message",
            "by": hello["name"],
            "text": json.loads(text)["text"],
        }
        message = json.dumps(event)
        for member in members:
            await member.send(message)


async def main(port: int) -> None:
    """Serve until the process is ended."""
    async with serve(talk, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
