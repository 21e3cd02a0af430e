"""The contract in small: rooms as logs, and what each command does to them.

It shares nothing with the server and nothing with the checker, which is tried on what
comes of it. Sockets are not its affair: `sound.py` has those.
"""

from random import Random
from typing import Any

Frame = dict[str, Any]
NEWEST = 50
MOST = 2_000
LIMIT = 50


class No(Exception):
    """A refusal; its argument is the code."""


class Room:
    """One log, as it was written, and as it reads at any head."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.key = f"key-{id}"
        self.events: list[Frame] = []
        self.members: set[str] = set()
        self.posts: dict[tuple[str, str], Frame] = {}
        self._changes: dict[int, list[Frame]] = {}

    @property
    def head(self) -> int:
        """Where it ends."""
        return len(self.events)

    def add(self, kind: str, by: str, now: int, **fields: object) -> Frame:
        """Append an event; return it as those who are there see it."""
        at = max(now, self.events[-1]["at"] if self.events else 0)
        event: Frame = {"seq": self.head + 1, "kind": kind, "at": at, "by": by} | fields
        self.events.append(event)
        if "target" in event:
            self._changes.setdefault(event["target"], []).append(event)
        return dict(event)

    def read(self, first: int, last: int) -> list[Frame]:
        """Return events as the log stands now."""
        wanted = self.events[max(0, first - 1) : max(0, last)]
        return [self._fold(event) for event in wanted]

    def is_deleted(self, seq: int) -> bool:
        """Whether the message there has lost its text."""
        return any(c["kind"] == "deleted" for c in self._changes.get(seq, []))

    def has_reacted(self, seq: int, emoji: str, person: str) -> bool:
        """Whether somebody's emoji is under a message."""
        on = False
        for change in self._changes.get(seq, []):
            if change["kind"] == "reacted" and change["by"] == person:
                on = change["on"] if change["emoji"] == emoji else on
        return on

    def deletion(self, seq: int) -> int:
        """Return where a deleted message was deleted."""
        changes = self._changes[seq]
        return next(c["seq"] for c in changes if c["kind"] == "deleted")

    def _fold(self, event: Frame) -> Frame:
        event = dict(event)
        if event["kind"] == "edited" and self.is_deleted(event["target"]):
            event["text"] = None
        people: dict[str, list[str]] = {}
        for change in self._changes.get(event["seq"], []):
            event["changed"] = change["seq"]
            match change["kind"]:
                case "edited":
                    event |= {"text": change["text"], "edited_at": change["at"]}
                case "deleted":
                    people.clear()
                    event.pop("edited_at", None)
                    event |= {"text": None, "deleted": True}
                case _:
                    given = people.setdefault(change["emoji"], [])
                    (given.append if change["on"] else given.remove)(change["by"])
        shown = [
            {"emoji": emoji, "n": len(given), "people": given[:50]}
            for emoji, given in people.items()
            if given
        ]
        return event | ({"reactions": shown} if shown else {})


class Model:
    """All rooms. `fresh` collects the events that a command has just made."""

    def __init__(self, chance: Random) -> None:
        self.rooms: dict[str, Room] = {}
        self.now = 1_700_000_000_000
        self.fresh: list[tuple[Room, Frame]] = []
        self._chance = chance

    def do(self, person: str, said: Frame) -> Frame:
        """Return the result of a command, or raise `No`."""
        self.now += self._chance.randrange(-2, 5)
        return getattr(self, f"_{said['type']}")(person, said)

    def _add(self, room: Room, kind: str, by: str, **fields: object) -> Frame:
        event = room.add(kind, by, self.now, **fields)
        self.fresh.append((room, event))
        return event

    def _room(self, person: str, said: Frame) -> Room:
        room = self.rooms.get(said["room"])
        if room is None or person not in room.members:
            raise No("not_found")
        return room

    def _message(self, room: Room, seq: int) -> Frame:
        event = room.events[seq - 1] if 0 < seq <= room.head else {"kind": ""}
        if event["kind"] != "message":
            raise No("not_found")
        return event

    def _start_room(self, person: str, said: Frame) -> Frame:
        del said
        room = Room(f"r{len(self.rooms) + 1}")
        self.rooms[room.id] = room
        room.members.add(person)
        self._add(room, "joined", person)
        return self._opened(room, {}) | {"key": room.key}

    def _join_room(self, person: str, said: Frame) -> Frame:
        found = [room for room in self.rooms.values() if room.key == said["key"]]
        if not found:
            raise No("not_found")
        room = found[0]
        if person not in room.members:
            room.members.add(person)
            self._add(room, "joined", person)
        return self._opened(room, said)

    def _open_room(self, person: str, said: Frame) -> Frame:
        return self._opened(self._room(person, said), said)

    def _opened(self, room: Room, said: Frame) -> Frame:
        head, after = room.head, said.get("after")
        start, reset = max(1, head - NEWEST + 1), False
        if after is not None:
            reset = not self._leads(room, after, said)
            start = start if reset else after + 1
        return {"room": {"id": room.id}, "head": head, "from": start, "reset": reset}

    def _leads(self, room: Room, after: int, said: Frame) -> bool:
        if not 0 <= room.head - after <= said.get("most", MOST):
            return False
        at = said.get("at")
        return not after or at is None or bool(room.events[after - 1]["at"] == at)

    def _close_room(self, person: str, said: Frame) -> Frame:
        self._room(person, said)
        return {}

    def _leave_room(self, person: str, said: Frame) -> Frame:
        room = self._room(person, said)
        self._add(room, "left", person)
        room.members.discard(person)
        return {}

    def _post_message(self, person: str, said: Frame) -> Frame:
        room, cmid, text = self._room(person, said), said["cmid"], said["text"].strip()
        known = room.posts.get((person, cmid))
        if known is not None:
            if known["text"] != text and not room.is_deleted(known["seq"]):
                raise No("cmid_conflict")
            return {"seq": known["seq"], "at": known["at"], "duplicate": True}
        if self._chance.random() < 0.04:
            raise No("rate_limited")
        behind = said.get("behind")
        if behind is not None and (person, behind) not in room.posts:
            raise No("out_of_order")
        event = self._add(room, "message", person, cmid=cmid, text=text)
        room.posts[person, cmid] = event
        return {"seq": event["seq"], "at": event["at"], "duplicate": False}

    def _edit_message(self, person: str, said: Frame) -> Frame:
        room = self._room(person, said)
        if self._message(room, said["seq"])["by"] != person:
            raise No("forbidden")
        if room.is_deleted(said["seq"]):
            raise No("bad_request")
        text = said["text"].strip()
        event = self._add(room, "edited", person, target=said["seq"], text=text)
        return {"seq": event["seq"]}

    def _delete_message(self, person: str, said: Frame) -> Frame:
        room, seq = self._room(person, said), said["seq"]
        founder = room.events[0]["by"]
        if person not in {self._message(room, seq)["by"], founder}:
            raise No("forbidden")
        if room.is_deleted(seq):
            return {"seq": room.deletion(seq)}
        return {"seq": self._add(room, "deleted", person, target=seq)["seq"]}

    def _react(self, person: str, said: Frame) -> Frame:
        room, seq = self._room(person, said), said["seq"]
        emoji, on = said["emoji"], said["on"]
        self._message(room, seq)
        if room.is_deleted(seq):
            raise No("bad_request")
        if room.has_reacted(seq, emoji, person) == on:
            return {"seq": None}
        event = self._add(room, "reacted", person, target=seq, emoji=emoji, on=on)
        return {"seq": event["seq"]}

    def _set_topic(self, person: str, said: Frame) -> Frame:
        room = self._room(person, said)
        if person != room.events[0]["by"]:
            raise No("forbidden")
        return {"seq": self._add(room, "topic", person, topic=said["topic"])["seq"]}

    def _history(self, person: str, said: Frame) -> Frame:
        room, limit = self._room(person, said), said.get("limit", LIMIT)
        head = room.head
        if said.get("after") is not None:
            first = said["after"] + 1
        elif said.get("around") is not None:
            first = max(1, min(said["around"] - limit // 2, head - limit + 1))
        else:
            first = min(said.get("before", head + 1) - 1, head) - limit + 1
        events = room.read(first, min(head, first + limit - 1))
        return {"events": events, "people": [], "head": head, "more": False}
