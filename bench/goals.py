"""What figures are to be, and where that says nothing (ADR 0022)."""

from dataclasses import dataclass

from bench.figures import say


@dataclass(frozen=True)
class Goal:
    """What one figure is to be.

    Attributes:
        what: The figure, with its unit.
        bound: What it is to be at most.
        least: Whether that is what it is to be at least.
    """

    what: str
    bound: float
    least: bool = False

    def is_met(self, value: float) -> bool:
        """Tell whether a figure is good enough."""
        return value >= self.bound if self.least else value <= self.bound

    def find_void(self, who: str, value: float) -> str | None:
        """Return why the goal says nothing here, if `who` misses it as well.

        That is somebody who does less for it, or nothing, measured in the same run.
        """
        return None if self.is_met(value) else f"{who} {form(value)}"

    def judge(self, value: float, *, void: str | None = None) -> bool:
        """Say whether it is met; return that: a void goal is not.

        Args:
            value: The figure.
            void: Why the goal says nothing here, if so.
        """
        met = self.is_met(value)
        how = "Met" if met else "Missed" if void is None else f"Void ({void})"
        side = "least" if self.least else "most"
        bound, seen = form(self.bound), form(value)
        say(f"{self.what}: goal at {side} {bound}. {how}: {seen}.")
        return met


def form(value: float) -> str:
    """Return a figure as it is read: three digits, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
