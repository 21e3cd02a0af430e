"""A room on picows, each member sent to in turn: `picows_server.py PORT`."""

import json
import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

ROOMS: dict[str, set[WSTransport]] = {}


class Member(WSListener):
    """One connection."""

    def __init__(self) -> None:
        super().__init__()
        self.members: set[WSTransport] | None = None
        self.name = ""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Let a newcomer in, and pass on what they say."""
        if frame.msg_type is not WSMsgType.TEXT:
            return
        said = json.loads(frame.get_payload_as_bytes())
        if self.members is None:
            self.members, self.name = (
                ROOMS.setdefault(said["room"], set()),
                said["name"],
            )
            self.members.add(transport)
            transport.send(WSMsgType.TEXT, json.dumps({"type": "joined"}).encode())
            return
        event = {"type": "message", "by": self.name, "text": said["text"]}
        message = json.dumps(event).encode()
        for member in self.members:
            member.send(WSMsgType.TEXT, message)


async def main(port: int) -> None:
    """Serve until the process is ended."""
    server = await ws_create_server(lambda _: Member(), "127.0.0.1", port)
    await server.serve_forever()


uvloop.run(main(int(sys.argv[1])))
