"""Whatever people say: a batch is as one by one, and a fold as a fresh look."""

import asyncio
import json
import shutil
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chinwag.domain.events import CHANGES, Entry
from chinwag.domain.news import RoomNews
from chinwag.errors import Refusal
from chinwag.protocol.commands import AskHistory
from chinwag.protocol.door import Answer, Caller
from chinwag.protocol.envelope import encode_entry, encode_failure, encode_reply
from chinwag.protocol.results import History
from tests.support.asking import expect, join, person_of, post, room_id, start_room
from tests.support.database import Dump, dump
from tests.support.histories import PEOPLE, Said, talks
from tests.support.server import Server, serving
from tests.support.time import FakeClock, FakeDice

Json = dict[str, Any]
T = TypeVar("T")


class Stage:
    """A room with two people in it and a third at the door, set up again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._played = 0
        self._people: list[int] = []
        asyncio.run(self._set_up())

    async def _set_up(self) -> None:
        (self._folder / "first").mkdir()
        async with serving(self._folder / "first") as server:
            ada, eve, bob = [await server.meet(name) for name in ("Ada", "Eve", "Bob")]
            started = await start_room(server, ada)
            self.room, self.key = started.room.id, started.key
            await start_room(server, bob, "Elsewhere")
            await join(server, eve, self.key)
            await post(server, ada, self.room, "First")
            await post(server, eve, self.room, "Second")
            self._people = [person_of(person) for person in (ada, eve, bob)]

    def play(self, act: Callable[[Server, list[Caller]], Coroutine[Any, Any, T]]) -> T:
        """Let something happen on a stage that looks as before."""
        self._played += 1
        data = self._folder / str(self._played)
        shutil.copytree(self._folder / "first", data)

        async def perform() -> T:
            clock, dice = FakeClock(), FakeDice()
            clock.go_on(60)
            async with serving(data, clock=clock, dice=dice) as server:
                callers = [server.caller(person=person) for person in self._people]
                return await act(server, callers)

        try:
            return asyncio.run(perform())
        finally:
            shutil.rmtree(data)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a stage for the whole module."""
    return Stage(tmp_path_factory.mktemp("stage"))


def show(answer: Answer) -> bytes:
    if isinstance(answer, Refusal):
        return encode_failure(1, answer)
    return encode_reply(1, answer)


def entries_of(server: Server, room: str) -> list[Entry]:
    """Return what was told of the room's log."""
    return [
        entry
        for news in server.news
        if isinstance(news, RoomNews) and news.room == room_id(room)
        for entry in news.entries
    ]


MANY = settings(
    max_examples=40,
    # Every example is two servers: making it smaller would take minutes.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Seen = tuple[Sequence[bytes], Dump, list[Entry]]


@MANY
@given(data=st.data())
def test_a_batch_is_the_same_as_its_commands_one_by_one(
    stage: Stage, data: st.DataObject
) -> None:
    talk = data.draw(talks(stage.room, stage.key))

    async def look(server: Server, answers: Sequence[bytes]) -> Seen:
        await server.wait(1)
        return answers, dump(server.store.path), entries_of(server, stage.room)

    async def at_once(server: Server, callers: list[Caller]) -> Seen:
        for who, command in talk:

            def note(answer: Answer, said: Said = (who, command)) -> None:
                decided.append(said)
                answers.append(show(answer))

            server.dispatch.submit(callers[who], command, note)
        await server.settle()
        return await look(server, answers)

    async def one_by_one(server: Server, callers: list[Caller]) -> Seen:
        # One person's are in their order; between people the server is fair.
        shown = [show(await server.ask(callers[w], said)) for w, said in decided]
        return await look(server, shown)

    decided: list[Said] = []
    answers: list[bytes] = []
    batch, single = stage.play(at_once), stage.play(one_by_one)
    for said, one, other in zip(decided, batch[0], single[0], strict=True):
        assert one == other, said
    assert batch[1:] == single[1:]
    for who in range(PEOPLE):
        asked = [said for said in talk if said[0] == who]
        assert [said for said in decided if said[0] == who] == asked


@MANY
@given(data=st.data())
def test_a_refused_command_leaves_nothing_behind(
    stage: Stage, data: st.DataObject
) -> None:
    talk = data.draw(talks(stage.room, stage.key))

    async def act(server: Server, callers: list[Caller]) -> None:
        for who, command in talk:
            before = dump(server.store.path), list(server.marks.due()), len(server.news)
            answer = await server.ask(callers[who], command)
            if isinstance(answer, Refusal):
                after = dump(server.store.path), server.marks.due(), len(server.news)
                assert before == after, (command, answer)
                assert answer.code != "internal"

    stage.play(act)


def fold(held: Sequence[Json], told: Sequence[Json]) -> list[Json]:
    """Apply what was told to what is held, as the contract tells clients to."""
    events = {event["seq"]: dict(event) for event in held}
    for event in told:
        events[event["seq"]] = dict(event)
        target = events.get(event.get("target", 0))
        if event["kind"] not in CHANGES or target is None:
            continue
        if event["seq"] <= target.get("changed", target["seq"]):
            continue
        change(events, target, event)
    return [events[seq] for seq in sorted(events)]


def change(events: dict[int, Json], target: Json, event: Json) -> None:
    target["changed"] = event["seq"]
    if event["kind"] == "edited":
        target |= {"text": event["text"], "edited_at": event["at"]}
    elif event["kind"] == "deleted":
        target |= {"text": None, "deleted": True}
        for gone in ("edited_at", "reactions"):
            target.pop(gone, None)
        for other in events.values():
            if other["kind"] == "edited" and other["target"] == target["seq"]:
                other["text"] = None
    elif event["kind"] == "reacted":
        react(target, event)


def react(target: Json, event: Json) -> None:
    given_by: dict[str, list[str]] = {
        reaction["emoji"]: reaction["people"]
        for reaction in target.get("reactions", ())
    }
    others = [by for by in given_by.get(event["emoji"], ()) if by != event["by"]]
    given_by[event["emoji"]] = [*others, event["by"]] if event["on"] else others
    target["reactions"] = [
        {"emoji": emoji, "n": len(people), "people": people}
        for emoji, people in given_by.items()
        if people
    ]
    if not target["reactions"]:
        del target["reactions"]


@MANY
@given(data=st.data())
def test_a_snapshot_and_its_later_events_are_a_fresh_snapshot(
    stage: Stage, data: st.DataObject
) -> None:
    talk: list[Said] = data.draw(talks(stage.room, stage.key))
    cut = data.draw(st.integers(0, len(talk)))
    back = data.draw(st.booleans())

    async def snap(server: Server, ada: Caller) -> History | None:
        answer = await server.ask(ada, AskHistory(id=1, room=stage.room, limit=200))
        return None if isinstance(answer, Refusal) else expect(answer, History)

    async def act(server: Server, callers: list[Caller]) -> None:
        held: History | None = None
        for number, (who, command) in enumerate(talk):
            if number == cut:
                held = await snap(server, callers[0])
                server.news.clear()
                if back:
                    server.clock.set_back(3_600)
            await server.ask(callers[who], command)
            server.clock.go_on(1)
        fresh = await snap(server, callers[0])
        if held is None or fresh is None:
            return
        told = [json.loads(encode_entry(e)) for e in entries_of(server, stage.room)]
        assert [event["seq"] for event in told] == list(
            range(held.head + 1, fresh.head + 1)
        )
        assert fold(json.loads(bytes(held.events)), told) == json.loads(
            bytes(fresh.events)
        )

    stage.play(act)
