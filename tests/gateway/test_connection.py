"""One socket's life: heartbeats, patience and its end, on a clock of the test's."""

import pytest
from msgspec import Raw
from websockets.frames import CLOSE, CONT, TEXT, Close

from chinwag.errors import Unauthorized
from chinwag.gateway.gate import DRAIN_SECONDS, HEARTBEAT, LINGER_SECONDS
from chinwag.protocol.results import History, Me, Myself
from chinwag.protocol.session import MOST_WAITING
from tests.gateway.sockets import ADDRESS, Socket, welcome


async def test_a_silent_socket_is_pinged_twice_and_then_closed() -> None:
    socket = Socket()
    await socket.greet()
    await socket.wait(HEARTBEAT)
    assert socket.pings == 1
    await socket.wait(HEARTBEAT)
    assert socket.pings == 1
    await socket.wait(HEARTBEAT)
    assert socket.code == 4001


async def test_any_sign_of_life_keeps_a_socket_open() -> None:
    socket = Socket()
    await socket.greet()
    await socket.wait(10 * HEARTBEAT, pongs=True)
    assert socket.pings == 10
    assert not socket.transport.ended


async def test_a_socket_that_does_not_drain_is_closed_after_a_minute() -> None:
    socket = Socket()
    await socket.greet()
    await socket.wait(HEARTBEAT - 5)
    socket.connection.pause_writing()
    await socket.wait(int(DRAIN_SECONDS))
    # Its silence is ours: we do not read it either, and it gets its whole minute.
    assert socket.code is None
    await socket.wait(HEARTBEAT)
    assert socket.code == 4000


async def test_a_socket_that_drains_again_lives_on() -> None:
    socket = Socket()
    await socket.greet()
    for _ in range(5):
        socket.connection.pause_writing()
        await socket.wait(int(DRAIN_SECONDS) - 20)
        socket.connection.resume_writing()
        await socket.wait(HEARTBEAT, pongs=True)
    assert socket.code is None


async def test_a_paused_socket_is_not_read_and_then_read_on() -> None:
    socket = Socket()
    await socket.greet()
    socket.connection.pause_writing()
    assert not socket.transport.reading
    socket.connection.resume_writing()
    assert socket.transport.reading
    socket.say("ping")
    await socket.turn()
    assert len(socket.door.waiting) == 1


async def test_a_socket_with_64_commands_waiting_is_not_read() -> None:
    socket = Socket()
    await socket.greet()
    for _ in range(2 * MOST_WAITING):
        socket.say("ping")
    await socket.turn()
    assert len(socket.door.waiting) == MOST_WAITING
    assert not socket.transport.reading
    answered = 0
    while socket.door.waiting:
        assert len(socket.door.waiting) <= MOST_WAITING
        socket.door.answer()
        await socket.turn()
        answered += 1
    assert answered == 2 * MOST_WAITING
    assert socket.transport.reading


async def test_what_waited_while_all_answers_went_out_is_not_forgotten() -> None:
    """The last answer fills the socket; nobody but its draining goes on then."""
    socket = Socket()
    await socket.greet()
    for _ in range(MOST_WAITING + 5):
        socket.say("ping")
    await socket.turn()
    socket.connection.pause_writing()
    while socket.door.waiting:
        socket.door.answer()
    await socket.turn()
    socket.connection.resume_writing()
    await socket.turn()
    assert len(socket.door.waiting) == 5
    for _ in range(5):
        socket.door.answer()
    await socket.turn()
    assert socket.transport.reading


async def test_the_answers_of_one_turn_share_a_write() -> None:
    socket = Socket()
    await socket.greet()
    for _ in range(10):
        socket.say("ping")
    await socket.turn()
    for _ in range(10):
        socket.door.answer()
    assert socket.transport.written == b""
    await socket.turn()
    assert len(socket.answers) == 10


async def test_a_page_is_written_before_anything_newer_can_be_told() -> None:
    socket = Socket()
    await socket.greet()
    for command in ("history", "me"):
        socket.say(command, room="7")
    await socket.turn()
    page = History(events=Raw(b"[]"), people=Raw(b"[]"), head=9, more=False)
    socket.door.answer(page)
    assert [answer["result"]["head"] for answer in socket.answers] == [9]
    socket.door.answer(Myself(Me("1", "Ada", guest=True), 4, ()))
    assert [answer["result"]["version"] for answer in socket.answers] == [4]


async def test_after_its_goodbye_nothing_is_written_whatever_happens() -> None:
    socket = Socket()
    await socket.greet()
    socket.say("ping")
    await socket.turn()
    socket.frame(CLOSE, Close(1000, "").serialize())
    assert socket.code == 1000
    assert socket.transport.ended
    # The transport would raise: see its fake.
    socket.door.answer()
    socket.hub.hang_all(1012)  # type: ignore[arg-type]
    socket.connection.beat()
    socket.connection.pause_writing()
    socket.connection.resume_writing()
    socket.frame(TEXT, b"{}")
    await socket.wait(1)
    assert socket.transport.written == b""


async def test_whoever_does_not_close_their_side_is_dropped_in_time() -> None:
    for end in ("goodbye", "half"):
        socket = Socket()
        await socket.greet()
        if end == "goodbye":
            socket.frame(CLOSE, Close(1000, "").serialize())
        else:
            socket.connection.eof_received()
        await socket.wait(int(LINGER_SECONDS) - 1)
        assert not socket.transport.aborted
        await socket.wait(2)
        assert socket.transport.aborted


async def test_who_is_gone_before_hello_is_answered_is_not_there() -> None:
    socket = Socket()
    socket.say("hello")
    await socket.turn()
    socket.connection.connection_lost(None)
    socket.door.answer(welcome())
    await socket.turn()
    before = socket.transport.written
    socket.hub.hang_all(1012)  # type: ignore[arg-type]
    assert socket.transport.written == before
    assert not socket.gate.connections


async def test_what_a_socket_had_is_given_back_when_it_is_gone() -> None:
    socket = Socket()
    await socket.greet()
    socket.frame(TEXT, b"{", fin=False)
    socket.connection.connection_lost(None)
    await socket.wait(100)
    assert socket.code is None
    assert not socket.gate.connections
    assert [socket.gate.arrivals.sockets.enter(ADDRESS) for _ in range(500)] == [
        0
    ] * 500


@pytest.mark.parametrize("greeted", [False, True])
async def test_hello_has_ten_seconds(greeted: bool) -> None:  # noqa: FBT001 - a parameter
    socket = Socket()
    if greeted:
        await socket.greet()
    await socket.wait(11, pongs=True)
    assert socket.code == (None if greeted else 4500)


async def test_a_hello_that_waits_for_its_answer_is_not_late() -> None:
    socket = Socket()
    socket.say("hello")
    await socket.wait(35, pongs=True)
    assert socket.code is None
    socket.door.answer(welcome())
    await socket.wait(35, pongs=True)
    assert socket.code is None


async def test_a_hello_that_came_to_nothing_leaves_ten_seconds_for_another() -> None:
    socket = Socket()
    socket.say("hello")
    await socket.wait(15, pongs=True)
    socket.door.answer(Unauthorized("Who?"))
    await socket.wait(4, pongs=True)
    assert socket.code is None
    await socket.wait(7, pongs=True)
    assert socket.code == 4500


async def test_the_rest_of_a_message_that_waits_for_its_turn_is_not_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = Socket()
    await socket.greet()
    socket.frame(TEXT, b'{"type"', fin=False)
    with monkeypatch.context() as busy:
        busy.setattr(socket.gate.intake, "admits", lambda: False)
        busy.setattr(socket.gate.intake, "hold", list[object]().append)
        socket.frame(CONT, b":", fin=False)
        await socket.wait(30)
    assert socket.code is None
    while not socket.connection.heard_out:
        socket.connection.listen()
    await socket.wait(8, pongs=True)
    assert socket.code is None
    await socket.wait(4, pongs=True)
    assert socket.code == 4001


async def test_half_a_message_has_ten_seconds_while_it_is_us_who_read() -> None:
    socket = Socket()
    await socket.greet()
    socket.frame(TEXT, b'{"type"', fin=False)
    await socket.wait(8, pongs=True)
    socket.connection.pause_writing()
    await socket.wait(30)
    socket.connection.resume_writing()
    await socket.wait(8, pongs=True)
    assert socket.code is None
    socket.frame(CONT, b":", fin=False)
    await socket.wait(4, pongs=True)
    assert socket.code == 4001
