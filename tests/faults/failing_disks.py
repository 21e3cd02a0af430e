"""A disk that fails or is full at some call: P13, over and over at other places.

A storm goes over a server that ends at each place where its disk fails, and is started
again with the next place waiting for it.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.faults.forks import Plant, QuickServer
from tests.faults.history import History
from tests.faults.places import Place, Saboteur, draw_place
from tests.faults.rounds import NotHere, Outcome, finish, judge, serving
from tests.faults.storm import Storm, Weather, storm

REACH_SECONDS = 3.0
END_SECONDS = 5.0
BACK_SECONDS = 5.0
LATE_SECONDS = 2.0
STORAGE_FAILED = 10


async def play_failing_disks(
    place: Path,
    seed: int,
    *,
    places: Sequence[Place] = (),
    plant: Plant | None = None,
) -> Outcome:
    """Let the disk fail at given places, or at ten that the seed chooses."""
    if not Saboteur.is_here():
        raise NotHere("strace is what makes a disk fail")
    dice = random.Random(seed)  # noqa: S311 - the same places every time
    history, outcome = History(), Outcome()
    places = places or [draw_place(dice) for _ in range(10)]
    weather = Weather(seed=seed, people=3, devices=1, rooms=2, window=4, rate=100)
    with serving(place / "data", plant=plant) as server:
        async with storm(server, history, weather) as talk:
            server.kill()
            for each in places:
                await Trial(server, talk, each, outcome).play()
            server.watch = None
            await asyncio.to_thread(server.start)
            await finish(talk, outcome)
    return judge(history, outcome)


class Trial:
    """One place, and what comes of it."""

    def __init__(
        self, server: QuickServer, talk: Storm, place: Place, outcome: Outcome
    ) -> None:
        self._server = server
        self._talk = talk
        self._place = place
        self._outcome = outcome
        self._saboteur = Saboteur(
            place, server.data, server.data.with_name("strace.log")
        )

    async def play(self) -> None:
        """Start, fail, and see what must be seen; leave no process behind."""
        self._talk.history.note("", "fault", fault="disk", facts=str(self._place))
        self._server.watch = self._saboteur.watch
        await asyncio.to_thread(self._server.launch)
        try:
            await self._see()
        finally:
            self._server.end()
            self._saboteur.stop()

    async def _see(self) -> None:
        counts = self._outcome.counts
        if not await asyncio.to_thread(self._server.opens):
            counts["refused to start"] += 1
            self._expect_sentence(self._server.wait())
            return
        await self._until(lambda: self._saboteur.failures > 0, REACH_SECONDS)
        if not self._saboteur.failures:
            counts["not reached"] += 1
            return
        counts["places"] += 1
        if self._place.is_broken:
            await self._see_it_end()
        else:
            await self._see_it_go_on()

    async def _see_it_end(self) -> None:
        if not await self._until(lambda: not self._server.runs, END_SECONDS):
            self._outcome.faults.append(f"It went on after {self._place}.")
            return
        status = self._server.wait()
        self._outcome.counts["ended"] += 1
        self._outcome.expect(
            status == STORAGE_FAILED, f"Status {status} after {self._place}."
        )
        self._expect_sentence(status)
        self._expect_no_late_answer()

    def _expect_no_late_answer(self) -> None:
        failed_at = self._saboteur.first_failure()
        assert failed_at is not None
        late = [
            record
            for record in self._talk.history.of("ok")
            if record["t"] > failed_at + LATE_SECONDS and "seq" in record["result"]
        ]
        self._outcome.expect(not late, f"{len(late)} answers after {self._place}.")

    def _expect_sentence(self, status: int) -> None:
        said = self._server.complaint
        good = status > 0 and len(said.splitlines()) == 1
        self._outcome.expect(good, f"Status {status} after {self._place}: {said!r}")

    async def _see_it_go_on(self) -> None:
        """A full disk is told, and forgotten as soon as there is room again."""
        await self._until(lambda: not self._server.runs, 0.3)
        self._saboteur.stop()
        before = self._talk.acknowledged
        back = await self._until(
            lambda: self._talk.acknowledged > before or not self._server.runs,
            BACK_SECONDS,
        )
        self._outcome.expect(
            back and self._server.runs,
            f"Not back after {self._place}: {self._server.complaint!r}",
        )
        self._outcome.counts["back"] += 1

    async def _until(self, done: Callable[[], bool], seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not done():
            if loop.time() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True
