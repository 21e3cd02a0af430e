"""How much one socket, person and address may ask at once."""

from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.guests import Refused
from tests.live.servers import Server


async def test_the_first_command_is_hello(server: Server) -> None:
    wire = await server.wire()
    await wire.upgrade()
    wire.say("ping", 1)
    assert (await wire.hear_answer(1))["code"] == "unauthorized"
    wire.say("hello", 2, name="Ada")
    assert (await wire.hear_answer(2))["type"] == "reply"


async def test_commands_may_follow_hello_at_once(server: Server) -> None:
    wire = await server.wire()
    await wire.upgrade()
    wire.say("hello", 1, name="Ada")
    wire.say("start_room", 2, name="Tea")
    wire.say("me", 3)
    answers = [await wire.hear_answer(id) for id in (1, 2, 3)]
    assert [room["name"] for room in answers[2]["result"]["rooms"]] == ["Tea"]


async def test_a_second_hello_is_a_bad_request(server: Server) -> None:
    wire = await server.socket()
    wire.say("hello", 2)
    assert (await wire.hear_answer(2))["code"] == "bad_request"
    wire.say("ping", 3)
    assert (await wire.hear_answer(3))["type"] == "reply"


BROKEN = [
    b"",
    b"null",
    b"[]",
    b'"ping"',
    b"{",
    b'{"type":"ping"}',
    b'{"type":"ping","id":"1"}',
    b'{"type":"ping","id":-1}',
    b'{"type":"ping","id":9007199254740992}',
    b'{"type":"brew","id":1}',
    b'{"id":1}',
    b'{"type":"ping","id":1}}',
    b'{"type":"open_room","id":1}',
    b'{"type":"open_room","id":1,"room":7}',
    b'{"type":"history","id":1,"room":"a","limit":201}',
    b'{"type":"look_at_link","id":1,"key":"a\\u0000b"}',
    b'{"type":"look_at_link","id":1,"key":"\\ud800"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: repr(text[:40]))
async def test_a_broken_command_is_told_so_and_the_socket_stays_open(
    server: Server, text: bytes
) -> None:
    wire = await server.socket()
    wire.send_text(text)
    failure = await wire.hear()
    assert (failure["type"], failure["code"]) == ("failure", "bad_request")
    wire.say("ping", 2)
    assert (await wire.hear_answer(2))["type"] == "reply"


async def test_a_failure_names_the_field_and_repeats_the_id(server: Server) -> None:
    wire = await server.socket()
    wire.send_text(b'{"type":"open_room","id":41,"room":7}')
    failure = await wire.hear()
    assert failure["id"] == 41
    assert "room" in failure["message"]
    wire.send_text(b'{"type":"open_room","id":"x","room":"a"}')
    assert (await wire.hear())["id"] is None


async def test_the_tenth_broken_command_in_a_minute_closes_the_socket(
    server: Server,
) -> None:
    wire = await server.socket()
    for _ in range(9):
        wire.send_text(b"[]")
        assert (await wire.hear())["code"] == "bad_request"
    wire.say("ping", 2)
    assert (await wire.hear_answer(2))["type"] == "reply"
    wire.send_text(b"[]")
    assert await wire.end() == 4503


async def test_what_is_refused_but_well_formed_does_not_close_it(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    for _ in range(30):
        with pytest.raises(Refused, match="not_found"):
            await ada.ask("open_room", room="1234")


async def test_a_flood_on_one_socket_is_answered_whole_in_bounded_memory(
    start: Start,
) -> None:
    """With 64 commands waiting a socket is not read; what it sends waits outside."""
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room()
    for n in range(40):
        await ada.post(room, f"{n} " + "x" * 5_000)
        await ada.ask("history", room=room.id, limit=50)
    wire = await server.socket(window=16_384, token=ada.token)
    before = server.memory()
    asked = set(range(1, 121))
    for n in asked:
        wire.say("history", n, room=room.id, limit=50)
    # It reads nothing of the 24 MB that it has asked for.
    for n in range(20):
        await ada.post(room, f"Tick {n}")
    assert server.memory() - before < 6 * 2**20
    while asked:
        said = await wire.hear()
        if said["type"] == "reply":
            asked.remove(said["id"])


async def test_more_than_64_commands_at_once_are_all_answered_in_order(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    asked = [
        await ada.tell("post_message", room=room.id, cmid=f"{n}", text=f"{n}")
        for n in range(1_000)
    ]
    seqs = [(await ada.answer(each))["seq"] for each in asked]
    assert seqs == list(range(2, 1_002))
    held = await ada.hear_up_to(room, 1_001)
    assert held.texts == [f"{n}" for n in range(1_000)]


RATES = {
    "CHINWAG_RATE_MESSAGES": "1/3",
    "CHINWAG_RATE_JOINS": "1/4",
    "CHINWAG_RATE_CONNECTIONS": "1/4",
    "CHINWAG_PROXIES": "127.0.0.1",
}


async def test_rates_count_by_person_and_address_and_tell_when_to_try_again(
    start: Start, tmp_path: Path
) -> None:
    server = start(data=tmp_path / "rates", settings=RATES)
    ada = await server.enter("Ada", headers=[("X-Forwarded-For", "192.0.2.1")])
    room = await ada.start_room()
    for n in range(3):
        await ada.post(room, f"{n}")
    with pytest.raises(Refused) as refused:
        await ada.post(room, "One too many")
    assert refused.value.code == "rate_limited"
    assert 0 < (refused.value.retry_after or 0) <= 1.1
    # Another person has messages of their own, another address newcomers.
    bob = await server.enter("Bob", headers=[("X-Forwarded-For", "192.0.2.2")])
    await bob.join(room)
    await bob.post(room, "Mine")
    for n in range(3):
        await server.enter(f"Guest {n}", headers=[("X-Forwarded-For", "192.0.2.2")])
    status, headers = await (await server.wire()).upgrade(X_Forwarded_For="192.0.2.2")
    assert (status, headers["retry-after"]) == (429, "1")
    status, _ = await (await server.wire()).upgrade(X_Forwarded_For="192.0.2.3")
    assert status == 101
    # A refused message may be sent again under the same id.
    await ada.hear_out(1.1)
    assert not (await ada.post(room, "One too many"))["duplicate"]


async def test_new_guests_count_against_their_address(start: Start) -> None:
    server = start(settings=RATES | {"CHINWAG_RATE_CONNECTIONS": "0"})
    for n in range(4):
        await server.enter(f"Guest {n}")
    with pytest.raises(Refused) as refused:
        await server.enter("One too many")
    assert refused.value.code == "rate_limited"


async def test_zero_switches_a_rate_off(server: Server) -> None:
    """The shared server has none: 700 guests from one address are welcome."""
    wires = [await server.socket() for _ in range(700)]
    assert len(wires) == 700
