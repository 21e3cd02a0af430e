"""What is nearly JSON, or JSON of another kind than was asked for, changes nothing."""

import asyncio
import json

import pytest

from tests.live.servers import Server
from tests.security.commands import FIELDS, KINDS, Field, Json, fill
from tests.security.speaking import Poster, Speaker
from tests.security.tally import Tally

DEEP = 100_000
ODD: dict[type, tuple[str, ...]] = {
    type(None): ("null",),
    bool: ("true", "false"),
    str: ('"1"', '"true"', '""', '"[]"'),
    int: ("-9223372036854775809", "18446744073709551616", "9007199254740992", "-1"),
    float: ("1.5", "-0.5", "1e400", "-1e400", "1e-400", "0.1e1000", "1.0000001"),
    list: ("[]", "[1]", '["x"]', "[[]]", "[null]"),
    dict: ("{}", '{"id":1}', '{"":""}', '{"$ref":"#"}'),
}
"""JSON by its type; the whole numbers are too large or too small for any field."""
BIG = f"1{'0' * 5_000}"
NO_JSON = (
    *('{"type":"ping","id":1', '{"type":"ping","id":1}}', '{"type":"ping" "id":1}'),
    *('{"type":"ping","id":1,}', '{"type":"ping",,"id":1}', "{'type':'ping','id':1}"),
    *('{type:"ping",id:1}', '{"type":"ping","id":01}', '{"type":"ping","id":+1}'),
    *('{"type":"ping","id":1.}', '{"type":"ping","id":.1}', '{"type":"ping","id":0x1}'),
    *(
        '{"type":"ping","id":1e}',
        '{"type":"ping","id":--1}',
        '{"type":"ping","id":1_0}',
    ),
    *('{"type":"ping","id":NaN}', '{"type":"ping","id":Infinity}', '{"id":nan}'),
    *(
        '{"type":"ping","id":-Infinity}',
        '{"type":"ping","id":True}',
        '{"id":undefined}',
    ),
    *('{"type":"ping","id":1}{"type":"ping","id":2}', '{"type":"ping","id":1}\0', "\0"),
    *(
        '{"type":"ping","id":1} x',
        '// x\n{"type":"ping","id":1}',
        "/* */{}",
        "[]]",
        "[,]",
    ),
    *('"', '"\\', '"\\u', '"\\u12', '"\\u12G4"', '"\\x41"', '"\\\'"', '"\\0"', '"\t"'),
    *(
        '"\n"',
        '"\\ud800"',
        '"\\udc00"',
        '"\\ud800\\u0041"',
        '"\\udc00\\ud800"',
        "t",
        "nul",
    ),
    *(
        "truefalse",
        "-",
        "1 2",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '{"a"}',
        '{"a":}',
        "{1:2}",
    ),
    *(
        "",
        " ",
        "\n",
        "\ufeff{}",
        '\ufeff{"type":"ping","id":1}',
        "\u00a0{}",
        "\u2028{}",
    ),
    *("[" * DEEP, '{"a":' * 20_000, "[" * DEEP + "]" * 100, '{"type":' * 10_000),
    *(
        f'{{"type":"ping","id":{BIG}}}',
        f'{{"type":"ping","id":1e{BIG}}}',
        BIG,
        f"-{BIG}",
    ),
    *("null", "true", "false", "0", "1.5", '"ping"', "[]", "{}", '["ping",1]', "[{}]"),
    *('{"type":null,"id":1}', '{"type":1,"id":1}', '{"type":"Ping","id":1}'),
    *(
        '{"type":"","id":1}',
        '{"type":"ping\\u0000","id":1}',
        '{"type":["ping"],"id":1}',
    ),
    *(
        '{"type":"__class__","id":1}',
        '{"type":"reply","id":1}',
        '{"TYPE":"ping","id":1}',
    ),
    *(
        '{"type":"ping","ID":1}',
        '{"type":"ping","id":"1"}',
        '{"type":"ping","id":null}',
    ),
)
ODD_AND_GOOD = (
    '{"type":"ping","id":1,"more":{"deep":[[[[[1.5e300]]]]]}}',
    '{"id":1,"type":"ping"}',
    ' \t\r\n{ "type" : "ping" , "id" : 1 } \n',
    '{"type":"ping","id":1,"type":"ping"}',
    '{"type":"ping","id":2,"id":1}',
    '{"type":"ping","id":1,"__proto__":{"admin":true},"constructor":null}',
    '{"\\u0074ype":"p\\u0069ng","i\\u0064":1}',
    '{"type":"ping","id":1,"":""}',
    '{"type":"ping","id":1,"x":"\\ud83e\\uded6"}',
)


def wrong_kinds(place: Json) -> list[str]:
    """Return every command once for each field and each kind that it does not take."""
    return [
        text
        for field in FIELDS
        for kind, odds in ODD.items()
        if kind not in field.takes or kind is int
        for odd in odds
        if (text := with_odd(field, place, odd)) is not None
    ]


def with_odd(field: Field, place: Json, odd: str) -> str | None:
    filled = fill(field.command, place) | {"id": 1, field.name: "ODD"}
    return json.dumps(filled).replace('"ODD"', odd)


def without(place: Json) -> list[str]:
    """Return every command once for each field that it needs, without that."""
    texts: list[str] = []
    for field in FIELDS:
        filled = fill(field.command, place) | {"id": 1}
        if field.required:
            del filled[field.name]
            texts.append(json.dumps(filled))
    return texts


class Visit:
    """Somebody with a room of their own, by socket and by HTTP."""

    def __init__(self, speaker: Speaker, poster: Poster, place: Json) -> None:
        self.speaker, self.poster, self.place = speaker, poster, place

    async def state(self) -> Json:
        """Return all that is theirs."""
        result: Json = (await self.speaker.ask("me"))["result"]
        return result


@pytest.fixture
async def visit(server: Server, tally: Tally) -> Visit:
    speaker = await Speaker(server, tally, "JSON by socket").arrive()
    started = (await speaker.ask("start_room", name="Tea"))["result"]
    room = started["room"]["id"]
    await speaker.ask("post_message", room=room, cmid="first", text="One cup.")
    place = {"room": room, "key": started["key"], "seq": 2, "cmid": "second"}
    poster = Poster(server, tally, "JSON by HTTP", speaker.token)
    return Visit(speaker, poster, place)


async def test_what_is_no_command_is_a_bad_request_and_changes_nothing(
    visit: Visit,
) -> None:
    before = await visit.state()
    for text in NO_JSON:
        raw = text.encode("utf-8", "surrogatepass")
        assert (await visit.speaker.say(raw))["code"] == "bad_request", text[:80]
        assert (await visit.poster.say(raw))["code"] == "bad_request", text[:80]
    assert await visit.state() == before


async def test_odd_json_that_means_the_same_is_heard(visit: Visit) -> None:
    for text in ODD_AND_GOOD:
        assert (await visit.speaker.say(text.encode()))["type"] == "reply", text
        assert (await visit.poster.say(text.encode()))["type"] == "reply", text


async def test_a_field_of_another_kind_is_refused_by_name_and_changes_nothing(
    visit: Visit,
) -> None:
    before = await visit.state()
    texts = [text for text in wrong_kinds(visit.place) if "hello" not in text]
    assert len(texts) > 1_000
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(refuse_all(visit.speaker, texts))
        tasks.create_task(refuse_all(visit.poster, texts[::3]))
    assert await visit.state() == before


async def test_a_command_without_what_it_needs_is_refused(visit: Visit) -> None:
    before = await visit.state()
    await refuse_all(visit.speaker, without(visit.place))
    await refuse_all(visit.poster, without(visit.place))
    assert await visit.state() == before


async def refuse_all(who: Speaker | Poster, texts: list[str]) -> None:
    for text in texts:
        said = await who.say(text.encode())
        assert said["type"] == "failure", text
        assert said["code"] == "bad_request", text


def test_every_command_is_tried() -> None:
    assert {field.command for field in FIELDS} == KINDS.keys()
    assert len(KINDS) == 20
