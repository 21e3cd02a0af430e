"""What the heart has done so far, for whoever watches it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Totals since the start.

    Attributes:
        answers: Commands answered, under their failure code or `ok`.
        events: Events added to logs.
        commits: Batches that were made durable.
        commit_seconds: How long they waited for the disk, in all.
    """

    answers: Counter[str] = field(default_factory=Counter[str])
    events: int = 0
    commits: int = 0
    commit_seconds: float = 0.0
