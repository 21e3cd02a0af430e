"""Simulated devices, that behave as the page does."""

from collections.abc import Callable
from random import Random
from typing import Protocol

from tests.simulation.frames import Asked, Json
from tests.simulation.person import Outgoing, Person
from tests.simulation.referee import Referee
from tests.simulation.timeline import Timeline
from tests.simulation.window import Window
from tests.simulation.wires import Wire

Then = Callable[[Json], None]
_BEHIND_PAUSE = 1.0
_BEHIND_TRIES = 3


class Surroundings(Protocol):
    """The world, as far as people have to do with it."""

    keys: dict[str, str]

    @property
    def timeline(self) -> Timeline: ...

    @property
    def dice(self) -> Random: ...

    @property
    def referee(self) -> Referee: ...

    @property
    def one_sender(self) -> bool:
        """Whether only one tab of a browser sends at a time."""
        ...

    def dial(self, device: "Device") -> Wire | None:
        """Connect a device; None while nobody listens."""
        ...

    def pump(self, person: Person) -> None:
        """Let somebody's tabs send what waits."""
        ...

    def count(self, what: str) -> None:
        """Count something for the report."""
        ...


class Device:
    """One tab. It comes back by itself, resumes what it holds, and folds what it hears.

    Attributes:
        wanted: Rooms that are to be open here.
        greedy: Whether it opens all its rooms as soon as it knows them.
        rooms: The person's rooms as this device knows them.
        windows: What it holds of their logs.
    """

    def __init__(self, world: Surroundings, person: Person, number: int) -> None:
        self.world = world
        self.person = person
        self.number = number
        self.wire: Wire | None = None
        self.online = False
        self.epoch: str | None = None
        self.wanted: dict[str, None] = {}
        self.rooms: dict[str, Json] = {}
        self.windows: dict[str, Window] = {}
        self.opened: dict[str, bool] = {}
        self.here: dict[str, set[str]] = {}
        self._ids = 0
        self._paused_until: dict[str, float] = {}
        self._failures = 0
        self.greedy = False
        self._me = ""
        self._sending = False

    # The line

    def connect(self) -> None:
        """Dial, and greet."""
        if self.wire is not None:
            return
        person, token = self.person, self.person.token
        if token is None and person.registering not in {None, self}:
            self.world.timeline.after(0.1, self.connect)
            return
        self.wire = self.world.dial(self)
        if self.wire is None:
            self._retry()
            return
        hello: Json = {"type": "hello", "name": person.name}
        if token is None:
            person.registering = self
        else:
            hello["token"] = token
        self.ask(hello, lambda frame: self._greeted(frame, token))

    def lose(self) -> None:
        """Learn that the line is gone: what was not answered may have happened."""
        self.wire = None
        self.online = False
        self._sending = False
        self.opened.clear()
        person = self.person
        if person.sending is self:
            person.sending = None
        if person.registering is self:
            person.registering = None
        self._retry()
        self.world.pump(person)

    def _retry(self) -> None:
        self._failures = min(self._failures + 1, 4)
        delay = self.world.dice.random() * 0.2 * 2**self._failures
        self.world.timeline.after(delay, self.connect)

    def ask(self, command: Json, then: Then | None = None) -> None:
        """Send a command; `then` gets its reply or failure, if one comes."""
        if self.wire is None:
            return
        self._ids += 1
        command["id"] = self._ids
        floor = self.world.referee.seen.get(command.get("room", ""), 0)
        self.wire.say(Asked(command, floor, then))
        self.world.count(command["type"])

    def hear(self, frame: Json) -> None:
        """Take a frame from the server."""
        kind = frame["type"]
        if kind == "events":
            self._take_events(frame["room"], frame["events"])
        elif kind in {"reply", "failure"}:
            self._take_answer(frame)
        else:
            self._take_push(kind, frame)

    def _take_events(self, room: str, events: list[Json]) -> None:
        window, known = self.windows.get(room), self.rooms.get(room)
        if window is None or known is None:
            return
        window.tell(events)
        if window.told > known["head"]:
            self.rooms[room] = known | {"head": window.told}

    def _take_answer(self, frame: Json) -> None:
        assert self.wire is not None
        asked = self.wire.asked.pop(frame["id"], None)
        if asked is None:
            return
        command, result = asked.command, frame.get("result")
        if result is not None and command["type"] == "post_message":
            self.world.referee.hear(self.wire, command["room"], result["seq"])
        if asked.then is not None:
            asked.then(frame)

    # Who I am, and what is mine

    def _greeted(self, frame: Json, token: str | None) -> None:
        person, result = self.person, frame.get("result")
        if result is None:
            if frame["code"] == "unauthorized" and token == person.token:
                person.become_nobody()
            assert self.wire is not None
            self.wire.hang_up()
            return
        self._failures = 0
        me = result["me"]["id"]
        if result["epoch"] != self.epoch or self._me != me:
            self.windows.clear()
        self.epoch, self._me = result["epoch"], me
        if "token" in result:
            person.token, person.registering = result["token"], None
        person.id = me
        self.online = True
        self._stand(result["rooms"])
        if self.greedy:
            self.wanted.update(dict.fromkeys(self.rooms))
            self.greedy = False
        for room in list(self.wanted):
            self.open(room)
        self.pump()

    def _stand(self, rooms: list[Json]) -> None:
        self.rooms = {room["id"]: room for room in rooms}
        for room in [room for room in self.windows if room not in self.rooms]:
            self._forget(room)
        self.wanted = {room: None for room in self.wanted if room in self.rooms}

    def _forget(self, room: str) -> None:
        self.windows.pop(room, None)
        self.opened.pop(room, None)
        self.wanted.pop(room, None)

    def _take_push(self, kind: str, frame: Json) -> None:
        if kind == "heads":
            self._take_heads(frame)
        elif kind == "presence":
            self._take_presence(frame)
        elif kind == "room":
            self.rooms[frame["room"]["id"]] = frame["room"]
        elif kind == "gone":
            self.rooms.pop(frame["room"], None)
            self._forget(frame["room"])
        elif kind == "me" and "rooms" in frame:
            self._stand(frame["rooms"])

    def _take_presence(self, frame: Json) -> None:
        joined, before = set(frame["joined"]), self.here.get(frame["room"], set())
        # Where all who are here are named, nobody else is.
        whole = len(joined) == frame["here"]
        here = joined if whole else (before | joined).difference(frame["left"])
        self.here[frame["room"]] = here

    def _take_heads(self, frame: Json) -> None:
        for room, head in frame["heads"].items():
            known = self.rooms.get(room)
            if known is not None and head > known["head"]:
                self.rooms[room] = known | {
                    "head": head,
                    "messages": frame["messages"][room],
                }

    # Rooms

    def open(
        self, room: str, after: int | None = None, most: int | None = None
    ) -> None:
        """Open a room, from what is held on."""
        command: Json = {"type": "open_room", "room": room}
        window = self.windows.get(room)
        if after is not None:
            command["after"] = after
        elif window is not None and window.told > 0:
            command["after"] = window.told
            if window.told_at is not None:
                command["at"] = window.told_at
        if most is not None:
            command["most"] = most
        self.ask(command, self._opened)

    def enter(self, command: Json) -> None:
        """Start or join a room."""
        self.ask(command, self._opened)

    def _opened(self, frame: Json) -> None:
        result = frame.get("result")
        if result is None:
            return
        room = result["room"]["id"]
        window = self.windows.get(room)
        leads_on = (
            window and not result.get("reset") and result["from"] == window.told + 1
        )
        if not leads_on:
            self.windows[room] = Window(result["from"])
        self.here[room] = set()
        self.rooms[room] = result["room"]
        self.wanted[room] = None
        self.opened[room] = True
        if "key" in result:
            self.world.keys[room] = result["key"]

    def close(self, room: str) -> None:
        """Close a room, and keep what is held."""
        self.wanted.pop(room, None)

        def closed(frame: Json) -> None:
            if "result" in frame:
                self.opened.pop(room, None)

        self.ask({"type": "close_room", "room": room}, closed)

    def leave(self, room: str) -> None:
        """Be no longer a member."""

        def left(frame: Json) -> None:
            if "result" in frame:
                self.rooms.pop(room, None)
                self._forget(room)

        self.ask({"type": "leave_room", "room": room}, left)

    def read_back(self, room: str, limit: int) -> None:
        """Read the page before what is held."""
        window = self.windows.get(room)
        if window is None or window.first <= 1:
            return
        before = window.first

        def turned(frame: Json) -> None:
            same = self.windows.get(room) is window and window.first == before
            if "result" in frame and same:
                window.prepend(frame["result"]["events"])

        wish = {"type": "history", "room": room, "before": before, "limit": limit}
        self.ask(wish, turned)

    def ask_me(self) -> None:
        """Ask for what is one's own."""

        def told(frame: Json) -> None:
            if "result" in frame:
                self._stand(frame["result"]["rooms"])

        self.ask({"type": "me"}, told)

    # The queue

    def pump(self) -> None:
        """Send the next message of the queue, if it is this device's turn."""
        person = self.person
        locked = self.world.one_sender and person.sending is not None
        entry = self._next() if self.online and not self._sending else None
        if entry is None or locked:
            return
        person.sending = self
        self._sending = True
        entry.tries += 1
        wish: Json = {
            "type": "post_message",
            "room": entry.room,
            "cmid": entry.cmid,
            "text": entry.text,
        }
        if entry.behind is not None:
            wish["behind"] = entry.behind
        if entry.reply_to is not None:
            wish["reply_to"] = entry.reply_to
        self.ask(wish, lambda frame: self._sent(entry, frame))

    def _next(self) -> Outgoing | None:
        now = self.world.timeline.seconds
        for entry in self.person.queue:
            if entry.failure is None and self._paused_until.get(entry.room, 0) <= now:
                return entry
        return None

    def _sent(self, entry: Outgoing, frame: Json) -> None:
        person = self.person
        self._sending = False
        if person.sending is self:
            person.sending = None
        if "result" in frame:
            person.forget(entry)
        elif frame["code"] == "out_of_order":
            self._wrong_turn(entry)
        elif frame["retry_after"] is not None:
            self._rest(entry.room, frame["retry_after"])
        else:
            entry.failure = frame["code"]
            person.forget(entry)
            for other in person.queue:
                if other.behind == entry.cmid:
                    other.behind = entry.behind
        self.world.pump(person)

    def _wrong_turn(self, entry: Outgoing) -> None:
        entry.out_of_order += 1
        waits = any(other.cmid == entry.behind for other in self.person.queue)
        if waits and entry.out_of_order < _BEHIND_TRIES:
            self._rest(entry.room, _BEHIND_PAUSE)
        else:
            entry.behind = None

    def _rest(self, room: str, seconds: float) -> None:
        self._paused_until[room] = self.world.timeline.seconds + seconds
        self.world.timeline.after(seconds, self.pump)
