"""What the server sends: frames of events, where they end, and how large they are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.domain.events import (
    KINDS,
    Body,
    Deleted,
    Edited,
    Entry,
    Joined,
    Left,
    Message,
    Pinned,
    Reacted,
    RoleGiven,
    Titled,
    TopicSet,
    encode_body,
    list_people,
)
from chinwag.domain.news import RoomNews
from chinwag.domain.pages import MOST_BYTES
from chinwag.ids import Millis, PersonId, RoomId, Seq, to_text
from chinwag.protocol.envelope import (
    MAX_SERVER_FRAME,
    EventsFrame,
    encode_entry,
    encode_room_news,
)

ROOM = RoomId(0x70)
LONGEST = "\U0001f600" * 40


def entry(seq: int, body: Body, by: int = 0xADA, *, ends: int | None = None) -> Entry:
    leaver = None if ends is None else PersonId(ends)
    text = encode_body(body)
    return Entry(ROOM, Seq(seq), Millis(9), PersonId(by), body.kind, text, 0, leaver)


def frames_of(entries: list[Entry], name: str = "Ada") -> list[EventsFrame]:
    names = {entry.by: name for entry in entries}
    return encode_room_news(RoomNews(ROOM, entries, names))


def read(frame: EventsFrame) -> dict[str, Any]:
    return json.loads(frame.payload)


def say(text: str) -> Message:
    return Message(cmid="c", text=text)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (say("Hm"), {"cmid": "c", "text": "Hm"}),
        (
            Message(cmid="c", text="Hm", reply_to=Seq(1)),
            {"cmid": "c", "text": "Hm", "reply_to": 1},
        ),
        (
            Message(cmid="c", text=None, deleted=True, changed=Seq(9)),
            {"cmid": "c", "text": None, "deleted": True, "changed": 9},
        ),
        (Edited(Seq(1), "Hm"), {"target": 1, "text": "Hm"}),
        (Edited(Seq(1), None), {"target": 1, "text": None}),
        (Deleted(Seq(1)), {"target": 1}),
        (Reacted(Seq(1), "!", on=False), {"target": 1, "emoji": "!", "on": False}),
        (Joined(), {}),
        (Left(), {}),
        (Titled("Tea"), {"name": "Tea"}),
        (TopicSet(""), {"topic": ""}),
        (RoleGiven("a", "reader"), {"person": "a", "role": "reader"}),
        (Pinned(Seq(1), on=True), {"target": 1, "on": True}),
    ],
)
def test_an_event_has_the_fields_of_its_kind(body: Body, fields: object) -> None:
    event = json.loads(encode_entry(entry(7, body)))
    assert event == {
        "seq": 7,
        "kind": body.kind,
        "at": 9,
        "by": to_text(0xADA),
    } | dict(fields)  # type: ignore[call-overload]


def test_all_kinds_of_the_contract_are_there() -> None:
    assert set(KINDS) == set(
        "message edited deleted reacted joined left titled topic role pinned".split()
    )


def test_a_batch_is_one_frame_that_names_all_its_authors_once() -> None:
    entries = [entry(1, Joined()), entry(2, say("a"), 0xEE), entry(3, say("b"))]
    (frame,) = frames_of(entries)
    assert read(frame)["people"] == [
        {"id": "ada", "name": "Ada"},
        {"id": "ee", "name": "Ada"},
    ]
    assert (frame.first, frame.last, frame.ends, frame.changes) == (1, 3, None, False)


def test_a_frame_ends_at_every_event_that_ends_an_access() -> None:
    entries = [
        entry(1, say("a")),
        entry(2, Left(), 0xEE, ends=0xEE),
        entry(3, Left(), 0xBB, ends=0xBB),
        entry(4, say("b")),
    ]
    frames = frames_of(entries)
    assert [(f.first, f.last, f.ends) for f in frames] == [
        (1, 2, 0xEE),
        (3, 3, 0xBB),
        (4, 4, None),
    ]


def test_a_frame_tells_whether_it_changes_what_was_said_before() -> None:
    for body in (Edited(Seq(1), "x"), Deleted(Seq(1)), Reacted(Seq(1), "!", on=True)):
        assert frames_of([entry(1, say("a")), entry(2, body)])[0].changes


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\U0001f600", '"', "\\", "\n"])
def test_a_batch_of_long_texts_is_several_frames(letter: str) -> None:
    entries = [entry(n, say(letter * 10_000), n) for n in range(1, 257)]
    frames = frames_of(entries, LONGEST)
    assert max(len(frame.payload) for frame in frames) <= MAX_SERVER_FRAME
    # Together they are many times a frame, and none is cut short without need.
    assert min(len(frame.payload) for frame in frames[:-1]) > MAX_SERVER_FRAME // 2


def test_a_batch_of_long_names_keeps_within_its_bytes() -> None:
    around = len(encode_entry(entry(100, say(""), 2**62 + 1))) + len(",")
    # As many bytes of events as ever fit, and nobody speaks twice.
    text = "a" * (MOST_BYTES // 256 - around)
    entries = [entry(n, say(text), 2**62 + n) for n in range(1, 257)]
    frames = frames_of(entries, LONGEST)
    assert max(len(frame.payload) for frame in frames) <= MAX_SERVER_FRAME


@given(st.lists(st.tuples(st.integers(0, 60_000), st.booleans()), max_size=30))
def test_frames_follow_each_other_without_gap_or_repetition(
    said: list[tuple[int, bool]],
) -> None:
    entries = [
        entry(n, Left() if ends else say("\u00e9" * size), n, ends=n if ends else None)
        for n, (size, ends) in enumerate(said, 1)
    ]
    frames = frames_of(entries)
    told = [event["seq"] for frame in frames for event in read(frame)["events"]]
    assert told == list(range(1, len(entries) + 1))
    for frame in frames:
        shown = read(frame)
        assert shown["from"] == frame.first == shown["events"][0]["seq"]
        assert frame.last == shown["events"][-1]["seq"]
        assert {p["id"] for p in shown["people"]} == {e["by"] for e in shown["events"]}
        assert all(e["kind"] != "left" for e in shown["events"][:-1])


def test_everybody_whom_events_mention_is_found() -> None:
    events = (
        '[{"by":"a","person":"b"},'
        '{"by":"c","reactions":[{"emoji":"!","n":2,"people":["d","e"]}]}]'
    )
    assert list_people(events) == {"a", "b", "c", "d", "e"}
