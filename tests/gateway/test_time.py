"""One wheel and a few queues instead of a timer for each connection."""

from hypothesis import given
from hypothesis import strategies as st

from chinwag.gateway.heartbeat import Deadlines, Wheel


@given(st.lists(st.integers(0, 24), max_size=40), st.integers(1, 25))
def test_the_wheel_visits_everybody_once_in_a_round(
    arrivals: list[int], slots: int
) -> None:
    visited: list[int] = []
    wheel = Wheel[int](slots, visited.append)
    due = sorted(arrivals)
    for second in range(max(due, default=0) + 1):
        for member, arrival in enumerate(due):
            if arrival == second:
                wheel.add(member)
        wheel.turn()
    visited.clear()
    for _ in range(slots):
        wheel.turn()
    assert sorted(visited) == list(range(len(due)))


def test_nobody_is_visited_before_a_whole_round_has_passed() -> None:
    visited: list[str] = []
    wheel = Wheel[str](25, visited.append)
    wheel.turn()
    wheel.add("Ada")
    for _ in range(24):
        wheel.turn()
    assert visited == []
    wheel.turn()
    assert visited == ["Ada"]


def test_whoever_is_visited_may_go_and_take_others_along() -> None:
    slots: dict[str, int] = {}
    wheel: Wheel[str] = Wheel(2, lambda _: wheel.remove("Bob", slots["Bob"]))
    for name in ("Ada", "Bob"):
        slots[name] = wheel.add(name)
    for _ in range(4):
        wheel.turn()
    wheel.remove("Ada", slots["Ada"])
    wheel.remove("Ada", slots["Ada"])


def test_whoever_is_late_is_told_once_and_in_order() -> None:
    late: list[str] = []
    deadlines = Deadlines[str](10, late.append)
    deadlines.start("Ada", 0)
    deadlines.start("Bob", 1)
    deadlines.start("Cleo", 2)
    deadlines.start("Ada", 5)
    deadlines.stop("Bob")
    deadlines.check(9.9)
    assert late == []
    deadlines.check(10)
    assert late == ["Ada"]
    deadlines.check(30)
    deadlines.check(31)
    assert late == ["Ada", "Cleo"]


def test_who_starts_again_has_the_whole_time_again() -> None:
    late: list[str] = []
    deadlines = Deadlines[str](10, late.append)
    deadlines.start("Ada", 0)
    deadlines.stop("Ada")
    deadlines.start("Ada", 5)
    deadlines.check(14)
    assert late == []
    deadlines.check(15)
    assert late == ["Ada"]
