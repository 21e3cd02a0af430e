"""A campaign: one scenario after the other until the time is up."""

import asyncio
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.faults.campaign.ledger import ROOT, Run, keep_run
from tests.faults.campaign.rota import SCENARIOS
from tests.faults.history import History
from tests.faults.rounds import NotHere, Outcome

KEPT = ROOT / ".make/proof"
MOMENT_SECONDS = 10
ROUND_SECONDS = 300.0
MOST_SENTENCES = 10


class Campaign:
    """One run of so many seconds."""

    def __init__(self, run: Run, names: Sequence[str], seconds: float) -> None:
        self._run = run
        self._names = list(names)
        self._seconds = seconds
        self._begun = time.monotonic()
        self._moments: Counter[tuple[int, str]] = Counter()

    def play(self) -> bool:
        """Play until the time is up; return whether all went well."""
        well = True
        number = 0
        while self._names and time.monotonic() - self._begun < self._seconds:
            number += 1
            for name in list(self._names):
                seed = draw_seed(self._run["seed"], name, number)
                well &= self.play_round(name, seed)
                if time.monotonic() - self._begun >= self._seconds:
                    break
        return well

    def play_round(self, name: str, seed: int) -> bool:
        """Play one scenario once; keep what came of it; return whether all was well."""
        begun = time.monotonic()
        outcome = self._try(name, seed)
        if outcome is None:
            return True
        self._keep(name, seed, outcome, time.monotonic() - begun)
        return self._tell(name, seed, outcome, time.monotonic() - begun)

    def replay(self, name: str, seed: int) -> bool:
        """Play one round again, and keep nothing of it in the ledger."""
        begun = time.monotonic()
        outcome = self._try(name, seed)
        if outcome is None:
            return False
        return self._tell(name, seed, outcome, time.monotonic() - begun)

    def _tell(self, name: str, seed: int, outcome: Outcome, seconds: float) -> bool:
        verdict = "good" if not outcome.faults else f"{len(outcome.faults)} FAULTS"
        said = ", ".join(f"{n} {what}" for what, n in outcome.counts.most_common(5))
        said += "".join(f", {n} {what}" for what, n in outcome.figures.items())
        say(f"{name:10} {seed:10}  {seconds:5.1f} s  {verdict}  {said}")
        if outcome.faults:
            self._tell_faults(name, seed, outcome)
        return not outcome.faults

    def _try(self, name: str, seed: int) -> Outcome | None:
        with tempfile.TemporaryDirectory(
            prefix="proof-", ignore_cleanup_errors=True
        ) as place:
            try:
                return asyncio.run(_in_time(name, Path(place), seed))
            except NotHere as missing:
                say(f"{name:10} NOT PROVED HERE: {missing}")
                self._run["missing"][name] = str(missing)
                self._names.remove(name)
                return None
            except Exception as error:  # noqa: BLE001 - the campaign goes on, and tells
                trace = "".join(traceback.format_exception(error))
                say(trace)
                last = trace.strip().splitlines()[-1]
                return Outcome(faults=[f"It broke: {last}"])

    def _keep(self, name: str, seed: int, outcome: Outcome, seconds: float) -> None:
        empty: dict[str, Any] = {
            "rounds": 0,
            "seconds": 0.0,
            "counts": {},
            "figures": {},
            "faults": [],
        }
        kept = self._run["scenarios"].setdefault(name, empty)
        kept["rounds"] += 1
        kept["seconds"] = round(kept["seconds"] + seconds, 1)
        counts: dict[str, int] = kept["counts"]
        kept["counts"] = dict(sorted((Counter(counts) + outcome.counts).items()))
        figures: dict[str, int] = kept["figures"]
        for what, much in outcome.figures.items():
            figures[what] = max(much, figures.get(what, 0))
        if outcome.faults:
            sentences = outcome.faults[:MOST_SENTENCES]
            kept["faults"].append({"seed": seed, "sentences": sentences})
        if outcome.history is not None:
            self._note_moments(outcome.history)
        self._run["seconds"] = round(time.monotonic() - self._begun, 1)
        self._run["moments"] = self._list_moments()
        keep_run(self._run)

    def _note_moments(self, history: History) -> None:
        posts = {
            record["op"]
            for record in history.of("invoke")
            if record["command"]["type"] == "post_message"
        }
        for record in history.records:
            moment = int((record["t"] - self._begun) // MOMENT_SECONDS)
            if record["what"] == "fault" and record["fault"] != "start":
                self._moments[moment, "faults"] += 1
            elif record["what"] == "ok" and record["op"] in posts:
                self._moments[moment, "acknowledged"] += 1

    def _list_moments(self) -> list[list[int]]:
        last = max((moment for moment, _ in self._moments), default=-1)
        return [
            [self._moments[n, "faults"], self._moments[n, "acknowledged"]]
            for n in range(last + 1)
        ]

    def _tell_faults(self, name: str, seed: int, outcome: Outcome) -> None:
        for fault in outcome.faults[:MOST_SENTENCES]:
            say(f"    {fault}")
        if outcome.history is not None:
            KEPT.mkdir(parents=True, exist_ok=True)
            file = KEPT / f"{name}-{seed}.jsonl"
            outcome.history.write(file)
            say(f"    history: python -m tests.faults.checker {file.relative_to(ROOT)}")
        say(f"    again:   {replay(name, seed)}")


async def _in_time(name: str, place: Path, seed: int) -> Outcome:
    async with asyncio.timeout(ROUND_SECONDS):
        return await SCENARIOS[name](place, seed)


def draw_seed(seed: int, name: str, number: int) -> int:
    """Return the seed of the n-th round of a scenario."""
    return random.Random(f"{seed}/{name}/{number}").getrandbits(31)  # noqa: S311 - the same rounds every time


def replay(name: str, seed: int) -> str:
    """Return the command that plays a round again."""
    return f"python -m tests.faults.campaign --only {name} --replay {seed}"


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
