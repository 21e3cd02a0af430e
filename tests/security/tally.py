"""What was fed to the server that all these tests share, and what became of it.

`CHINWAG_TALLY=FILE pytest tests/security` writes it down as JSON; without, nothing is
written.
"""

import json
import os
from collections import Counter
from pathlib import Path

from tests.live.servers import Server

VARIABLE = "CHINWAG_TALLY"
MIB = 2**20


class Tally:
    """Inputs by kind, answers by code or status, and the server's memory."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.inputs: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.before = server.memory()

    def feed(self, kind: str, answer: object) -> None:
        """Count one input, and what it was answered with; a bug is told at once."""
        self.inputs[kind] += 1
        self.answers[str(answer)] += 1
        assert not _is_bug(str(answer)), f"{kind}: {answer}"

    @property
    def bugs(self) -> int:
        """How many answers nobody may ever get."""
        return sum(self.answers[answer] for answer in self.answers if _is_bug(answer))

    @property
    def crashed(self) -> bool:
        """Whether the server is gone."""
        return self._server.process.poll() is not None

    @property
    def complaints(self) -> list[str]:
        """What the server wrote for its operator."""
        return self._server.complaint.splitlines()

    def sum_up(self) -> dict[str, object]:
        """Return all of it, for a report."""
        return {
            "inputs": sum(self.inputs.values()),
            "by_kind": dict(sorted(self.inputs.items())),
            "answers": dict(sorted(self.answers.items())),
            "crashes": int(self.crashed),
            "server_errors": sum(
                count
                for answer, count in self.answers.items()
                if answer == "internal"
                or (answer.isdigit() and 500 <= int(answer) < 600)
            ),
            "complaints": len(self.complaints),
            "rss_before_mib": round(self.before / MIB, 1),
            "rss_after_mib": round(self._server.memory() / MIB, 1),
        }

    def write(self) -> None:
        """Write it to the file that was asked for, if any was."""
        place = os.environ.get(VARIABLE)
        if place:
            Path(place).write_text(json.dumps(self.sum_up(), indent=2), "utf-8")


def _is_bug(answer: str) -> bool:
    server_error = len(answer) == 3 and answer.startswith("5")
    return server_error or answer in {"internal", "1006", "1011"}
