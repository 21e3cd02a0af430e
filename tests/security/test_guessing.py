"""Whoever guesses links or tokens finds nothing, learns nothing, and is stopped."""

import asyncio
import random
import string
from collections.abc import Generator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from tests.live.servers import RATES_OFF, Server
from tests.security.commands import Json
from tests.security.speaking import Speaker
from tests.security.tally import Tally

LETTERS = string.ascii_letters + string.digits + "-_"
KEY_LETTERS = 22
SEED = 404
BURST = 10
FEW_JOINS = RATES_OFF | {"CHINWAG_RATE_JOINS": f"1/{BURST}"}
LOOKS = 200
NOISE = 2.0
"""Times: how much the medians of the same question may differ on a busy machine."""


def guesses(count: int, key: str) -> Generator[str]:
    """Return keys that nobody gave out: any, nearly right, and of another shape."""
    dice = random.Random(SEED)  # noqa: S311 - the same guesses every time
    for n in range(count):
        match n % 4:
            case 0:
                place = dice.randrange(KEY_LETTERS)
                # The last letter holds two spare bits, and yet has one spelling.
                letter = dice.choice(LETTERS.replace(key[place], ""))
                yield key[:place] + letter + key[place + 1 :]
            case 1:
                yield "".join(dice.choices(LETTERS, k=dice.randrange(30)))
            case _:
                yield "".join(dice.choices(LETTERS, k=KEY_LETTERS))


async def found(speaker: Speaker) -> Json:
    answer: Json = (await speaker.ask("start_room", name="Tea"))["result"]
    return answer


def asking(command: str, keys: list[str]) -> list[Json]:
    return [{"type": command, "key": key} for key in keys]


@pytest.fixture
def few(tmp_path: Path) -> Generator[Server]:
    """A server that soon has enough of an address."""
    server = Server(tmp_path / "data", settings=FEW_JOINS)
    server.start()
    yield server
    server.end()


@pytest.mark.timeout(1800)
async def test_thousands_of_guesses_find_no_room(
    server: Server, tally: Tally, *, campaign: bool
) -> None:
    ada = await Speaker(server, tally, "guesses").arrive("Ada")
    room = await found(ada)
    keys = list(guesses(100_000 if campaign else 10_000, room["key"]))
    guessers = [await Speaker(server, tally, "guesses").arrive() for _ in range(4)]
    async with asyncio.TaskGroup() as tasks:
        runs = [
            tasks.create_task(guesser.ask_all(asking(command, keys[n::4])))
            for n, guesser in enumerate(guessers)
            for command in (("look_at_link", "join_room")[n % 2],)
        ]
    answers = [answer for run in runs for answer in run.result()]
    assert len(answers) == len(keys)
    assert {answer.get("code") for answer in answers} == {"not_found"}
    assert len({answer["message"] for answer in answers}) == 1
    for guesser in guessers:
        assert (await guesser.ask("me"))["result"]["rooms"] == []
    (place,) = (await ada.ask("me"))["result"]["rooms"]
    assert (place["head"], place["members"]) == (1, 1)


async def test_a_link_that_has_ended_says_nothing_of_its_room(
    server: Server, tally: Tally
) -> None:
    ada = await Speaker(server, tally, "guesses").arrive("Ada")
    room = await found(ada)
    await ada.ask("show_link", room=room["room"]["id"], replace=True)
    mallory = await Speaker(server, tally, "guesses").arrive()
    keys = [room["key"], f"{room['link']}.rest", room["link"]]
    for command in ("look_at_link", "join_room"):
        answers = await mallory.ask_all(asking(command, keys))
        assert {answer["code"] for answer in answers} == {"gone"}
        assert not any("Tea" in answer["message"] for answer in answers)


async def test_a_guess_takes_as_long_whether_nearly_right_or_not(
    server: Server, tally: Tally
) -> None:
    ada = await Speaker(server, tally, "guesses").arrive("Ada")
    key: str = (await found(ada))["key"]
    near, far = f"{key[:-3]}AAA", "A" * KEY_LETTERS
    took: dict[str, list[float]] = {near: [], far: []}
    for _ in range(LOOKS):
        for guess, times in took.items():
            begun = perf_counter()
            said = await ada.ask("look_at_link", key=guess)
            times.append(perf_counter() - begun)
            assert said["code"] == "not_found"
    fast, slow = sorted(map(median, took.values()))
    assert slow < NOISE * fast


async def test_a_token_that_is_nearly_right_is_nobodys(
    server: Server, tally: Tally
) -> None:
    ada = await Speaker(server, tally, "tokens").arrive("Ada")
    await found(ada)
    token = ada.token
    near = [token[:-1], f"{token}A", token.swapcase(), token[::-1], f"{token[:-1]}~"]
    odd = ["", " ", "\u0661", "A" * 43, "null", "' OR 1=1", f"{token} {token}"]
    for guess in [*near, *odd]:
        wire = await server.wire()
        await wire.upgrade()
        wire.say("hello", 1, token=guess)
        answer = await wire.hear_answer(1)
        tally.feed("tokens", answer["code"])
        assert answer["code"] == "unauthorized", guess
        await wire.drop()


async def test_whoever_guesses_is_stopped_whatever_they_claim_to_be(
    few: Server, tally: Tally
) -> None:
    ada = await Speaker(few, tally, "guesses").arrive("Ada")
    key: str = (await found(ada))["key"]
    shaped = (guess for guess in guesses(200, key) if len(guess) == KEY_LETTERS)
    keys = list(shaped)[: 5 * BURST]
    claims = [("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=192.0.2.2")]
    mallory = await few.enter("Mallory", headers=claims)
    asked = [await mallory.tell("look_at_link", key=guess) for guess in keys]
    await mallory.hear(lambda: set(asked) <= mallory.answers.keys(), "all answers")
    codes = [mallory.answers[each]["code"] for each in asked]
    assert codes.count("not_found") <= 2 * BURST
    assert codes[-1] == "rate_limited"
    assert set(codes) == {"not_found", "rate_limited"}
    # Who has a link is not kept out by who guesses.
    assert (await ada.ask("look_at_link", key=key))["type"] == "reply"
    await few.see_out()


async def test_no_token_and_no_key_is_written_down_anywhere(
    server: Server, tally: Tally
) -> None:
    secrets: list[str] = []
    for name in ("Ada", "Bob", "Eve"):
        speaker = await Speaker(server, tally, "guesses").arrive(name)
        room = await found(speaker)
        shown = await speaker.ask("show_link", room=room["room"]["id"], replace=True)
        secrets += [speaker.token, room["key"], shown["result"]["key"]]
    places = [server.data, *server.data.parent.glob(f"{server.data.name}.*")]
    files = [file for place in places for file in (place, *place.rglob("*"))]
    contents = {file: file.read_bytes() for file in files if file.is_file()}
    assert sum(map(len, contents.values())) > 100_000
    # What is searched does hold what was said there.
    assert any(
        b'"name":"Ada"' in content or b"Tea" in content for content in contents.values()
    )
    for file, content in contents.items():
        assert not any(secret.encode() in content for secret in secrets), file
