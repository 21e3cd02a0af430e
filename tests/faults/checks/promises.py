"""What was commanded against a room's final log, both ways.

All that was acknowledged is there, once, as it was acknowledged; all that is there was
commanded, and not refused.
"""

from collections import Counter

from tests.faults.checks.facts import (
    Command,
    Facts,
    Outcome,
    Posted,
    clean_line,
    clean_text,
)
from tests.faults.checks.findings import Kind, Report
from tests.faults.checks.folding import Log
from tests.faults.history import Record


def check_posts(facts: Facts, logs: dict[str, Log], report: Report) -> None:
    """Find what was lost or doubled among the messages, and count the others."""
    for (room, _, _), posted in facts.posts.items():
        log = logs.get(room)
        if log is not None:
            _check_repetition(posted, room, report)
            _check_post(log, posted, report)


def _check_post(log: Log, posted: Posted, report: Report) -> None:
    room, person, cmid = posted.key
    there = log.by_cmid.get((person, cmid))
    if posted.acknowledged is None:
        _count_unacknowledged(log, posted, there, report)
        return
    report.counts["acknowledged"] += 1
    for command in posted.attempts:
        if command.happened:
            wrong = _is_lost(log, command, there)
            if wrong:
                report.find(
                    Kind.LOST,
                    room,
                    f"message {cmid} was acknowledged at {command.seq} and {wrong}",
                    (command.said, command.answered, log.number),
                )


def _is_lost(log: Log, command: Command, there: int | None) -> str | None:
    seq = command.seq
    event = log.events.get(seq or 0)
    if there is None:
        return "is not in the log"
    if there != seq or event is None:
        return f"stands at {there}"
    if event["at"] != command.result["at"]:
        return f"has another time: {event['at']}"
    last = log.states[there][-1]
    said = clean_text(command.fields["text"])
    if last.edited_at is None and not last.deleted and event["text"] != said:
        return f"has another text: {event['text']!r}"
    return None


def _count_unacknowledged(
    log: Log, posted: Posted, there: int | None, report: Report
) -> None:
    unknown = any(c.outcome is Outcome.UNKNOWN for c in posted.attempts)
    report.counts["unknown" if unknown else "refused"] += 1
    if there is None:
        return
    if unknown:
        report.counts["recovered"] += 1
        return
    report.find(
        Kind.PHANTOM,
        posted.key[0],
        f"message {posted.key[2]} was refused and stands at {there}",
        (*(c.answered for c in posted.attempts), log.number),
    )


def _check_repetition(posted: Posted, room: str, report: Report) -> None:
    """See that all acknowledgements of a message are of one event."""
    sure = [command for command in posted.attempts if command.happened]
    if not sure:
        return
    cmid, first = posted.key[2], sure[0]
    for command in sure[1:]:
        if command.seq != first.seq:
            report.find(
                Kind.DUPLICATE,
                room,
                f"message {cmid} was acknowledged at {first.seq} and {command.seq}",
                (first.answered, command.answered),
            )
    fresh = [command for command in sure if not command.result["duplicate"]]
    if len(fresh) > 1:
        report.find(
            Kind.DUPLICATE,
            room,
            f"message {cmid} was new {len(fresh)} times",
            (command.answered for command in fresh),
        )
    for command in sure:
        if command.result["duplicate"] and not _can_repeat(posted, command):
            report.find(
                Kind.DUPLICATE,
                room,
                f"message {cmid} is called a repetition, and nothing was before it",
                (command.said, command.answered),
            )


def _can_repeat(posted: Posted, command: Command) -> bool:
    return any(
        other is not command and other.at <= command.until for other in posted.possible
    )


# What is in the log, and who wished it


def check_wishes(facts: Facts, logs: dict[str, Log], report: Report) -> None:
    """Find what is in the logs twice, or without anybody's wish."""
    wishes = _Wishes(facts)
    for log in logs.values():
        seen: dict[tuple[str, str], int] = {}
        for seq, event in log.events.items():
            by, kind = event["by"], event["kind"]
            if kind == "message":
                first = seen.setdefault((by, event["cmid"]), seq)
                if first != seq:
                    report.find(
                        Kind.DUPLICATE,
                        log.room,
                        f"message {event['cmid']} stands at {first} and {seq}",
                        (log.number,),
                    )
            if not wishes.grant(log.room, event):
                report.find(
                    Kind.PHANTOM,
                    log.room,
                    f"nobody's wish is the {kind} at {seq} by {by}",
                    (log.number,),
                )


class _Wishes:
    """All that people wished, to be ticked off: each makes one event at most."""

    def __init__(self, facts: Facts) -> None:
        self._posts = facts.posts
        self._known = {person for ids in facts.people.values() for _, person in ids}
        self._comers: set[str] = set()
        self._promised: dict[tuple[str, int], list[Command]] = {}
        self._perhaps: dict[_Place, Counter[_Shape]] = {}
        for command in facts.commands.values():
            self._note(command)

    def _note(self, command: Command) -> None:
        if not command.may_have_happened:
            return
        if command.type in {"join_room", "start_room"}:
            self._comers.add(command.person)
        elif command.type == "leave_room":
            self._hope(command.room, {"kind": "left", "by": command.person})
        elif command.type in _MADE and command.outcome is Outcome.UNKNOWN:
            self._hope(command.room, _wished(command))
        elif command.type in _MADE and command.seq is not None:
            place = command.room, command.seq
            self._promised.setdefault(place, []).append(command)

    def _hope(self, room: str, event: Record) -> None:
        self._perhaps.setdefault(_place(room, event), Counter())[_shape(event)] += 1

    def grant(self, room: str, event: Record) -> bool:
        """Whether somebody wished it."""
        kind, by = event["kind"], event["by"]
        if kind == "message":
            return (room, by, event["cmid"]) in self._posts
        if kind == "joined":
            return by in self._comers or by not in self._known
        if kind not in _SHAPES or (kind == "left" and by not in self._known):
            # Whoever only reads the log comes and goes unseen.
            return True
        promised = self._promised.get((room, event["seq"]), [])
        return any(is_made(c, event) for c in promised) or self._take(room, event)

    def _take(self, room: str, event: Record) -> bool:
        hopes = self._perhaps.get(_place(room, event), Counter())
        shape = _shape(event)
        if event["kind"] == "edited" and event["text"] is None:
            # The text went with the message.
            shape = next((one for one, left in hopes.items() if left), shape)
        if not hopes[shape]:
            return False
        hopes[shape] -= 1
        return True


_Place = tuple[object, ...]
_Shape = tuple[object, ...]
_MADE: dict[str, str] = {
    "edit_message": "edited",
    "delete_message": "deleted",
    "react": "reacted",
    "rename_room": "titled",
    "set_topic": "topic",
}
_SHAPES: dict[str, tuple[str, ...]] = {
    "edited": ("text",),
    "deleted": (),
    "reacted": ("emoji", "on"),
    "titled": ("name",),
    "topic": ("topic",),
    "left": (),
}


def _place(room: str, event: Record) -> _Place:
    return room, event["kind"], event["by"], event.get("target")


def _shape(event: Record) -> _Shape:
    return tuple(event[name] for name in _SHAPES[event["kind"]])


def _wished(command: Command) -> Record:
    """Return the event that a command is to make."""
    fields = command.fields
    return {
        "kind": _MADE[command.type],
        "by": command.person,
        "target": fields.get("seq"),
        "text": clean_text(fields.get("text") or ""),
        "emoji": clean_text(fields.get("emoji") or ""),
        "on": fields.get("on"),
        "name": clean_line(fields.get("name") or ""),
        "topic": clean_line(fields.get("topic") or ""),
    }


def is_made(command: Command, event: Record) -> bool:
    """Whether the event is what the command was to make."""
    wished = _wished(command)
    if event["kind"] != wished["kind"] or event.get("target") != wished["target"]:
        return False
    if command.type == "delete_message":
        # Who deletes what is gone already is told where it went, whoever did it.
        return True
    if event["kind"] == "edited" and event["text"] is None:
        return bool(event["by"] == wished["by"])
    return event["by"] == wished["by"] and _shape(event) == _shape(wished)


def check_changes(facts: Facts, logs: dict[str, Log], report: Report) -> None:
    """Find what was lost of edits, deletions, reactions, titles and farewells."""
    for command in facts.of_type(*_MADE):
        log = logs.get(command.room)
        if log is None or not command.happened:
            continue
        report.counts["changes acknowledged"] += 1
        if not _is_kept(log, command):
            report.find(
                Kind.LOST,
                log.room,
                f"{command.type} was acknowledged at {command.seq}, and is not there",
                (command.said, command.answered, log.number),
            )


def _is_kept(log: Log, command: Command) -> bool:
    if command.seq is not None:
        event = log.events.get(command.seq)
        return event is not None and is_made(command, event)
    # Nothing changed: then it was so already, or it is gone with its message.
    fields = command.fields
    if not fields["on"]:
        return True
    emoji = clean_text(fields["emoji"])
    return any(
        command.person in state.reactions.get(emoji, ())
        for state in log.states.get(fields["seq"], [])
    )
