"""A room on aiohttp, each member sent to in turn: `aiohttp_server.py PORT`."""

import json
import sys

import uvloop
from aiohttp import WSMsgType, web

ROOMS: dict[str, set[web.WebSocketResponse]] = {}


async def talk(request: web.Request) -> web.WebSocketResponse:
    """Let a newcomer in, and pass on what they say."""
    connection = web.WebSocketResponse(compress=False)
    await connection.prepare(request)
    hello = await connection.receive_json()
    members = ROOMS.setdefault(hello["room"], set())
    members.add(connection)
    await connection.send_str(json.dumps({"type": "joined"}))
    async for heard in connection:
        if heard.type is not WSMsgType.TEXT:
            break
        event = {"type": "message", "by": hello["name"], "text": heard.json()["text"]}
        message = json.dumps(event)
        for member in members:
            await member.send_str(message)
    return connection


app = web.Application()
app.router.add_get("/", talk)
uvloop.install()
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
