"""Who may do what: every command that names a room, every role, every room.

A room that is closed to somebody is told in the same words as one that is not there.
"""

import json
from typing import NamedTuple

import pytest

from tests.live.servers import Server
from tests.security.commands import FIELDS, GOOD, Json, fill
from tests.security.speaking import Poster, Speaker
from tests.security.tally import Tally

NAMING = sorted({field.command for field in FIELDS if field.name == "room"})
"""The commands that name a room; `leave_room` comes last, since it ends what one is."""
ROLES = ("owner", "member", "former member", "stranger", "nameless")
NO_ROOM: Json = {"code": "not_found", "message": "No such room.", "retry_after": None}
IMPOSSIBLE = (
    *(
        "",
        "0",
        "-1",
        "1",
        "x",
        "zz",
        "NaN",
        "null",
        "../1",
        "%",
        "1;2",
        "0x1",
        " 1",
        "1 ",
    ),
    *("f" * 16, "f" * 17, "f" * 2_000, "\u0661", "\uff11", "1.0", "1e3", "[1]"),
)
OWN_MESSAGE, JOINED, NOTHING = 2, 1, 999_999


class Rooms(NamedTuple):
    """Two rooms: one with the people of the matrix, and one with none of them."""

    people: dict[str, Speaker]
    posters: dict[str, Poster]
    room: str
    other: str

    def ids(self) -> dict[str, str]:
        """Return rooms by what they are to whoever is not in them."""
        upper, shifted = self.room.upper(), f"{int(self.room, 16) + 1:x}"
        odd = {f"impossible {n}": text for n, text in enumerate(IMPOSSIBLE)}
        spelled = {"zeros before it": f"0{self.room}", "a blank": f"{self.room} "}
        if upper != self.room:
            spelled["in capitals"] = upper
        return {"other's": self.other, "absent": shifted} | spelled | odd


@pytest.fixture
async def rooms(server: Server, tally: Tally) -> Rooms:
    def speaker() -> Speaker:
        return Speaker(server, tally, "roles by socket")

    people = {role: await speaker().arrive(role) for role in ROLES[:4]}
    owner = people["owner"]
    started = (await owner.ask("start_room", name="Tea"))["result"]
    room = started["room"]["id"]
    await owner.ask("post_message", room=room, cmid="1", text="One cup.")
    for role in ("member", "former member"):
        joined = await people[role].ask("join_room", key=started["key"])
        assert joined["type"] == "reply"
    await people["former member"].ask("leave_room", room=room)
    noah = await speaker().arrive("Noah")
    other = (await noah.ask("start_room", name="Ark"))["result"]["room"]["id"]
    await noah.ask("post_message", room=other, cmid="1", text="Two of each.")
    posters = {
        role: Poster(server, tally, "roles by HTTP", each.token)
        for role, each in people.items()
    }
    posters["nameless"] = Poster(server, tally, "roles by HTTP", "")
    return Rooms(people, posters, room, other)


def due(role: str, command: str) -> str:
    """Return what a command about the owner's message comes to in their own room."""
    if role == "nameless":
        return "unauthorized"
    if role not in {"owner", "member"}:
        return "not_found"
    leads = {"edit_message", "delete_message", "rename_room", "set_topic"}
    return "forbidden" if role == "member" and command in leads else "ok"


def about(command: str, room: str, role: str = "") -> Json:
    place = {"room": room, "seq": OWN_MESSAGE, "cmid": f"{role}, {command}"}
    return fill(command, place)


def verdict(answer: Json) -> str:
    return "ok" if answer["type"] == "reply" else str(answer["code"])


def words(answer: Json) -> Json:
    return {name: answer.get(name) for name in ("code", "message", "retry_after")}


async def test_every_role_may_do_in_the_room_what_it_may_and_no_more(
    rooms: Rooms,
) -> None:
    # Whoever leaves, and whatever is deleted, comes last.
    last = ["edit_message", "delete_message", "leave_room"]
    order = [each for each in NAMING if each not in last] + last
    assert len(order) == 13
    for command in order:
        for role in reversed(ROLES):
            asked = about(command, rooms.room, role)
            if role != "nameless":
                said = await rooms.people[role].ask_all([asked])
                assert verdict(said[0]) == due(role, command), (role, command)
            if command != "leave_room" or role == "nameless":
                text = json.dumps(asked | {"id": 1}).encode()
                by_http = await rooms.posters[role].say(text)
                assert verdict(by_http) == due(role, command), (role, command)


async def test_what_is_closed_to_somebody_is_as_if_it_did_not_exist(
    rooms: Rooms,
) -> None:
    for role, speaker in rooms.people.items():
        asked = [
            about(command, room) for room in rooms.ids().values() for command in NAMING
        ]
        if role not in {"owner", "member"}:
            asked += [about(command, rooms.room) for command in NAMING]
        for command, answer in zip(asked, await speaker.ask_all(asked), strict=True):
            assert words(answer) == NO_ROOM, (role, command)


async def test_by_http_it_is_as_if_it_did_not_exist_too(rooms: Rooms) -> None:
    for role, poster in rooms.posters.items():
        expected = "unauthorized" if role == "nameless" else "not_found"
        for room in list(rooms.ids().values())[:4]:
            for command in NAMING:
                text = json.dumps(about(command, room) | {"id": 1}).encode()
                answer = await poster.say(text)
                assert answer["code"] == expected, (role, command)
                assert role == "nameless" or words(answer) == NO_ROOM


async def test_whoever_is_in_a_room_reaches_no_message_but_those_of_that_room(
    rooms: Rooms,
) -> None:
    aimed = ("edit_message", "delete_message", "react")
    for role in ("owner", "member"):
        for command in aimed:
            for seq in (JOINED, NOTHING, 0, 2**53 - 1):
                fields = {"room": rooms.room, "seq": seq}
                asked = {"type": command} | fill(command, GOOD | fields)
                (answer,) = await rooms.people[role].ask_all([asked])
                assert answer["code"] == "not_found", (role, command, seq)
                assert answer["message"] == "seq: there is no message there."
        replying = about("post_message", rooms.room, "reply") | {"reply_to": NOTHING}
        (answer,) = await rooms.people[role].ask_all([replying])
        assert answer["code"] == "not_found"


async def test_the_other_room_is_as_it_was(rooms: Rooms, server: Server) -> None:
    """Nobody of the matrix has left a trace, and nothing of it was pushed to them."""
    stranger = await server.enter("Sam", token=rooms.people["stranger"].token)
    for command in NAMING:
        fields = about(command, rooms.other)
        del fields["type"]
        asked = await stranger.tell(command, **fields)
        await stranger.hear(lambda n=asked: n in stranger.answers, "an answer")
    await stranger.hear_out(1.2)
    assert stranger.rooms == {}
    assert [push["type"] for push in stranger.pushed] == []


async def test_the_pages_of_a_room_are_closed_to_all_but_its_members(
    rooms: Rooms, server: Server, tally: Tally
) -> None:
    for role, speaker in [*rooms.people.items(), ("nameless", None)]:
        for room in (rooms.room, rooms.other, "1", "zz"):
            inside = role in {"owner", "member"} and room == rooms.room
            status = 200 if inside else 401 if speaker is None else 404
            for path in ("", "/events", "/stream"):
                wire = await server.wire()
                token = {} if speaker is None else {"Authorization": speaker.token}
                token = {name: f"Bearer {value}" for name, value in token.items()}
                request = f"GET /api/rooms/{room}{path} HTTP/1.1"
                wire.ask(request, Host="127.0.0.1", **token)
                told, _ = await wire.head()
                tally.feed("pages by role", told)
                assert told == status, (role, room, path)
                await wire.drop()
