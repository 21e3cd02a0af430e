"""One client's conversation, without a socket: its states, limits and refusals."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.errors import REFUSALS, BadRequest, Internal, Refusal, Unauthorized
from chinwag.protocol.close import REASONS, Close
from chinwag.protocol.commands import MAX_ID, AnyCommand, Hello, Ping
from chinwag.protocol.results import Done, Me, ServerView, Welcome
from chinwag.protocol.session import (
    MOST_BROKEN,
    MOST_PAGES,
    MOST_WAITING,
    Session,
    State,
    read_command,
    read_id,
)

WELCOME = Welcome(
    me=Me("a", "Ada", guest=True),
    version=0,
    rooms=(),
    epoch="e",
    server=ServerView("1", 1, 1, 25),
)
HELLO = b'{"type":"hello","id":1}'
PING = b'{"type":"ping","id":2}'
HISTORY = b'{"type":"history","id":3,"room":"a"}'


def heard(session: Session) -> list[dict[str, Any]]:
    """Return what the client would hear now."""
    return [json.loads(text) for text in session.data_to_send()]


def take(session: Session, text: bytes, now: float = 0.0) -> AnyCommand:
    """Receive a command that must be one."""
    command = session.receive(text, now)
    assert command is not None, heard(session)
    return command


def greeted() -> Session:
    """Return a session after its hello."""
    session = Session()
    session.answer(take(session, HELLO), WELCOME)
    session.data_to_send()
    return session


def test_before_hello_nothing_else_is_heard() -> None:
    session = Session()
    assert session.receive(PING, 0.0) is None
    (failure,) = heard(session)
    assert (failure["id"], failure["code"]) == (2, "unauthorized")
    assert session.state is State.SILENT


def test_what_follows_hello_is_taken_before_its_answer() -> None:
    session = Session()
    hello, ping = take(session, HELLO), take(session, PING)
    assert session.state is State.GREETING
    session.answer(hello, WELCOME)
    session.answer(ping, Done())
    assert [frame["id"] for frame in heard(session)] == [1, 2]
    assert session.state is State.OPEN


def test_a_second_hello_is_a_bad_request() -> None:
    for session in (greeted(), Session()):
        if session.state is State.SILENT:
            take(session, HELLO)
        assert session.receive(HELLO, 0.0) is None
        assert heard(session)[0]["code"] == "bad_request"


def test_after_a_refused_hello_another_is_heard() -> None:
    session = Session()
    session.answer(take(session, HELLO), Unauthorized())
    assert session.state is State.SILENT
    assert heard(session)[0]["code"] == "unauthorized"
    assert isinstance(session.receive(HELLO, 0.0), Hello)


def test_a_session_is_full_with_64_commands_waiting() -> None:
    session = greeted()
    waiting = [take(session, PING) for _ in range(MOST_WAITING - 1)]
    assert not session.full
    waiting.append(take(session, PING))
    assert session.full
    session.answer(waiting.pop(), Done())
    assert not session.full


def test_a_session_is_full_with_two_pages_waiting() -> None:
    session = greeted()
    waiting = [take(session, HISTORY) for _ in range(MOST_PAGES)]
    assert session.full
    session.answer(waiting.pop(), BadRequest())
    assert not session.full


def test_the_tenth_bad_request_in_a_minute_is_told_and_ends_it() -> None:
    session = greeted()
    for second in range(MOST_BROKEN - 1):
        session.receive(b"?", float(second))
    assert session.close is None
    session.receive(b"?", 59.9)
    assert session.close is Close.TOO_MANY_BAD_REQUESTS
    assert len(heard(session)) == MOST_BROKEN
    assert session.receive(PING, 60.0) is None
    assert heard(session) == []


def test_bad_requests_are_forgotten_after_a_minute() -> None:
    session = greeted()
    for number in range(100):
        session.receive(b"?", number * 60.1 / (MOST_BROKEN - 1))
    assert session.close is None


def test_what_is_unauthorized_or_refused_later_is_no_bad_request() -> None:
    session = Session()
    for _ in range(50):
        session.receive(PING, 0.0)
    session = greeted()
    for _ in range(50):
        session.answer(take(session, PING), BadRequest("name: must not be empty."))
    assert session.close is None


def test_an_ended_session_says_nothing_more() -> None:
    session = greeted()
    ping = take(session, PING)
    session.end(Close.SESSION_ENDED)
    session.answer(ping, Done())
    session.end(Close.GOING_DOWN)
    assert session.data_to_send() == []
    assert session.close is Close.SESSION_ENDED


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_told_with_its_code(refusal: type[Refusal]) -> None:
    session = greeted()
    session.answer(take(session, PING), refusal(retry_after=0.5))
    assert heard(session) == [
        {
            "type": "failure",
            "id": 2,
            "code": refusal.code,
            "message": refusal.sentence,
            "retry_after": 0.5,
        }
    ]


def test_codes_and_statuses_are_those_of_the_contract() -> None:
    assert {refusal.code: refusal.status for refusal in REFUSALS} == {
        "bad_request": 400,
        "unauthorized": 401,
        "forbidden": 403,
        "not_found": 404,
        "cmid_conflict": 409,
        "out_of_order": 409,
        "frozen": 409,
        "gone": 410,
        "too_large": 413,
        "rate_limited": 429,
        "slow_mode": 429,
        "unavailable": 503,
        "internal": 500,
    }
    assert Internal().retry_after is None


def test_close_codes_tell_whether_to_come_back() -> None:
    assert set(REASONS) == set(Close)
    back = {close for close in Close if close < 4500}
    assert back == {
        Close.GOING_DOWN,
        Close.NOT_DRAINED,
        Close.NO_HEARTBEAT,
        Close.RESTARTING,
    }
    assert [int(close) for close in Close] == [
        1012,
        *(4000, 4001, 4002),
        *(4500, 4501, 4502, 4503),
    ]


BROKEN = {
    b"": None,
    b"{": None,
    b"null": None,
    b"[]": None,
    b'"ping"': None,
    b"\xff\xfe": None,
    b'{"type":"ping","id":1}x': None,
    b'{"type":"ping"}': None,
    b'{"id":7}': 7,
    b'{"type":"dance","id":7}': 7,
    b'{"type":7,"id":7}': 7,
    b'{"type":"ping","id":1.5}': None,
    b'{"type":"ping","id":true}': None,
    b'{"type":"ping","id":null}': None,
    b'{"type":"ping","id":-1}': None,
    b'{"type":"history","id":7,"room":"a","limit":0}': 7,
    b'{"type":"open_room","id":7,"room":"a","after":-1}': 7,
    b'{"type":"react","id":7,"room":"a","seq":1,"emoji":"x","on":1}': 7,
    b'{"type":"hello","id":7,"name":"\\ud800"}': 7,
    b'{"type":"hello","id":7,"name":"a\\u0000b"}': 7,
    b'{"type":"hello","id":7,"name":"a\x00b"}': None,
    b'{"type":"hello","id":7,"name":"a\nb"}': None,
    b'{"type":"hello","id":7,"name":"\xed\xa0\x80"}': None,
    b"[" * 100_000: None,
    b'{"type":"ping","id":7,"deep":' + b"[" * 100_000: None,
    b'{"type":"hello","id":7,"token":"' + b"x" * 3_000 + b'"}': 7,
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:50].decode("latin-1"))
def test_what_is_broken_is_a_bad_request(text: bytes) -> None:
    session = Session()
    assert session.receive(text, 0.0) is None
    (failure,) = heard(session)
    assert failure["code"] == "bad_request"
    assert failure["message"]
    if BROKEN[text] is not None and b"\\ud800" not in text:
        assert failure["id"] == BROKEN[text]


@given(st.binary(max_size=80))
def test_no_bytes_break_the_session(text: bytes) -> None:
    session = Session()
    session.receive(text, 0.0)
    assert session.waiting + len(session.data_to_send()) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=9,
    ),
    st.sampled_from(["ping", "hello", "history", "post_message", "react", "me"]),
)
def test_no_json_breaks_the_session(value: object, kind: str) -> None:
    session = greeted()
    for text in (value, {"type": kind, "id": 1, "room": value, "text": value}):
        session.receive(json.dumps(text).encode(), 0.0)
    assert session.waiting + len(session.data_to_send()) == 2


def test_ids_need_not_differ_and_reach_the_largest_safe_integer() -> None:
    for number in (0, MAX_ID):
        command = read_command(b'{"type":"ping","id":%d}' % number)
        assert command == Ping(id=number)
    with pytest.raises(BadRequest):
        read_command(b'{"type":"ping","id":%d}' % (MAX_ID + 1))
    assert read_id(b'{"id":-1}') is None


def test_unknown_fields_are_ignored() -> None:
    text = b'{"later":{"a":["\\u0000"]},"type":"ping","id":1,"x":1}'
    assert read_command(text) == Ping(id=1)


def test_every_command_of_the_contract_is_known() -> None:
    fields = {"id": 1, "room": "a", "seq": 1, "key": "k", "cmid": "c", "text": "t"}
    fields |= {"emoji": "e", "on": True, "name": "n", "topic": ""}
    for name in (
        "hello me start_room show_link look_at_link join_room open_room close_room "
        "leave_room history post_message edit_message delete_message react mark_read "
        "set_typing rename_me rename_room set_topic ping"
    ).split():
        command = read_command(json.dumps(fields | {"type": name}).encode())
        assert type(command).__struct_config__.tag == name
