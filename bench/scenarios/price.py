"""What durability costs: the hot room, and the same with a store that keeps nothing."""

from bench.figures import Figures, say, show_table, spread
from bench.goals import Goal
from bench.load import Load
from bench.peers.chinwag import Chinwag
from bench.peers.forgetful import Forgetful
from bench.scenarios import hot_room

GOAL = 0.7
"""Of the deliveries a second of server CPU that there are without a store."""
WHAT = "deliveries_per_cpu_second"


def measure(load: Load, *, rounds: int) -> Figures:
    """Run both in interleaved rounds."""
    return hot_room.measure([Chinwag(), Forgetful()], load, rounds=rounds)


def show(figures: Figures) -> bool:
    """Print the table; return whether the goal is met."""
    summary = figures["summary"]
    show_table(
        ("durability", "deliveries/CPU s", "spread", "deliveries/s", "p99 ms"),
        [
            (
                name,
                f"{each[WHAT]['median']:,.0f}",
                spread(each[WHAT], "{:,.0f}"),
                f"{each['deliveries_per_second']['median']:,.0f}",
                f"{each['p99_ms']['median']:,.0f}",
            )
            for name, each in summary.items()
        ],
    )
    ours, nothing = (summary[name][WHAT]["median"] for name in ("chinwag", "forgetful"))
    goal = Goal("times what it does without a store", GOAL, least=True)
    met = goal.judge(ours / nothing)
    say()
    return met
