"""Looks at every frame in the moment in which the server writes it.

What is told must be durable by then, follow what this socket was told before, and be
for its reader. It knows what is on the disk, and trusts nobody.
"""

from itertools import pairwise
from typing import Any, Protocol

from chinwag.domain.messages import digest_cmid
from chinwag.ids import PersonId
from tests.simulation.frames import Frames, Json, Ledger, Opened
from tests.simulation.store import Disk
from tests.simulation.timeline import Timeline
from tests.simulation.wires import Wire

STALL_SECONDS = 0.05
SAID_ONCE = ("Better", "shout")
"""How texts begin of which nobody tries again."""
_OPENERS = frozenset({"start_room", "join_room", "open_room"})
_NEVER = frozenset({"internal", "cmid_conflict", "bad_request", "too_large"})
"""Devices here ask for nothing that is refused so."""
_CHANGERS = {
    "edit_message": "edited",
    "delete_message": "deleted",
    "react": "reacted",
    "rename_room": "titled",
    "set_topic": "topic",
}


class Ground(Protocol):
    """The world, as far as the referee has to know it."""

    @property
    def disk(self) -> Disk: ...

    @property
    def timeline(self) -> Timeline: ...

    @property
    def epoch(self) -> str: ...

    def fail(self, what: str) -> None:
        """Note that something went wrong."""
        ...

    def count_failure(self, code: str) -> None:
        """Count a refusal."""
        ...


class Referee:
    """Judges what is written.

    Attributes:
        acked: The `seq` of every message that was acknowledged, by room, person, cmid.
        seen: The newest acknowledged `seq` that somebody has heard of, by room.
        refused: Texts that were sent once, and refused.
        tokens: How many guests were told their token by the running process, or would
            have been, had their line lived so long.
        taken_back: The keys of all rows that a restored copy did not hold.
    """

    def __init__(self, world: Ground) -> None:
        self._world = world
        self.acked: dict[tuple[int, int, str], int] = {}
        self.seen: dict[str, int] = {}
        self.refused: set[str] = set()
        self.tokens = 0
        self.taken_back: set[tuple[Any, ...]] = set()
        self._read = Frames(b"")
        self._proved = Frames(b"")
        self._sockets = 0

    def open_ledger(self) -> Ledger:
        """Begin to keep account of a socket."""
        self._sockets += 1
        return Ledger(f"socket {self._sockets}", self._world.epoch)

    def read(self, data: bytes) -> Frames:
        """Return what stands in a write; the same bytes are read once."""
        if self._read.data is not data:
            self._read = Frames(data)
        return self._read

    def note_pause(self, wire: Wire) -> None:
        """Note since when a socket should be told no more events."""
        wire.ledger.paused_at = self._world.timeline.seconds
        wire.ledger.late.clear()

    def note_end(self, wire: Wire) -> None:
        """Note that whoever asks on a socket may not be answered any more."""
        self.tokens += sum(
            asked.command["type"] == "hello" and not asked.answered
            for asked in wire.asked.values()
        )

    def hear(self, wire: Wire, room: str, seq: int) -> None:
        """Note that somebody has heard that a message is in the log."""
        if wire.ledger.epoch == self._world.epoch:
            self.seen[room] = max(seq, self.seen.get(room, 0))

    def restored(self, gone: set[tuple[Any, ...]]) -> None:
        """Forget what a restored copy does not hold: its rows that are `gone`."""
        self.taken_back |= gone
        rows = self._world.disk.rows
        self.acked = {
            (room, person, cmid): seq
            for (room, person, cmid), seq in self.acked.items()
            if ("seen", room, digest_cmid(PersonId(person), cmid)) in rows
        }
        self.seen.clear()

    def judge(self, wire: Wire, frames: Frames) -> None:
        """Look at all that was written at once."""
        for text in frames.texts:
            kind = text["type"]
            if kind == "events":
                self._judge_events(wire, text, frames)
            elif kind == "reply":
                self._judge_reply(wire, text)
            elif kind == "failure":
                self._judge_failure(wire, text)
            elif kind == "gone":
                wire.ledger.opened.pop(text["room"], None)
            elif kind == "presence" and text["room"] not in wire.ledger.opened:
                self._fail(wire, "presence of a room that is not open", text)
        self._proved = frames

    def _fail(self, wire: Wire, what: str, text: object) -> None:
        self._world.fail(f"{wire.ledger.name}: {what}: {text}")

    # Events

    def _judge_events(self, wire: Wire, text: Json, frames: Frames) -> None:
        ledger, room, events = wire.ledger, text["room"], text["events"]
        number = int(room, 16)
        if frames is not self._proved:
            self._prove(wire, number, text["from"], events)
        opened = ledger.opened.get(room)
        if opened is None:
            self._fail(wire, "events of a room that is not open", text)
            return
        if text["from"] != opened.next:
            self._fail(wire, f"events should go on with {opened.next}", text)
        last: int = events[-1]["seq"]
        opened.next = last + 1
        ledger.told[room] = max(last, ledger.told.get(room, 0))
        if text["from"] <= opened.head:
            self._check_folded(wire, number, events, opened.head)
        self._check_access(wire, number, last)
        if wire.paused:
            self._check_stalled(wire, text)

    def _check_stalled(self, wire: Wire, text: Json) -> None:
        """See that who takes nothing gets no more than the page that was under way."""
        ledger = wire.ledger
        if self._world.timeline.seconds - ledger.paused_at > STALL_SECONDS:
            if text["room"] in ledger.late:
                self._fail(wire, "a second page although it does not drain", text)
            ledger.late.add(text["room"])

    def _prove(self, wire: Wire, room: int, start: int, events: list[Json]) -> None:
        """See that all of it is durable, in order and without gap."""
        rows = self._world.disk.rows
        if any(a["at"] > b["at"] for a, b in pairwise(events)):
            self._fail(wire, "time goes back", events)
        for seq, event in enumerate(events, start):
            entry = rows.get(("event", room, seq))
            if event["seq"] != seq:
                self._fail(wire, f"a gap before {seq}", events)
            elif (
                entry is None
                or entry.kind != event["kind"]
                or entry.at != event["at"]
                or entry.by != int(event["by"], 16)
            ):
                self._fail(wire, f"a phantom at {seq} (durable: {entry})", events)

    def _check_folded(
        self, wire: Wire, room: int, events: list[Json], head: int
    ) -> None:
        """See that what is read is the log as it stands at `head`."""
        rows = self._world.disk.rows
        for event in events:
            seq = event["seq"]
            changes = rows.get(("changes", room, seq))
            if changes is None or changes[0] > head:
                continue
            newest = max(change for change in changes if change <= head)
            if event["kind"] == "edited":
                right = event["text"] is None
            else:
                right = event.get("changed", seq) >= newest
            if not right:
                self._fail(wire, f"{seq} without its change {newest}", event)

    def _check_access(self, wire: Wire, room: int, last: int) -> None:
        rows, person = self._world.disk.rows, wire.ledger.person
        if ("member", room, person) in rows:
            return
        left = rows.get(("left", room, person), 0)
        if last > left:
            self._fail(wire, f"{person:x} left at {left} and is told", last)

    # Answers

    def _judge_failure(self, wire: Wire, text: Json) -> None:
        asked = wire.asked.get(text["id"])
        if asked is None or asked.answered:
            self._fail(wire, "a failure that nobody waits for", text)
            return
        asked.answered = True
        self._world.count_failure(text["code"])
        said = asked.command.get("text", "")
        if said.startswith(SAID_ONCE):
            self.refused.add(said)
        # Who changes a message may come after who deleted it.
        late = text["message"] == "seq: this message is deleted."
        greeted = text["code"] == "unauthorized" and wire.ledger.person
        if (text["code"] in _NEVER and not late) or greeted:
            self._fail(wire, "this should not be refused so", (asked.command, text))

    def _judge_reply(self, wire: Wire, text: Json) -> None:
        asked = wire.asked.get(text["id"])
        if asked is None or asked.answered:
            self._fail(wire, "a reply that nobody waits for", text)
            return
        asked.answered = True
        command, result = asked.command, text["result"]
        kind = command["type"]
        if kind == "post_message":
            self._acknowledge(wire, command, result)
            if not result["duplicate"]:
                self._check_order(wire, command, result["seq"], asked.floor)
        elif kind in _CHANGERS:
            self._judge_change(wire, command, result["seq"])
        else:
            self._judge_view(wire, command, result)

    def _judge_view(self, wire: Wire, command: Json, result: Json) -> None:
        kind = command["type"]
        if kind in _OPENERS:
            self._open(wire, command, result)
        elif kind == "history":
            self._judge_page(wire, command["room"], result)
        elif kind in {"close_room", "leave_room"}:
            wire.ledger.opened.pop(command["room"], None)
        elif kind == "hello":
            self._greet(wire, result)

    def _greet(self, wire: Wire, result: Json) -> None:
        wire.ledger.person = int(result["me"]["id"], 16)
        if "token" in result:
            self.tokens += 1
        if result["epoch"] != self._world.epoch:
            self._fail(wire, "a wrong epoch", result)

    def _open(self, wire: Wire, command: Json, result: Json) -> None:
        room, head = result["room"]["id"], result["head"]
        after = command.get("after")
        if after is not None and not result["reset"] and result["from"] != after + 1:
            self._fail(wire, "does not go on from `after`", (command, result))
        self._check_access(wire, int(room, 16), 0)
        wire.ledger.opened[room] = Opened(result["from"], head)

    def _acknowledge(self, wire: Wire, command: Json, result: Json) -> None:
        ledger, room, seq = wire.ledger, command["room"], result["seq"]
        key = int(room, 16), ledger.person, command["cmid"]
        digest = digest_cmid(PersonId(ledger.person), command["cmid"])
        rows = self._world.disk.rows
        if rows.get(("seen", key[0], digest)) != seq:
            self._fail(wire, "acknowledged and not durable", (command, result))
        elif rows["event", key[0], seq].at != result["at"]:
            self._fail(wire, "acknowledged with another time", (command, result))
        before = self.acked.setdefault(key, seq)
        if before != seq:
            self._fail(wire, f"was acknowledged as {before}", (command, result))

    def _check_order(self, wire: Wire, command: Json, seq: int, floor: int) -> None:
        """See that a new message stands where its sender and everybody expects it."""
        ledger, room, id = wire.ledger, command["room"], command["id"]
        other_id, other_seq = ledger.posted.get(room, (0, 0))
        if (id > other_id) != (seq > other_seq):
            self._fail(wire, f"is not in order with command {other_id}", command)
        if seq <= floor:
            self._fail(wire, f"stands before {floor}, known when it was sent", command)
        ledger.posted[room] = id, seq

    def _judge_page(self, wire: Wire, room: str, result: Json) -> None:
        events, head = result["events"], result["head"]
        told = wire.ledger.told.get(room, 0)
        if head < told:
            self._fail(wire, f"a page of {head} although {told} was told", result)
        if events:
            number = int(room, 16)
            self._prove(wire, number, events[0]["seq"], events)
            self._check_folded(wire, number, events, head)
            self._check_access(wire, number, events[-1]["seq"])
            if events[-1]["seq"] > head:
                self._fail(wire, "a page beyond its head", result)

    def _judge_change(self, wire: Wire, command: Json, seq: int | None) -> None:
        if seq is None:
            return
        room = int(command["room"], 16)
        entry: Any = self._world.disk.rows.get(("event", room, seq))
        kind = _CHANGERS[command["type"]]
        if entry is None or entry.kind != kind or entry.by != wire.ledger.person:
            self._fail(wire, f"no such change at {seq}", (command, entry))
