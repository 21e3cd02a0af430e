"""Every naughty string in every field of every command, over a socket and by HTTP."""

import json

from tests.live.servers import Server
from tests.security.commands import STRING_FIELDS, Field, Json, fill
from tests.security.naughty import (
    NAMES,
    NULS,
    STRINGS,
    TOO_LONG,
    controls,
    fold,
    hides,
    tidy,
)
from tests.security.speaking import Poster, Speaker
from tests.security.tally import Tally

SAID = "One cup."
SEQ = 2
"""Where that stands in a room."""
ENDLESS = {"room"}
"""What is long enough without being too long for the field."""


async def found(speaker: Speaker) -> Json:
    """Found a room with a message in it; return where it is."""
    started = (await speaker.ask("start_room", name="Tea"))["result"]
    room = started["room"]["id"]
    place = {"room": room, "key": started["key"], "seq": SEQ, "cmid": "first"}
    said = await speaker.ask("post_message", room=room, cmid="first", text=SAID)
    assert said["result"]["seq"] == SEQ
    return place


async def heads(speaker: Speaker) -> dict[str, int]:
    """Return where the logs of all rooms end."""
    rooms = (await speaker.ask("me"))["result"]["rooms"]
    return {room["id"]: room["head"] for room in rooms}


def commands_with(field: Field, place: Json, strings: list[str]) -> list[Json]:
    """Return a command for each string, good in all but that."""
    filled = fill(field.command, place)
    return [
        filled
        | ({"cmid": f"{field.name}{n}"} if "cmid" in filled else {})
        | {field.name: string}
        for n, string in enumerate(strings)
    ]


def moved(answers: list[Json]) -> int:
    """Count the events that the answers tell of."""
    seqs = {
        each["result"]["seq"]
        for each in answers
        if each["type"] == "reply" and each["result"].get("seq") is not None
    }
    return len(seqs - {SEQ})


async def test_every_naughty_string_in_every_field_is_taken_or_refused_by_a_code(
    server: Server, tally: Tally
) -> None:
    speaker = await Speaker(server, tally, "strings by socket").arrive()
    for field in STRING_FIELDS:
        if field.command == "hello":
            continue
        place = await found(speaker)
        commands = commands_with(field, place, STRINGS)
        answers = await speaker.ask_all(commands)
        after = await heads(speaker)
        # What was refused changed nothing; what was done stands in the log, once.
        if field.command not in {"start_room", "leave_room"}:
            assert after[place["room"]] == SEQ + moved(answers), field


async def test_every_naughty_string_is_answered_by_http_as_by_a_socket(
    server: Server, tally: Tally, *, campaign: bool
) -> None:
    speaker = await Speaker(server, tally, "strings by HTTP").arrive()
    place = await found(speaker)
    poster = Poster(server, tally, "strings by HTTP", speaker.token)
    step = 1 if campaign else 7
    for start, field in enumerate(STRING_FIELDS):
        for command in commands_with(field, place, STRINGS[start % step :: step]):
            if command["type"] != "leave_room" or command["room"] != place["room"]:
                await poster.say(json.dumps({"id": 1} | command).encode())


async def test_nul_and_what_is_too_long_for_a_field_are_refused_everywhere(
    server: Server, tally: Tally
) -> None:
    speaker = await Speaker(server, tally, "NUL and too long").arrive()
    place = await found(speaker)
    before = (await speaker.ask("me"))["result"]
    for field in STRING_FIELDS:
        long = [] if field.name == "text" else TOO_LONG[:2]
        for command in commands_with(field, place, [*NULS[:3], *long]):
            if field.command == "hello":
                continue
            said = await speaker.say(json.dumps({"id": 7} | command).encode())
            assert said["code"] == "bad_request", command
            assert said["id"] == 7
            assert field.name in said["message"]
    assert (await speaker.ask("me"))["result"] == before


async def test_a_message_is_kept_as_the_contract_says(
    server: Server, tally: Tally
) -> None:
    speaker = await Speaker(server, tally, "messages").arrive()
    place = await found(speaker)
    room = place["room"]
    texts = [*STRINGS, *(f"x{text}y" for text in STRINGS)]
    answers = await speaker.ask_all(
        [
            {"type": "post_message", "room": room, "cmid": f"m{n}", "text": text}
            for n, text in enumerate(texts)
        ]
    )
    kept = await read_all(speaker, room)
    for text, answer in zip(texts, answers, strict=True):
        due = tidy(text)
        if answer["type"] == "reply":
            assert kept[answer["result"]["seq"]] == due
            assert due
            assert not controls(due)
        else:
            assert not due or controls(due) or "\u0300\u0316" * 50 in text, answer


async def read_all(speaker: Speaker, room: str) -> dict[int, str]:
    """Return what stands in a room."""
    kept: dict[int, str] = {}
    after = 0
    while True:
        page = await speaker.ask("history", room=room, after=after, limit=200)
        for event in page["result"]["events"]:
            after = event["seq"]
            if event["kind"] == "message":
                kept[after] = event["text"]
        if not page["result"]["more"]:
            return kept


async def test_a_name_is_folded_trimmed_short_and_hides_nothing(
    server: Server, tally: Tally
) -> None:
    assert len(NAMES) >= 1_500
    speaker = await Speaker(server, tally, "names").arrive()
    answers = await speaker.ask_all(
        [{"type": "rename_me", "name": name} for name in NAMES]
    )
    wrong: list[tuple[str, Json]] = []
    for name, answer in zip(NAMES, answers, strict=True):
        due = fold(name)
        if answer["type"] == "reply":
            kept = answer["result"]["me"]["name"]
            good = kept == due == fold(due) and 1 <= len(due) <= 40 and not hides(due)
        elif answer["code"] == "too_large":
            good = len(due) > 40
        else:
            good = answer["code"] == "bad_request" and refusable(due)
        if not good:
            wrong.append((ascii(name), answer))
    assert not wrong


def refusable(name: str) -> bool:
    """Tell whether there is a reason to refuse a folded name."""
    joiners = "\u200d" in name or "\ufe0f" in name
    return not name or hides(name) or joiners or len(name) > 100
