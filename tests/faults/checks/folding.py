"""A room's final log, and what each of its messages was after each of its changes."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.checks.facts import Facts
from tests.faults.history import Record

CHANGES = frozenset({"edited", "deleted", "reacted", "pinned"})
NAMED = 50
"""How many people a reaction names."""
NAMED_IN_ALL = 500
"""Beyond so many people under one message, who is named is the server's affair."""

Reactions = Mapping[str, frozenset[str]]
Identity = tuple[object, ...]

_OWN = "target emoji on name topic person role".split()


def identity(event: Record) -> Identity:
    """Return what of an event no reader and no time may see otherwise."""
    get, kind = event.get, event["kind"]
    if kind == "message":
        return kind, event["at"], event["by"], event["cmid"], get("reply_to")
    return (kind, event["at"], event["by"], *[get(name) for name in _OWN])


@dataclass(frozen=True, slots=True)
class State:
    """A message after the change at `changed` (0: as it was said).

    `texts` holds what it may say; more than one only where nobody can know.
    """

    changed: int
    texts: frozenset[str | None]
    edited_at: int | None = None
    reactions: Reactions = field(default_factory=dict[str, frozenset[str]])
    deleted: bool = False

    def differs(self, event: Record) -> str | None:
        """Return what of a view of the message is not so, or None."""
        if event.get("text") not in self.texts:
            return "text"
        if bool(event.get("deleted")) != self.deleted:
            return "deleted"
        if event.get("edited_at") != self.edited_at:
            return "edited_at"
        seen = event.get("reactions")
        if seen or self.reactions:
            return self._compare_reactions(seen or [])
        return None

    def _compare_reactions(self, seen: list[Any]) -> str | None:
        expected = self.reactions
        if {r["emoji"]: r["n"] for r in seen} != {
            emoji: len(people) for emoji, people in expected.items()
        }:
            return "reactions"
        all_named = sum(map(len, expected.values())) <= NAMED_IN_ALL
        for reaction in seen:
            people, named = expected[reaction["emoji"]], reaction["people"]
            whole = all_named and len(people) <= NAMED
            if not people.issuperset(named) or (whole and len(people) != len(named)):
                return "people of a reaction"
        return None


@dataclass
class Membership:
    """From which event to which somebody was a member; until None: to the end."""

    since: int
    until: int | None = None

    def holds_at(self, seq: int) -> bool:
        """Whether the log at this head says that they are in."""
        return self.since <= seq and (self.until is None or seq < self.until)


@dataclass
class Log:
    """A room's log as it was read at the very end.

    Attributes:
        room: Whose.
        number: The record that holds it.
        head: Its last `seq`.
        events: Each event by its `seq`.
        identities: What must be seen of it by everybody.
        states: Each message's states, in order.
        edits: What each edit can have said.
        deleted: Where each deleted message was deleted.
        by_cmid: Where each message stands, by sender and `cmid`; the first, if many.
        members: When everybody was a member.
        unsure_from: From here on so many are in that coming and leaving is no event.
    """

    room: str
    number: int
    events: dict[int, Record] = field(default_factory=dict[int, Record])
    head: int = 0
    identities: dict[int, Identity] = field(default_factory=dict[int, Identity])
    states: dict[int, list[State]] = field(default_factory=dict[int, list[State]])
    edits: dict[int, frozenset[str | None]] = field(
        default_factory=dict[int, frozenset[str | None]]
    )
    deleted: dict[int, int] = field(default_factory=dict[int, int])
    by_cmid: dict[tuple[str, str], int] = field(
        default_factory=dict[tuple[str, str], int]
    )
    members: dict[str, list[Membership]] = field(
        default_factory=dict[str, list[Membership]]
    )
    unsure_from: float = float("inf")

    def state_at(self, target: int, head: int) -> State | None:
        """Return what a message was when the log ended at `head`."""
        states = self.states.get(target)
        if not states:
            return None
        place = bisect_right(states, head, key=lambda state: state.changed) - 1
        return states[max(0, place)]

    def was_member(self, person: str, head: int) -> bool:
        """Whether somebody may read when the log ends at `head`."""
        if head >= self.unsure_from:
            return True
        return any(m.holds_at(head) for m in self.members.get(person, []))


CROWD = 500
"""From so many members on, joins and leaves may be no events."""


def read_log(facts: Facts, room: str) -> Log:
    """Return the log of a room with all that follows from it."""
    number, record = facts.logs[room]
    log = Log(room, number)
    for event in record["events"]:
        log.events.setdefault(event["seq"], event)
    log.head = max(log.events, default=0)
    inside: set[str] = set()
    for seq in sorted(log.events):
        event = log.events[seq]
        log.identities[seq] = identity(event)
        if event["kind"] == "message":
            log.by_cmid.setdefault((event["by"], event["cmid"]), seq)
            log.states[seq] = [State(0, _first_texts(facts, room, event))]
        elif event["kind"] in CHANGES:
            _change(facts, log, event)
        else:
            _come_and_go(log, inside, event)
    return log


def _first_texts(facts: Facts, room: str, event: Record) -> frozenset[str | None]:
    posted = facts.posts.get((room, event["by"], event["cmid"]))
    texts: set[str | None] = set() if posted is None else {*posted.texts()}
    # What nobody said is another fault; it need not be this one, too.
    return frozenset(texts or {event["text"]})


def _change(facts: Facts, log: Log, event: Record) -> None:
    states, seq = log.states.get(event["target"]), event["seq"]
    if event["kind"] == "edited":
        log.edits[seq] = _texts_of_edit(facts, log.room, event)
    if states is None:
        return
    before = states[-1]
    match event["kind"]:
        case "deleted":
            after = State(seq, frozenset({None}), deleted=True)
            log.deleted.setdefault(event["target"], seq)
        case "edited" if not before.deleted:
            after = State(seq, log.edits[seq], event["at"], before.reactions)
        case "reacted" if not before.deleted:
            after = State(seq, before.texts, before.edited_at, _react(before, event))
        case _:
            after = State(
                seq, before.texts, before.edited_at, before.reactions, before.deleted
            )
    states.append(after)


def _texts_of_edit(facts: Facts, room: str, event: Record) -> frozenset[str | None]:
    """Return what an edit can have said; its text goes with the message's."""
    if event["text"] is not None:
        return frozenset({event["text"]})
    return facts.texts_of_edit(room, event["by"], event["target"], event["seq"])


def _react(before: State, event: Record) -> Reactions:
    reactions = dict(before.reactions)
    people = reactions.pop(event["emoji"], frozenset())
    one = frozenset({event["by"]})
    people = people | one if event["on"] else people - one
    if people:
        reactions[event["emoji"]] = people
    return reactions


def _come_and_go(log: Log, inside: set[str], event: Record) -> None:
    kind, seq = event["kind"], event["seq"]
    person = event.get("person") or event["by"]
    if kind == "joined" and person not in inside:
        inside.add(person)
        log.members.setdefault(person, []).append(Membership(seq))
    elif kind in {"left", "removed"} and person in inside:
        inside.discard(person)
        log.members[person][-1].until = seq
    if len(inside) >= CROWD:
        log.unsure_from = min(log.unsure_from, seq)
