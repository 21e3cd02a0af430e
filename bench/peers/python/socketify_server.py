"""A room on uWebSockets, by its own topics: `socketify_server.py PORT`."""

import json
import sys

from socketify import App, AppListenOptions, OpCode, Request, Response, WebSocket

app = App()
NAMES: dict[int, tuple[str, str]] = {}


def open_(_ws: WebSocket) -> None:
    """Wait for the first word."""


def message(ws: WebSocket, said: str, _opcode: int) -> None:
    """Let a newcomer in, and pass on what they say."""
    heard, known = json.loads(said), ws.get_user_data()
    if not known:
        return
    if not known["room"]:
        known.update(heard)
        ws.subscribe(heard["room"])
        ws.send(json.dumps({"type": "joined"}), OpCode.TEXT)
        return
    event = {"type": "message", "by": known["name"], "text": heard["text"]}
    app.publish(known["room"], json.dumps(event), OpCode.TEXT)


def upgrade(res: Response, req: Request, context: object) -> None:
    """Accept whoever comes."""
    key = req.get_header("sec-websocket-key")
    protocol = req.get_header("sec-websocket-protocol")
    extensions = req.get_header("sec-websocket-extensions")
    res.upgrade(key, protocol, extensions, context, {"room": "", "name": ""})


app.ws("/*", {"open": open_, "message": message, "upgrade": upgrade})
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _: None)
app.run()
