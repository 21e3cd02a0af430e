"""Breaks of order: between readers, of time, of one sender, of all senders."""

from collections.abc import Callable
from itertools import combinations

from tests.faults.breaks.copies import Copy, Said, breaks
from tests.faults.checks.findings import Kind

Fits = Callable[[Said, Said], bool]


@breaks(Kind.ORDER)
def two_saw_different_authors(copy: Copy) -> None:
    _spoil_one_of_two(copy, by="d4")


@breaks(Kind.ORDER)
def two_saw_different_times(copy: Copy) -> None:
    _spoil_one_of_two(copy, at=5)


@breaks(Kind.ORDER)
def two_saw_different_kinds(copy: Copy) -> None:
    _spoil_one_of_two(copy, kind="joined")


@breaks(Kind.ORDER)
def one_saw_two_messages_in_the_other_order(copy: Copy) -> None:
    whole = [r for r in copy.of("delivered", "page") if len(r["events"]) > 1]
    record = copy.one_of(whole)
    place = copy.one_of(range(len(record["events"]) - 1))
    one, other = record["events"][place : place + 2]
    for event in (one, other):
        others = [
            s
            for s in copy.views()
            if s.seq == event["seq"] and s.record["room"] == record["room"]
        ]
        copy.one_of(others[1:])
    one["seq"], other["seq"] = other["seq"], one["seq"]
    record["events"][place : place + 2] = other, one


@breaks(Kind.ORDER)
def a_rooms_time_goes_back(copy: Copy) -> None:
    log = copy.one_of(r for r in copy.of("log") if len(r["events"]) > 1)
    place = copy.one_of(range(1, len(log["events"])))
    at = log["events"][place - 1]["at"] - 1
    seq = log["events"][place]["seq"]
    log["raw"][place]["at"] = at
    for seen in [*copy.views(), *copy.logged(log["events"][place]["kind"])]:
        if seen.record["room"] == log["room"] and seen.seq == seq:
            seen.event["at"] = at


@breaks(Kind.SENDER_ORDER)
def one_device_was_overtaken_by_itself(copy: Copy) -> None:
    def pipelined(one: Said, other: Said) -> bool:
        same = one.invoke["device"] == other.invoke["device"]
        return same and other.invoke["t"] < one.answer["t"]

    _swap(copy, pipelined)


@breaks(Kind.SENDER_ORDER)
def one_device_was_not_kept_behind(copy: Copy) -> None:
    def behind(one: Said, other: Said) -> bool:
        same = one.invoke["device"] == other.invoke["device"]
        return same and other.fields.get("behind") == one.fields["cmid"]

    _swap(copy, behind)


@breaks(Kind.SENDER_ORDER)
def a_message_stands_in_front_of_what_is_not_there(copy: Copy) -> None:
    posts = [said for said in copy.fresh() if "behind" not in said.fields]
    copy.one_of(posts).fields["behind"] = "never said"


@breaks(Kind.REAL_TIME)
def what_was_said_later_by_another_stands_before(copy: Copy) -> None:
    def later(one: Said, other: Said) -> bool:
        same = one.invoke["device"] == other.invoke["device"]
        return not same and one.answer["t"] < other.invoke["t"]

    _swap(copy, later)


@breaks(Kind.REAL_TIME)
def what_was_said_later_by_the_same_stands_before(copy: Copy) -> None:
    def later(one: Said, other: Said) -> bool:
        same = one.invoke["device"] == other.invoke["device"]
        return same and one.answer["t"] < other.invoke["t"]

    _swap(copy, later)


@breaks(Kind.REAL_TIME)
def a_message_stands_before_what_had_been_seen(copy: Copy) -> None:
    said = copy.one_of(s for s in copy.fresh() if len(copy.attempts(s)) == 2)
    room, seq = said.fields["room"], said.result["seq"]
    later = [
        s.record
        for s in copy.views("delivered")
        if s.record["room"] == room and s.seq > seq
    ]
    record = copy.one_of(later)
    # It is said only now, and all that has seen it has seen nothing.
    copy.records[:] = [
        r
        for r in copy.records
        if r["what"] not in {"delivered", "page"}
        or r is record
        or r["room"] != room
        or seq not in {event["seq"] for event in r["events"]}
    ]
    record["events"] = [e for e in record["events"] if e["seq"] > seq]
    record["from"] = record["events"][0]["seq"]
    said.invoke["t"] = record["t"] + 1e-9
    said.answer["t"] = record["t"] + 2e-9


def _spoil_one_of_two(copy: Copy, **fields: object) -> None:
    seen = copy.one_of(copy.views())
    others = [
        s
        for s in copy.views()
        if s.seq == seen.seq
        and s.record["room"] == seen.record["room"]
        and s.record["device"] != seen.record["device"]
    ]
    copy.one_of(others)
    copy.one_of([1] if seen.event["kind"] != fields.get("kind") else [])
    seen.event |= fields


def _swap(copy: Copy, fits: Fits) -> None:
    """Let two messages change places everywhere, as if the log had them so."""
    posts = [said for said in copy.fresh() if len(copy.attempts(said)) == 2]
    pairs = [
        (one, other)
        for one, other in combinations(posts, 2)
        if one.fields["room"] == other.fields["room"] and fits(one, other)
    ]
    one, other = copy.one_of(pairs)
    room = one.fields["room"]
    first, second = (
        dict(copy.final(room, said.result["seq"])) for said in (one, other)
    )
    copy.replace(room, first["seq"], dict(second))
    copy.replace(room, second["seq"], dict(first))
    for name in ("seq", "at"):
        one.result[name], other.result[name] = other.result[name], one.result[name]
