"""What was fed to the page, counted by kind, for a report.

`CHINWAG_TALLY=FILE` writes it down as JSON, beside what others count there.
"""

import json
import os
from collections import Counter
from pathlib import Path

VARIABLE = "CHINWAG_TALLY"


class Tally:
    """Inputs by kind, and what the page did of what it may not do."""

    def __init__(self) -> None:
        self.inputs: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.strange = 0

    def write(self, name: str) -> None:
        """Write it to the file that was asked for, if any was."""
        place = os.environ.get(VARIABLE)
        if not place:
            return
        told = {
            "inputs": sum(self.inputs.values()),
            "by_kind": dict(sorted(self.inputs.items())),
            "refused": dict(sorted(self.refused.items())),
            "strange": self.strange,
        }
        path = Path(place)
        beside = path.with_name(f"{path.stem}-{name}{path.suffix}")
        beside.write_text(json.dumps(told, indent=2), "utf-8")
