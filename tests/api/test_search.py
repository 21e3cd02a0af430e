"""Looking for messages over HTTP: what is found, and what is nobody's business."""

from typing import Any

import pytest

from tests.api.conftest import Guest, Server

Json = dict[str, Any]


async def look(guest: Guest, q: str, **more: str | int) -> Json:
    """Search until what was said before is in the index, and return what is told.

    A search waits half a second for it, which is not enough on a machine that is busy.
    """
    for _ in range(10):
        answer = await guest.client.get("/api/search", params={"q": q} | more)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        if told["complete"]:
            return told
    pytest.fail("The index never came to it.")


async def texts(guest: Guest, q: str, **more: str | int) -> list[str]:
    """Return the texts that are found."""
    return [hit["event"]["text"] for hit in (await look(guest, q, **more))["hits"]]


async def test_what_was_said_is_found_with_its_room_and_its_author(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    await ada.say("Milk first, then tea")
    await ada.say("Coffee")
    told = await look(ada, "tea")
    (hit,) = told["hits"]
    assert hit["room"] == ada.room
    assert hit["event"]["seq"] == 2
    assert hit["event"]["text"] == "Milk first, then tea"
    assert [person["name"] for person in told["people"]] == ["Ada"]
    assert told["before"] is None


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("tea", ["Tea at FOUR, or cafe\u0301 at six?"]),
        ("TEA four", ["Tea at FOUR, or cafe\u0301 at six?"]),
        ("cafe", ["Tea at FOUR, or cafe\u0301 at six?"]),
        ('"at six"', ["Tea at FOUR, or cafe\u0301 at six?"]),
        ('"four six"', []),
        ("te", []),
        ("te*", ["Teapots are hot", "Tea at FOUR, or cafe\u0301 at six?"]),
        ("teap*", ["Teapots are hot"]),
        ("te* -hot", ["Tea at FOUR, or cafe\u0301 at six?"]),
        ("te* -hot -six", []),
        ("\u6771\u4eac", ["\u6771\u4eac\u306e\u5929\u6c17"]),
        ("\u4eac\u6771", []),
        ("\u5929\u6c17", ["\u6771\u4eac\u306e\u5929\u6c17"]),
        ("hot-are", []),
        ("are-hot", ["Teapots are hot"]),
        ("from:ada hot", ["Teapots are hot"]),
        ("from:eve hot", []),
        ('from:"Ada" are', ["Teapots are hot"]),
        ("hot after:2000", ["Teapots are hot"]),
        ("hot before:2000-01", []),
        ("hot after:2999-01-01", []),
        ("hot before:2999-01-01", ["Teapots are hot"]),
        # What would be syntax to the index is none here.
        ('hot" OR "tea', []),
        ("text:hot", []),
        ("hot AND", []),
        ("NOT hot", []),
        ("(hot)", ["Teapots are hot"]),
        ("^hot", ["Teapots are hot"]),
        ("hot + -- ' ; %", ["Teapots are hot"]),
    ],
)
async def test_words_phrases_starts_and_other_scripts(
    server: Server, q: str, found: list[str]
) -> None:
    ada = await server.guest("Ada")
    await ada.say("Tea at FOUR, or cafe\u0301 at six?")
    await ada.say("\u6771\u4eac\u306e\u5929\u6c17")
    await ada.say("Teapots are hot")
    expected = [text.replace("e\u0301", "\u00e9") for text in found]
    assert await texts(ada, q) == expected


@pytest.mark.parametrize(
    "q",
    [
        "",
        "   ",
        ":) !!",
        "-tea",
        "before:2020",
        "tea before:soon",
        "x" * 201,
        "a b c d e f g h i j k",
        '"',
        "\0",
    ],
)
async def test_what_asks_nothing_is_told_so(server: Server, q: str) -> None:
    ada = await server.guest("Ada")
    answer = await ada.client.get("/api/search", params={"q": q})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request"


async def test_only_rooms_of_ones_own_are_looked_into(server: Server) -> None:
    ada, eve = await server.guest("Ada"), await server.guest("Eve")
    await ada.say("The tea is secret")
    await eve.say("My tea is not")
    assert await texts(eve, "tea") == ["My tea is not"]
    assert await texts(eve, "tea", room=eve.room) == ["My tea is not"]
    for room in (ada.room, "1", "no room"):
        answer = await eve.client.get("/api/search", params={"q": "tea", "room": room})
        assert answer.status_code == 404
    await eve.ask("join_room", key=ada.key)
    assert await texts(eve, "tea") == ["My tea is not", "The tea is secret"]
    await eve.ask("leave_room", room=ada.room)
    assert await texts(eve, "tea") == ["My tea is not"]


async def test_who_is_nobody_finds_nothing(server: Server) -> None:
    answer = await server.program().get("/api/search", params={"q": "tea"})
    assert answer.status_code == 401


async def test_what_is_edited_is_found_as_it_is_and_what_is_deleted_not_at_all(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    await ada.say("Green tea")
    await ada.say("Black tea")
    assert len(await texts(ada, "tea")) == 2
    await ada.ask("edit_message", room=ada.room, seq=2, text="Green coffee")
    assert await texts(ada, "tea") == ["Black tea"]
    assert await texts(ada, "coffee") == ["Green coffee"]
    await ada.ask("delete_message", room=ada.room, seq=2)
    assert await texts(ada, "green") == []
    assert await texts(ada, "te*") == ["Black tea"]


async def test_pages_follow_each_other_without_gap_or_double(server: Server) -> None:
    ada, eve = await server.guest("Ada"), await server.guest("Eve")
    await eve.ask("join_room", key=ada.key)
    for number in range(12):
        await ada.say(f"tea {number}")
        await eve.say(f"tea {number} elsewhere")
    whole = (await look(eve, "tea", limit=50))["hits"]
    assert len(whole) == 24
    times = [hit["event"]["at"] for hit in whole]
    assert times == sorted(times, reverse=True)
    for limit in (1, 5, 24):
        found: list[Json] = []
        before: Json = {}
        while True:
            told = await look(eve, "tea", limit=limit, **before)
            found += told["hits"]
            if told["before"] is None:
                break
            before = {"before": told["before"]}
        assert found == whole


@pytest.mark.parametrize("before", ["", "1", "a.b.c", "1.2", "1.0.-3", "9" * 99])
async def test_a_place_that_no_answer_told_is_refused(
    server: Server, before: str
) -> None:
    ada = await server.guest("Ada")
    asked = {"q": "tea", "before": before}
    answer = await ada.client.get("/api/search", params=asked)
    assert answer.status_code == 400
