"""A clock that a test moves, and dice that fall as expected."""

from chinwag.ids import Millis

MORNING = Millis(1_800_000_000_000)


class FakeClock:
    """The port `Clock`: it stands still until somebody moves it."""

    def __init__(self) -> None:
        self.wall = MORNING
        self.seconds = 1_000.0

    def now(self) -> Millis:
        """Return the time of day."""
        return self.wall

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        return self.seconds

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self.wall = Millis(self.wall + round(seconds * 1_000))

    def set_back(self, seconds: float) -> None:
        """Set the time of day back, as an operator may."""
        self.wall = Millis(self.wall - round(seconds * 1_000))


class FakeDice:
    """The port `Dice`: no two throws are alike, and all are the same tomorrow."""

    def __init__(self) -> None:
        self._thrown = 0

    def _throw(self) -> int:
        self._thrown += 1
        return self._thrown

    def token(self) -> str:
        """Return a secret that nobody had before."""
        return f"{self._throw():043d}"

    def number(self, bits: int) -> int:
        """Return a number of so many bits."""
        return self._throw() % 2**bits
