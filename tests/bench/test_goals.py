"""Goals: met, missed, or void where nobody could meet them."""

from collections.abc import Sequence

import pytest

from bench.figures import Figures
from bench.goals import Goal, form
from bench.scenarios import latency

MOST = Goal("p99 ms", 2.0)
LEAST = Goal("messages a core", 15_000, least=True)


@pytest.mark.parametrize(
    ("goal", "good", "bad"), [(MOST, 2.0, 2.1), (LEAST, 15_000, 14_999)]
)
def test_a_goal_is_a_bound_from_above_or_from_below(
    goal: Goal, good: float, bad: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert goal.judge(good)
    assert "Met" in capsys.readouterr().out
    assert not goal.judge(bad)
    assert "Missed" in capsys.readouterr().out


def test_a_goal_that_even_nothing_meets_says_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert not MOST.judge(3.0, void=MOST.find_void("a bare round trip", 2.5))
    assert "Void (a bare round trip 2.5): 3." in capsys.readouterr().out
    assert MOST.find_void("a bare round trip", 1.5) is None
    assert LEAST.find_void("the demo", 50_000) is None
    assert LEAST.find_void("the demo", 12_000) == "the demo 12,000"


def test_what_is_met_is_met_whoever_misses_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert MOST.judge(1.0, void=MOST.find_void("a bare round trip", 2.5))
    assert "Met: 1." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("busy", "said"),
    [
        ((0.3, 0.8, 0.9), ["Missed", "Missed", "nothing", "nothing"]),
        ((0.8, 0.8, 0.8), ["Void", "Missed", "nothing", "nothing"]),
        ((0.3, 0.99, 0.99), ["Missed", "Missed", "Missed", ""]),
        ((0.3, 0.8, 0.99), ["Missed", "Missed", "nothing", "Missed"]),
    ],
)
def test_rest_is_where_nothing_queues_and_overload_where_the_demo_falls_behind(
    busy: Sequence[float], said: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    summary = {
        f"{name} at {rate:,}/s": run(*times, each)
        for name, times in (("chinwag", (4, 9)), ("demo", (1, 2)))
        for rate, each in zip(latency.DELIVERIES, busy, strict=True)
    }
    assert not latency.judge(summary)
    lines = capsys.readouterr().out.split("\n")
    assert all(word in line for word, line in zip(said, lines, strict=False))


@pytest.mark.parametrize("busy", [(0.3, 0.99, 0.99), (0.3, 0.8, 0.99), (0.3, 0.8, 0.8)])
def test_what_falls_behind_at_no_rate_meets_nothing(busy: Sequence[float]) -> None:
    summary = {
        f"{name} at {rate:,}/s": run(*times, each)
        for name, times in (("chinwag", (1, 2)), ("demo", (1, 50)))
        for rate, each in zip(latency.DELIVERIES, busy, strict=True)
    }
    assert latency.judge(summary) == (busy[-1] > 0.95)


def run(p50: float, p99: float, busy: float) -> Figures:
    """Return what a run came to, in milliseconds."""
    seen = {"p50_ms": p50, "p99_ms": p99, "fsync_p99_ms": 0.3, "server_busy": busy}
    medians: Figures = {name: {"median": value} for name, value in seen.items()}
    return medians | {"faults": []}


def test_figures_are_read_at_a_glance() -> None:
    assert [form(each) for each in (0.1234, 12.34, 99.95, 12_345.6)] == [
        "0.123",
        "12.3",
        "100",
        "12,346",
    ]
