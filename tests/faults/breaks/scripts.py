"""Short histories written by hand: Ada's room, into which Bob has come.

script = Script()
op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
script.ok(op, seq=3, at=3, duplicate=False)
script.end(message(3, ADA, "a", "Hello"))
"""

from tests.faults.history import History, Record

ADA, BOB, EVE = "a1", "b2", "e3"
ROOM = "r1"
PEOPLE = {"Ada": ADA, "Bob": BOB, "Eve": EVE}
BEGINNING: list[Record] = [
    {"seq": 1, "kind": "joined", "at": 1, "by": ADA},
    {"seq": 2, "kind": "joined", "at": 2, "by": BOB},
]


def event(kind: str, seq: int, by: str, **fields: object) -> Record:
    """Return an event at a time that is its place."""
    return {"seq": seq, "kind": kind, "at": seq, "by": by} | fields


def message(seq: int, by: str, cmid: str, text: str | None, **more: object) -> Record:
    """Return a message."""
    return event("message", seq, by, cmid=cmid, text=text, **more)


class Script:
    """A history that somebody writes, a moment after the other."""

    def __init__(self) -> None:
        self.history = History()
        for device in ("Ada/1", "Bob/1"):
            self.greet(device)
        start = self.say("Ada/1", "start_room")
        self.ok(start, room={"id": ROOM}, head=1, reset=False, **{"from": 1})
        join = self.say("Bob/1", "join_room", key="key")
        self.ok(join, room={"id": ROOM}, head=2, reset=False, **{"from": 1})
        self.opened("Bob/1", head=2)

    def note(self, device: str, what: str, **facts: object) -> None:
        """Add a record, a second after the last one."""
        t = float(len(self.history.records))
        self.history.records.append({"t": t, "device": device, "what": what, **facts})

    def greet(self, device: str) -> None:
        """Let a device be known."""
        self.note(device, "person", id=PEOPLE[device.partition("/")[0]])

    def say(self, device: str, type: str, **fields: object) -> int:
        """Say something about the room; return its number."""
        op = self.history.next_op()
        room = {} if type in {"start_room", "join_room"} else {"room": ROOM}
        command = {"type": type} | room | fields
        self.note(device, "invoke", op=op, command=command)
        return op

    def ok(self, op: int, **result: object) -> None:
        """Acknowledge it."""
        self.note(self._device(op), "ok", op=op, result=result)

    def fail(self, op: int, code: str = "rate_limited") -> None:
        """Refuse it."""
        self.note(self._device(op), "fail", op=op, code=code)

    def lose(self, device: str, *ops: int) -> None:
        """Lose a socket, and the answers to what was said on it."""
        for op in ops:
            self.note(device, "unknown", op=op)
        self.note(device, "lost")

    def _device(self, op: int) -> str:
        said = (r for r in self.history.of("invoke") if r["op"] == op)
        return next(said)["device"]

    def post(self, device: str, seq: int, cmid: str, text: str = "Hello") -> None:
        """Say something, and have it acknowledged."""
        op = self.say(device, "post_message", cmid=cmid, text=text)
        self.ok(op, seq=seq, at=seq, duplicate=False)

    def opened(self, device: str, head: int, start: int = 1) -> None:
        """Begin an opening."""
        facts = {"head": head, "from": start, "reset": False}
        self.note(device, "opened", room=ROOM, after=None, **facts)

    def told(self, device: str, *events: Record) -> None:
        """Deliver events."""
        facts = {"from": events[0]["seq"], "events": list(events)}
        self.note(device, "delivered", room=ROOM, **facts)

    def look(self, device: str, head: int, *events: Record) -> None:
        """Ask for the newest page, and get it."""
        op = self.say(device, "history")
        self.ok(op, events=list(events), head=head)
        self.note(device, "page", room=ROOM, head=head, events=list(events))

    def end(self, *events: Record) -> History:
        """Read the log, which goes on with these events after the beginning."""
        whole = [*BEGINNING, *events]
        self.note("", "log", room=ROOM, events=whole, raw=None)
        return self.history
