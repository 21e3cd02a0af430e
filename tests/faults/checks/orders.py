"""Whether what was said stands in the order in which it was said.

Where it took effect is known of a command that was acknowledged as new, and of one
whose only attempt it was. Of others only what holds for every attempt is asked.
"""

from dataclasses import dataclass

from tests.faults.checks.facts import Command, Facts, Posted
from tests.faults.checks.findings import Kind, Report
from tests.faults.checks.folding import Log

_CHANGES = frozenset({"edit_message", "react", "rename_room", "set_topic"})


@dataclass(slots=True)
class _Floor:
    """The greatest `seq` that was known, and where; what is of this moment waits."""

    seq: int = 0
    number: int = -1
    fresh: int = 0
    fresh_number: int = -1
    fresh_at: float = 0.0

    def rise(self, seq: int, number: int, at: float) -> None:
        """Note that somebody was told of `seq`."""
        if at > self.fresh_at:
            self._settle()
            self.fresh_at = at
        if seq > self.fresh:
            self.fresh, self.fresh_number = seq, number

    def before(self, at: float) -> tuple[int, int]:
        """Return the greatest that was known before a moment, and its record."""
        if at > self.fresh_at:
            self._settle()
        return self.seq, self.number

    def _settle(self) -> None:
        if self.fresh > self.seq:
            self.seq, self.number = self.fresh, self.fresh_number


class Orders:
    """What stands in the log at which time, as far as anybody was told."""

    def __init__(self, facts: Facts, logs: dict[str, Log], report: Report) -> None:
        self._facts = facts
        self._logs = logs
        self._report = report
        self._floors: dict[str, _Floor] = {}
        self._of_socket: dict[tuple[int, str], tuple[int, int]] = {}

    def told(self, room: str, seq: int, number: int, at: float) -> None:
        """Note that the log went as far as `seq` at this time."""
        floor = self._floors.get(room)
        if floor is None:
            floor = self._floors[room] = _Floor()
        floor.rise(seq, number, at)

    def say(self, command: Command) -> None:
        """Judge the place of what is said now."""
        if command.type == "post_message":
            self._say_message(command)
        elif command.type in _CHANGES and command.happened and command.seq is not None:
            self._judge_time(command, command.seq, command.room)
            self._judge_sender(command, command.seq, command.room)
            self._settle(command, command.seq, command.room)
        elif command.happened and command.seq is not None:
            self._settle(command, command.seq, command.room)

    def _say_message(self, command: Command) -> None:
        room = command.fields["room"]
        posted = self._facts.posts[room, command.person, command.fields["cmid"]]
        seq = self._place_of(posted)
        if seq is None:
            return
        if posted.earliest is command:
            self._judge_time(command, seq, room)
            # Of two sockets that tried, the other may have been quicker.
            if posted.socket == command.socket:
                self._judge_sender(command, seq, room)
                self._judge_behind(command, seq, room)
        if command.happened or posted.exact is command:
            self._settle(command, seq, room)

    def _place_of(self, posted: Posted) -> int | None:
        room, person, cmid = posted.key
        acknowledged = posted.acknowledged
        if acknowledged is not None:
            return acknowledged.seq
        log = self._logs.get(room)
        return None if log is None else log.by_cmid.get((person, cmid))

    def _judge_time(self, command: Command, seq: int, room: str) -> None:
        floor, number = self._floors.get(room, _Floor()).before(command.at)
        if seq <= floor:
            self._report.find(
                Kind.REAL_TIME,
                room,
                f"{floor} was known before what stands at {seq} was said",
                (number, command.said, command.answered),
            )

    def _judge_sender(self, command: Command, seq: int, room: str) -> None:
        before, number = self._of_socket.get((command.socket, room), (0, -1))
        if seq <= before:
            self._report.find(
                Kind.SENDER_ORDER,
                room,
                f"what stands at {before} was said before what stands at {seq}",
                (number, command.said),
            )

    def _settle(self, command: Command, seq: int, room: str) -> None:
        key = command.socket, room
        if seq > self._of_socket.get(key, (0, -1))[0]:
            self._of_socket[key] = seq, command.said

    def _judge_behind(self, command: Command, seq: int, room: str) -> None:
        behind, log = command.fields.get("behind"), self._logs.get(room)
        if behind is None or log is None:
            return
        before = log.by_cmid.get((command.person, behind))
        if before is None or before >= seq:
            self._report.find(
                Kind.SENDER_ORDER,
                room,
                f"what stands at {seq} was to be behind {behind}, at {before}",
                (command.said, command.answered, log.number),
            )
