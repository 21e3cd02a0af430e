"""Disks that fail at one place: at the n-th call of one kind, with one error.

`strace` puts the error in the place of the call, in a server that knows nothing of it.
Only calls on the database's own files count.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from tests.faults.traces import wait_for_tracer

FILES = ("chinwag.db", "chinwag.db-wal", "chinwag.db-shm")
STAND_SECONDS = 0.05
SYNCS = ("fdatasync", "fsync")
TRACED = "fdatasync,fsync,pwrite64,openat,ftruncate"
INJECTED = re.compile(r"(\w+)\(.*\(INJECTED\)$", re.MULTILINE)
LINE = re.compile(r"^\d+ +([\d.]+) .*\(INJECTED\)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Where a disk fails.

    Attributes:
        calls: Which calls of the system, as strace names them, are counted together.
        error: What they come to.
        nth: At which call of a thread it begins.
        lasting: Whether all later ones fail, too.
    """

    calls: str
    error: str
    nth: int
    lasting: bool = True

    @property
    def is_broken(self) -> bool:
        """Whether the disk is broken, rather than full."""
        return self.error == "EIO" or any(call in self.calls for call in SYNCS)

    @override
    def __str__(self) -> str:
        return f"{self.error} at {self.calls} {self.nth}{'+' * self.lasting}"


KINDS = {
    ("fdatasync,fsync", "EIO"): 60,
    ("fdatasync,fsync", "ENOSPC"): 60,
    ("pwrite64", "EIO"): 120,
    ("pwrite64", "ENOSPC"): 120,
    ("ftruncate", "ENOSPC"): 1,
    ("openat", "EIO"): 8,
}
"""How disks fail, and among how many first calls of a server."""


def draw_place(dice: random.Random) -> Place:
    """Return some place, syncs more often than rare calls."""
    kinds, most = list(KINDS), list(KINDS.values())
    (kind,) = dice.choices(kinds, [min(each, 60) for each in most])
    nth = dice.randint(1, KINDS[kind])
    return Place(*kind, nth, lasting=dice.random() < 0.8)


class Saboteur:
    """Lets the disk of a process fail at a place."""

    def __init__(self, place: Place, data: Path, log: Path) -> None:
        self.place = place
        self._data = data
        self._log = log
        self._strace: subprocess.Popen[bytes] | None = None
        self._pid = 0

    @staticmethod
    def is_here() -> bool:
        """Whether this machine has the tool."""
        return shutil.which("strace") is not None

    def watch(self, pid: int) -> None:
        """Lie in wait in a process; return when nothing escapes any more."""
        self._log.write_bytes(b"")
        self._pid = pid
        when = f"{self.place.nth}{'+' * self.place.lasting}"
        files = [part for name in FILES for part in ("-P", self._data / name)]
        self._strace = subprocess.Popen(
            [
                *("strace", "-f", "-qq", "-ttt", "-o", self._log, *files),
                *("-e", f"trace={TRACED}", "-e", "signal=none"),
                *(
                    "-e",
                    f"inject={self.place.calls}:error={self.place.error}:when={when}",
                ),
                *("-p", str(pid)),
            ],
            stderr=subprocess.DEVNULL,
        )
        wait_for_tracer(pid, self._strace)

    def stop(self) -> None:
        """Let the disk be good again, in a process that goes on.

        It stands still meanwhile: a call that strace let go of in its midst would come
        to an error that no disk has.
        """
        if self._strace is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGSTOP)
        time.sleep(STAND_SECONDS)
        self._strace.send_signal(signal.SIGTERM)
        self._strace.wait()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGCONT)

    @property
    def failures(self) -> int:
        """How many calls have failed."""
        return len(INJECTED.findall(self._log.read_text("utf-8", "replace")))

    def first_failure(self) -> float | None:
        """Return when a call failed for the first time, on the monotonic clock."""
        found = LINE.search(self._log.read_text("utf-8", "replace"))
        if found is None:
            return None
        ahead = time.clock_gettime(time.CLOCK_REALTIME) - time.monotonic()
        return float(found[1]) - ahead
