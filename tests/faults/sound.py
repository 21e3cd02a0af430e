"""Makes histories as a server that keeps its word would, whatever its clients do.

Sockets break in both directions, what is under way arrives late or never, readers are
slow, the server dies; people say again what was not answered. All by one seed.
"""

from collections import deque
from dataclasses import dataclass, field
from random import Random

from tests.faults.history import History
from tests.faults.model import Frame, Model, No, Room

TEA = "\U0001f375"
PEOPLE = {"Ada": "a1", "Bob": "b2", "Eve": "e3"}
OPENERS = {"start_room", "join_room", "open_room"}
AGAIN = {"rate_limited", "out_of_order"}
MOST_FLYING = 6


@dataclass
class Opening:
    """A room that is open on a socket, told up to `cursor`."""

    room: Room
    cursor: int


@dataclass(eq=False)
class Socket:
    """What is under way both ways. One that broke may still have something to say."""

    person: str
    up: deque[tuple[int, Frame]] = field(default_factory=deque[tuple[int, Frame]])
    down: deque[Frame] = field(default_factory=deque[Frame])
    openings: dict[str, Opening] = field(default_factory=dict[str, Opening])
    alive: bool = True
    slow: bool = False


@dataclass(eq=False)
class Phone:
    """One device: what it holds, what it waits for, what it has to say again."""

    name: str
    person: str
    socket: Socket | None = None
    held: dict[str, Frame | None] = field(default_factory=dict[str, Frame | None])
    flying: dict[int, Frame] = field(default_factory=dict[int, Frame])
    unsaid: deque[Frame] = field(default_factory=deque[Frame])
    posted: list[Frame] = field(default_factory=list[Frame])


class World:
    """People, their devices, what lies between, and one server."""

    def __init__(self, seed: int, *, phones: int = 2) -> None:
        self.chance = Random(seed)  # noqa: S311 - the same world every time
        self.history = History()
        self.model = Model(self.chance)
        self.phones = [
            Phone(f"{name}/{n + 1}", person)
            for name, person in PEOPLE.items()
            for n in range(phones)
        ]
        self._sockets: list[Socket] = []
        self._time = 100.0
        self._cmids = 0

    def run(self, steps: int) -> History:
        """Let so much happen; return the history, with the logs at its end."""
        self._begin()
        deeds = [self._speak] * 10 + [self._serve] * 11 + [self._hear] * 12
        deeds += [self._advance] * 4 + [self._rarely]
        for _ in range(steps):
            self.chance.choice(deeds)()
        if self.chance.random() < 0.5:
            for phone in self.phones:
                self._lose(phone)
        for room in self.model.rooms.values():
            self._note_log(room)
        return self.history

    def _note(self, device: str, what: str, **facts: object) -> None:
        self._time += self.chance.random() / 1000
        self.history.records.append(
            {"t": self._time, "device": device, "what": what, **facts}
        )

    def _note_log(self, room: Room) -> None:
        events = room.read(1, room.head)
        raw = [{name: e[name] for name in ("seq", "by", "kind", "at")} for e in events]
        self._note("", "log", room=room.id, events=events, raw=raw)

    def _begin(self) -> None:
        for phone in self.phones:
            self._connect(phone)
        for phone in self.phones[: self.chance.choice((1, 1, 2))]:
            self._tell(phone, {"type": "start_room"})
        for _ in range(4 * len(self.phones)):
            self._serve()
            self._hear()
        for phone in self.phones[1:]:
            for room in self.model.rooms.values():
                self._tell(phone, {"type": "join_room", "key": room.key})

    # The devices

    def _connect(self, phone: Phone) -> None:
        phone.socket = Socket(phone.person)
        self._sockets.append(phone.socket)
        op = self.history.next_op()
        self._note(phone.name, "invoke", op=op, command={"type": "hello"})
        self._note(phone.name, "ok", op=op, result={"me": {"id": phone.person}})
        self._note(phone.name, "person", id=phone.person)

    def _tell(self, phone: Phone, said: Frame) -> None:
        if phone.socket is None:
            return
        op = self.history.next_op()
        self._note(phone.name, "invoke", op=op, command=said)
        phone.flying[op] = said
        phone.socket.up.append((op, said))

    def _speak(self) -> None:
        phone = self.chance.choice(self.phones)
        if phone.socket is None:
            self._come_back(phone)
        elif phone.unsaid:
            self._tell(phone, phone.unsaid.popleft())
        elif len(phone.flying) < MOST_FLYING:
            said = self._wish(phone)
            if said is not None:
                self._tell(phone, said)
                if said["type"] == "post_message" and self.chance.random() < 0.05:
                    self._tell(self._other(phone), said)

    def _come_back(self, phone: Phone) -> None:
        self._connect(phone)
        for room, last in phone.held.items():
            said: Frame = {"type": "open_room", "room": room}
            if last is not None and self.chance.random() < 0.9:
                at = last["at"] + (self.chance.random() < 0.05)
                said |= {"after": last["seq"], "at": at}
                said |= self.chance.choice([{}, {"most": 10**6}, {"most": 4}])
            self._tell(phone, said)

    def _wish(self, phone: Phone) -> Frame | None:
        rooms = list(self.model.rooms.values())
        if not rooms:
            return None
        room = self.chance.choice(rooms)
        if room.id not in phone.held:
            return {"type": "join_room", "key": room.key}
        place: Frame = {"room": room.id}
        roll = self.chance.random()
        if roll < 0.5:
            self._cmids += 1
            place |= {"cmid": f"c{self._cmids}", "text": f"text {self._cmids} "}
            if self.chance.random() < 0.5:
                place |= self._behind(phone, room)
            return {"type": "post_message"} | place
        if roll < 0.53 and phone.posted:
            return self.chance.choice(phone.posted) | self.chance.choice(
                [{}, {}, {"text": "Another"}]
            )
        if roll < 0.85:
            return self._change(phone, place, room)
        return self._look_or_go(place, room)

    def _behind(self, phone: Phone, room: Room) -> Frame:
        flying = [*phone.flying.values()]
        for said in reversed(flying):
            if said["type"] == "post_message" and said["room"] == room.id:
                return {"behind": said["cmid"]}
        return {}

    def _change(self, phone: Phone, place: Frame, room: Room) -> Frame:
        newest = room.events[-20:]
        own = [e for e in newest if e["kind"] == "message" and e["by"] == phone.person]
        seq = self.chance.choice(own[-3:] or newest)["seq"]
        if self.chance.random() < 0.3:
            seq = self.chance.choice(newest)["seq"]
        self._cmids += 1
        return place | self.chance.choice(
            [
                {"type": "edit_message", "seq": seq, "text": f"edit {self._cmids}"},
                {"type": "edit_message", "seq": seq, "text": f"edit {self._cmids}"},
                {"type": "delete_message", "seq": seq},
                {"type": "react", "seq": seq, "emoji": TEA, "on": True},
                {"type": "react", "seq": seq, "emoji": "+1", "on": self._often()},
            ]
        )

    def _often(self) -> bool:
        return self.chance.random() < 0.6

    def _look_or_go(self, place: Frame, room: Room) -> Frame:
        where = self.chance.randint(0, room.head + 2)
        named = self.chance.choice(["before", "after", "around"])
        limit = self.chance.choice([{}, {"limit": 3}, {"limit": 20}])
        return place | self.chance.choice(
            [
                {"type": "history"} | limit,
                {"type": "history", named: where} | limit,
                {"type": "history", named: where} | limit,
                {"type": "open_room"},
                {"type": "close_room"},
                {"type": "leave_room"},
                {"type": "set_topic", "topic": f"topic {where}"},
            ]
        )

    # The server

    def _serve(self) -> None:
        waiting = [socket for socket in self._sockets if socket.up]
        if not waiting:
            return
        socket = self.chance.choice(waiting)
        op, said = socket.up.popleft()
        try:
            result = self.model.do(socket.person, said)
        except No as no:
            socket.down.append({"what": "fail", "op": op, "code": no.args[0]})
            return
        for room, event in self.model.fresh:
            self._fan_out(room, event)
        self.model.fresh.clear()
        socket.down.append({"what": "ok", "op": op, "result": result})
        if said["type"] in OPENERS and socket.alive:
            room = self.model.rooms[result["room"]["id"]]
            socket.openings[room.id] = Opening(room, result["from"] - 1)
        if said["type"] == "close_room":
            socket.openings.pop(said["room"], None)

    def _fan_out(self, room: Room, event: Frame) -> None:
        for socket in self._sockets:
            opening = socket.openings.get(room.id)
            if opening is None:
                continue
            if not socket.slow and opening.cursor == event["seq"] - 1:
                self._deliver(socket, opening, [dict(event)])
            if event["kind"] == "left" and event["by"] == socket.person:
                del socket.openings[room.id]

    def _deliver(self, socket: Socket, opening: Opening, events: list[Frame]) -> None:
        opening.cursor = events[-1]["seq"]
        last: Frame = socket.down[-1] if socket.down else {"what": ""}
        same = last["what"] == "delivered" and last["room"] == opening.room.id
        if same and self.chance.random() < 0.5:
            last["events"] += events
            return
        socket.down.append(
            {"what": "delivered", "room": opening.room.id}
            | {"from": events[0]["seq"], "events": events}
        )

    def _advance(self) -> None:
        """Let one who is behind read a little more of the log, as it is now."""
        behind = [
            (socket, opening)
            for socket in self._sockets
            if not socket.slow
            for opening in socket.openings.values()
            if opening.cursor < opening.room.head
        ]
        if behind:
            socket, opening = self.chance.choice(behind)
            first, some = opening.cursor + 1, self.chance.choice((1, 4, 50))
            self._deliver(socket, opening, opening.room.read(first, first + some))

    # What lies between

    def _hear(self) -> None:
        full = [phone for phone in self.phones if phone.socket and phone.socket.down]
        if full:
            phone = self.chance.choice(full)
            assert phone.socket is not None
            self._take(phone, phone.socket.down.popleft())

    def _take(self, phone: Phone, frame: Frame) -> None:
        facts = {name: value for name, value in frame.items() if name != "what"}
        self._note(phone.name, frame["what"], **facts)
        if frame["what"] == "delivered":
            phone.held[frame["room"]] = frame["events"][-1]
            return
        said = phone.flying.pop(frame["op"])
        if frame["what"] == "fail":
            if frame["code"] in AGAIN and self.chance.random() < 0.7:
                phone.unsaid.append(said)
            if frame["code"] == "not_found" and said["type"] == "open_room":
                phone.held.pop(said["room"], None)
            return
        self._take_result(phone, said, frame["result"])

    def _take_result(self, phone: Phone, said: Frame, result: Frame) -> None:
        match said["type"]:
            case "start_room" | "join_room" | "open_room":
                room = result["room"]["id"]
                if result["reset"] or said.get("after") is None:
                    phone.held[room] = None
                opened = {name: result[name] for name in ("head", "from", "reset")}
                opened |= {"room": room, "after": said.get("after")}
                self._note(phone.name, "opened", **opened)
            case "history":
                page = {"head": result["head"], "events": result["events"]}
                self._note(phone.name, "page", room=said["room"], **page)
            case "post_message":
                phone.posted.append(said)
            case "leave_room":
                phone.held.pop(said["room"], None)
            case _:
                pass

    def _lose(self, phone: Phone) -> None:
        socket, phone.socket = phone.socket, None
        if socket is None:
            return
        for op, said in phone.flying.items():
            self._note(phone.name, "unknown", op=op)
            if said["type"] == "post_message" or self.chance.random() < 0.3:
                self._other(phone).unsaid.append(said)
        phone.flying.clear()
        self._note(phone.name, "lost")
        socket.alive = False
        socket.openings.clear()
        # Some of what was under way still arrives, in order.
        for _ in range(self.chance.randint(0, len(socket.up))):
            socket.up.pop()

    def _other(self, phone: Phone) -> Phone:
        """Return one of the same person's devices, mostly the same one."""
        own = [other for other in self.phones if other.person == phone.person]
        return phone if self.chance.random() < 0.7 else self.chance.choice(own)

    def _rarely(self) -> None:
        phone = self.chance.choice(self.phones)
        roll = self.chance.random()
        if roll < 0.45:
            self._lose(phone)
        elif roll < 0.9 and phone.socket is not None:
            phone.socket.slow = not phone.socket.slow
        elif roll > 0.97:
            self._note("", "fault", fault="kill -9", facts={})
            for each in self.phones:
                self._lose(each)
            self._sockets.clear()


def make_sound(seed: int, steps: int = 150) -> History:
    """Return a history that keeps all promises."""
    return World(seed).run(steps)
