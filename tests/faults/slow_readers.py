"""Readers that stop reading: P8. They are processes of their own, and frozen."""

import asyncio
import contextlib
import json
import signal
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.forks import QuickServer
from tests.faults.rounds import Outcome, serving
from tests.live.guests import Guest, Room

RSS_BYTES = 64 * 2**20
SLOWER = 1.25
CATCH_UP_SECONDS = 60.0
WINDOW = 64
WARM = 100
STOPPED_IN_TURNS = (False, True, True, False)
"""So that what drifts meanwhile, or disturbs us, hits both alike."""


class Party:
    """A process of readers."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def hear(self) -> str:
        """Return the next line that it says."""
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode()

    async def report(self) -> dict[str, Any]:
        """Ask how far it has come."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"?\n")
        report: dict[str, Any] = json.loads(await self.hear())
        return report

    def stop(self) -> None:
        """Let none of its readers read any more."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them read again."""
        self._process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        """Be gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@contextlib.asynccontextmanager
async def parties(
    port: int, room: Room, count: int, size: int
) -> AsyncGenerator[list[Party]]:
    """Let so many parties of so many readers come in."""
    here: list[Party] = []
    try:
        for n in range(count):
            words = (str(port), room.key, str(size), f"Party {n}")
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.readers", *words),
                stdin=PIPE,
                stdout=PIPE,
            )
            here.append(Party(process))
        for party in here:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                said = await party.hear()
            assert said == "ready\n", said
        yield here
    finally:
        for party in here:
            await party.end()


@dataclass(frozen=True)
class Crowd:
    """How many read, and what they read.

    Attributes:
        readers: How many are in each party.
        parties: How many parties there are.
        stopped: How many of them are frozen.
        rate: How many messages are posted in a second.
        text: How long each is.
        messages: How many are posted in each phase: so many of so long texts are more
            than the system keeps for a socket that is frozen.
        noise: How many seconds the machine itself may add to the slowest answer.
    """

    readers: int = 40
    parties: int = 5
    stopped: int = 1
    rate: float = 200.0
    text: int = 9_000
    messages: int = 700
    noise: float = 1.0


CROWD = Crowd()
THOUSAND = Crowd(readers=200, rate=500.0, text=600, messages=7_500, noise=0.0)


async def play_slow_readers(place: Path, seed: int, *, crowd: Crowd = CROWD) -> Outcome:
    """Stop some parties while much is posted, and let them go on."""
    del seed
    outcome = Outcome()
    with serving(place / "data") as server:
        ada = await Guest("Ada", server.port).connect()
        room = await ada.start_room()
        # She need not hear what she says.
        await ada.ask("close_room", room=room.id)
        async with parties(server.port, room, crowd.parties, crowd.readers) as here:
            talk = Talk(server, ada, room, crowd)
            await talk.post(WARM)
            waits = {False: list[float](), True: list[float]()}
            memory: list[int] = []
            for stopped in STOPPED_IN_TURNS:
                talk.most = 0
                seen = await _see_phase(talk, here, crowd, stopped=stopped)
                waits[stopped].append(seen)
                memory.append(talk.most)
                await _expect_all(here, talk.last, outcome)
        await ada.drop()
    # The first phase is calm, and what was taken once stays.
    grown = max(memory) - memory[0]
    outcome.figures["MiB more"] = max(0, grown) // 2**20
    outcome.expect(grown <= RSS_BYTES, f"It grew by {grown / 2**20:.0f} MiB.")
    before, beside = statistics.mean(waits[False]), statistics.mean(waits[True])
    count = crowd.stopped * crowd.readers
    phases = sum(STOPPED_IN_TURNS)
    outcome.counts["readers stopped"] = count
    outcome.counts["read by stopped readers"] = count * phases * crowd.messages
    outcome.figures["ms p99 before"] = round(before * 1_000)
    outcome.figures["ms p99 beside"] = round(beside * 1_000)
    outcome.expect(
        beside <= SLOWER * before + crowd.noise,
        f"Others waited {beside:.3f} s instead of {before:.3f} s.",
    )
    return outcome


async def _see_phase(
    talk: "Talk", here: Sequence[Party], crowd: Crowd, *, stopped: bool
) -> float:
    """Post, and return the longest 99th part that readers waited who were not stopped.

    Those who are stopped in other phases are never asked: the same people are compared.
    """
    others = here[crowd.stopped :]
    await _reports(others)
    for party in here[: crowd.stopped] if stopped else ():
        party.stop()
    await talk.post(crowd.messages)
    seen = await _reports(others)
    for party in here[: crowd.stopped]:
        party.go_on()
    return max(each["p99"] for each in seen)


async def _reports(here: Sequence[Party]) -> list[dict[str, Any]]:
    return [await party.report() for party in here]


async def _expect_all(here: Sequence[Party], last: int, outcome: Outcome) -> None:
    """See every reader come to the end, with nothing missing and nothing twice."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        reports = await _reports(here)
        behind = sum(n <= last for report in reports for n in report["next"])
        if not behind or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    outcome.expect(not behind, f"{behind} readers never came to {last}.")
    for what in ("wrong", "closed"):
        number = sum(report[what] for report in reports)
        outcome.expect(not number, f"{number} {what}.")


class Talk:
    """Somebody who posts at a rate, with an eye on the server's memory."""

    def __init__(
        self, server: QuickServer, guest: Guest, room: Room, crowd: Crowd
    ) -> None:
        self.most = 0
        self.last = 0
        self._server = server
        self._guest = guest
        self._room = room
        self._rate = crowd.rate
        self._text = "x" * crowd.text
        self._said = 0

    async def post(self, count: int) -> None:
        """Post so many messages, and wait for the answers."""
        begun = time.monotonic()
        flying: list[int] = []
        for n in range(count):
            ahead = begun + n / self._rate - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            flying.append(await self._tell())
            if len(flying) >= WINDOW:
                await self._hear(flying.pop(0))
            if n % 50 == 0:
                self.most = max(self.most, self._server.memory())
        for asked in flying:
            await self._hear(asked)
        self.most = max(self.most, self._server.memory())

    async def _tell(self) -> int:
        self._said += 1
        return await self._guest.tell(
            "post_message",
            room=self._room.id,
            cmid=str(self._said),
            text=f"t={time.monotonic()} {self._text}",
        )

    async def _hear(self, asked: int) -> None:
        self.last = (await self._guest.answer(asked))["seq"]
