"""The checker finds every fault there is in histories, and none where there is none."""

import time
from dataclasses import dataclass

import pytest

from tests.faults.breaks import all_right, by_hand
from tests.faults.breaks.copies import BREAKS, Break, Broken
from tests.faults.broken import judge, tabulate
from tests.faults.checker import check
from tests.faults.checks.findings import Kind
from tests.faults.history import History, Record
from tests.faults.sound import make_sound

SEEDS = range(40)
SOME = 4
MOST_SECONDS = 60.0
MOST_RATIO = 24.0
"""Eight times the history; a disturbed clock is no reason to be red, a square is."""


@dataclass(frozen=True)
class Size:
    """How much is looked at."""

    worlds: int
    steps: int
    records: int


IN_CI = Size(worlds=50, steps=100, records=100_000)
IN_CAMPAIGN = Size(worlds=500, steps=200, records=400_000)

BROKEN_BY_HAND = list(by_hand.list_broken())
RIGHT = dict(all_right.list_right())


@pytest.mark.parametrize("broken", BROKEN_BY_HAND, ids=lambda broken: broken.name)
def test_what_is_broken_by_hand_is_found(broken: Broken) -> None:
    report = check(broken.history)
    assert broken.kind in report.kinds, report


@pytest.mark.parametrize(
    ("kind", "break_it"), BREAKS, ids=[each.__name__ for _, each in BREAKS]
)
def test_what_is_spoilt_is_found(kind: Kind, break_it: Break) -> None:
    reports = judge(break_it, kind, SOME)
    assert reports, "no history could be spoilt so"
    for report in reports:
        assert kind in report.kinds, report
        proof = [fault.records for fault in report.faults if fault.kind == kind]
        assert kind is Kind.UNLOGGED or all(proof)


@pytest.mark.parametrize("name", RIGHT)
def test_what_only_looks_wrong_is_right(name: str) -> None:
    report = check(RIGHT[name])
    assert report.faults == [], report


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sound_history_has_no_fault(seed: int, size: Size) -> None:
    for world in range(seed * size.worlds, (seed + 1) * size.worlds):
        report = check(make_sound(world, size.steps))
        assert report.faults == [], f"world {world}: {report}"


def test_a_long_sound_history_has_no_fault() -> None:
    report = check(make_sound(1, 10_000))
    assert report.faults == [], report
    for what in ("acknowledged", "recovered", "delivered", "pages", "openings"):
        assert report.counts[what] > 0, report


def test_every_kind_of_fault_is_made_and_found_two_hundred_times_in_all() -> None:
    rows = tabulate(SOME)
    assert [row.kind for row in rows if row.made == 0] == []
    assert [row for row in rows if row.flagged < row.made] == []
    assert sum(row.made for row in rows) >= 200


def test_it_takes_time_in_proportion_to_the_history(size: Size) -> None:
    small, large = chatter(size.records // 8), chatter(size.records)
    few, many = measure(small), measure(large)
    assert many < MOST_SECONDS
    assert many / few < MOST_RATIO


def measure(history: History) -> float:
    """Return the seconds of the processor that a sound history takes."""
    begun = time.process_time()
    report = check(history)
    taken = time.process_time() - begun
    assert report.faults == [], report
    assert report.counts["acknowledged"] > len(history.records) // 16
    return taken


def chatter(size: int) -> History:
    """Return so many records of one room where two talk, and each is told all."""
    history = History()
    notes, people = history.records, ("a1", "b2")
    log: list[Record] = []

    def note(who: int, what: str, **facts: object) -> None:
        device = f"{people[who]}/1"
        notes.append({"t": float(len(notes)), "device": device, "what": what, **facts})

    def tell(event: Record) -> None:
        log.append(event)
        for who in range(2):
            note(who, "delivered", room="r", **{"from": event["seq"]}, events=[event])

    for who, person in enumerate(people):
        note(who, "person", id=person)
        note(who, "invoke", op=-who, command={"type": "join_room", "key": "k"})
        log.append({"seq": who + 1, "kind": "joined", "at": 0, "by": person})
    for who in range(2):
        opened = {"head": 2, "from": 1, "reset": False, "after": None}
        note(who, "opened", room="r", **opened)
        note(who, "delivered", room="r", **{"from": 1}, events=log[:2])
    for op in range(1, size // 4):
        who, seq = op % 2, len(log) + 1
        text = f"text {op}"
        said = {"type": "post_message", "room": "r", "cmid": f"{op}", "text": text}
        note(who, "invoke", op=op, command=said)
        event = {"seq": seq, "kind": "message", "at": seq, "by": people[who]}
        tell(event | {"cmid": f"{op}", "text": text})
        note(who, "ok", op=op, result={"seq": seq, "at": seq, "duplicate": False})
    note(0, "log", room="r", events=log, raw=None)
    return history


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Return how much is looked at, in CI and in a campaign."""
    campaign = request.config.getoption("--campaign", default=False)
    return IN_CAMPAIGN if campaign else IN_CI
