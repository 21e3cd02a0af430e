"""Pages: one snapshot, whole bytes, the right people, and the JSON of live events."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from chinwag.domain.events import Entry
from chinwag.domain.pages import MOST_BYTES, MOST_IN_ALL, Page, PageAsk
from chinwag.ids import Millis, PersonId, RoomId, Seq, to_text
from chinwag.protocol.envelope import MAX_SERVER_FRAME, encode_entry, encode_events
from chinwag.store.engine import READER, WRITER, open_engine
from chinwag.store.handle import Handle
from chinwag.store.pages import get_page
from chinwag.store.sqlite import SqliteStore
from chinwag.store.tables import events, heads, memberships, people

ROOM, ADA, STRANGER = RoomId(0x70), PersonId(0xADA), PersonId(0xBAD)
LONG_NAME = "\U0001f600" * 40
Ask = Callable[..., Page]


def entry(seq: int, body: str, by: PersonId = ADA) -> Entry:
    kind = "joined" if body == "{}" else "message"
    return Entry(ROOM, Seq(seq), Millis(1_000 + seq), by, kind, body)


def say(text: str, **more: Any) -> str:  # noqa: ANN401 - any field
    return json.dumps({"cmid": "c", "text": text} | more, ensure_ascii=False)


def fill(connection: Connection, entries: list[Entry], *, crowd: int = 0) -> None:
    """Write a room with Ada in it, and so many more who are known by name."""
    with connection.begin():
        connection.execute(
            insert(heads),
            {
                "room": ROOM,
                "head": len(entries),
                "last_at": 0,
                "messages": 0,
                "members": 1,
            },
        )
        connection.execute(
            insert(memberships),
            {"room": ROOM, "person": ADA, "role": "member", "read": 0}
            | {"read_messages": 0},
        )
        known = [(ADA, "Ada")] + [(0x10000 + n, LONG_NAME) for n in range(crowd)]
        person = {"guest": True, "version": 0, "created_at": 0}
        connection.execute(
            insert(people), [{"id": id, "name": name} | person for id, name in known]
        )
        connection.execute(
            insert(events),
            [
                {"room": e.room, "seq": e.seq, "at": e.at, "by": e.by, "kind": e.kind}
                | {"ordinal": 0, "body": e.body}
                for e in entries
            ],
        )


@pytest.fixture
def keep(data: Path) -> Callable[..., Ask]:
    """Return a way to keep events and to ask for pages of them."""

    def keep_them(entries: list[Entry], *, crowd: int = 0) -> Ask:
        store = SqliteStore(data, new_epoch=lambda: "epoch")
        store.close()
        engine = open_engine(store.path, WRITER, begin="BEGIN IMMEDIATE")
        with engine.connect() as connection:
            fill(connection, entries, crowd=crowd)
        engine.dispose()

        def ask(first: int, last: int, near: int, *, person: PersonId = ADA) -> Page:
            wanted = PageAsk(
                room=ROOM,
                person=person,
                first=Seq(first),
                last=Seq(last),
                near=Seq(near),
            )
            reader = open_engine(store.path, READER, begin="BEGIN")
            with reader.connect() as connection, connection.begin():
                page = get_page(Handle(connection), wanted)
            reader.dispose()
            return page

        return ask

    return keep_them


def seqs(page: Page) -> list[int]:
    return [event["seq"] for event in json.loads(page.events)]


def test_an_event_of_a_page_is_the_event_that_was_told_live(
    keep: Callable[..., Ask],
) -> None:
    entries = [
        entry(1, "{}"),
        entry(2, say("He said \"no\" \\ \n\t \u2028 \U0001f600 </script> %s ''")),
        entry(3, say("x" * 99, reply_to=2)),
    ]
    page = keep(entries)(1, 3, 1)
    assert page.events == f"[{','.join(map(encode_entry, entries))}]"
    assert (page.first, page.last, page.head) == (1, 3, 3)
    assert json.loads(page.people) == [{"id": to_text(ADA), "name": "Ada"}]


def test_who_is_no_member_reads_nothing(keep: Callable[..., Ask]) -> None:
    page = keep([entry(1, "{}")])(1, 1, 1, person=STRANGER)
    assert not page.member
    assert (page.events, page.people) == ("[]", "[]")


def test_a_page_names_all_whom_its_events_mention(keep: Callable[..., Ask]) -> None:
    given_by = [to_text(0x10000), to_text(0x10001)]
    reactions = [{"emoji": "!", "n": 2, "people": given_by}]
    page = keep([entry(1, say("Hm", reactions=reactions))], crowd=3)(1, 1, 1)
    named = {person["id"] for person in json.loads(page.people)}
    assert named == {to_text(ADA), *given_by}


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\U0001f600", '"'])
def test_a_page_of_long_texts_keeps_within_a_frame(
    keep: Callable[..., Ask], letter: str
) -> None:
    ask = keep([entry(n, say(letter * 10_000)) for n in range(1, 41)])
    page = ask(1, 40, 1)
    frame = encode_events(ROOM, page.first, page.events, page.people)
    assert len(frame) <= MAX_SERVER_FRAME
    assert len(page.events.encode()) > MOST_BYTES * 3 // 4
    assert seqs(page) == list(range(1, page.last + 1))


@pytest.mark.parametrize(
    ("near", "first", "last"), [(1, True, False), (40, False, True), (99, False, True)]
)
def test_what_is_farthest_is_left_out(
    keep: Callable[..., Ask], near: int, *, first: bool, last: bool
) -> None:
    page = keep([entry(n, say("a" * 10_000)) for n in range(1, 41)])(1, 40, near)
    assert (page.first == 1, page.last == 40) == (first, last)
    assert seqs(page) == list(range(page.first, page.last + 1))


def test_a_page_around_the_middle_is_without_gaps(keep: Callable[..., Ask]) -> None:
    # The large one beside the middle must not be jumped over.
    sizes = [9_000] * 20 + [10, 40_000, 10] + [9_000] * 20
    page = keep([entry(n, say("a" * s)) for n, s in enumerate(sizes, 1)])(1, 43, 21)
    assert seqs(page) == list(range(page.first, page.last + 1))
    assert page.first <= 21 <= page.last


def test_long_names_make_a_page_shorter(keep: Callable[..., Ask]) -> None:
    entries = [
        entry(n, say("a" * 100), PersonId(0x10000 + n - 1)) for n in range(1, 501)
    ]
    page = keep(entries, crowd=500)(1, 500, 1)
    frame = encode_events(ROOM, page.first, page.events, page.people)
    assert len(frame) <= MAX_SERVER_FRAME
    assert len(frame) > MAX_SERVER_FRAME // 4


def test_what_outweighs_a_page_by_its_names_is_still_read_alone(
    keep: Callable[..., Ask],
) -> None:
    crowd = [to_text(0x10000 + n) for n in range(1_500)]
    reactions = [
        {"emoji": str(n), "n": 50, "people": crowd[n * 50 : n * 50 + 50]}
        for n in range(30)
    ]
    heavy = say("a" * 20_000, reactions=reactions)
    ask = keep(
        [entry(n, heavy if n == 2 else say("Hm")) for n in range(1, 4)], crowd=1_500
    )
    for near in (1, 2, 3):
        page = ask(near, 3, near)
        assert near in seqs(page)
    assert len(ask(1, 1, 1).events) < MOST_IN_ALL


@given(st.data())
def test_any_page_is_contiguous_and_never_empty(data: st.DataObject) -> None:
    size = st.sampled_from([1, 100, 30_000, 60_000])
    sizes = data.draw(st.lists(size, min_size=1, max_size=24))
    first = data.draw(st.integers(1, len(sizes)))
    last = data.draw(st.integers(first, len(sizes)))
    near = data.draw(st.integers(first - 1, last + 9))
    engine = open_engine(Path(":memory:"), {}, begin="BEGIN")
    with engine.connect() as connection:
        events.metadata.create_all(connection)
        connection.commit()
        fill(connection, [entry(n, say("a" * s)) for n, s in enumerate(sizes, 1)])
        ask = PageAsk(
            room=ROOM, person=ADA, first=Seq(first), last=Seq(last), near=Seq(near)
        )
        page = get_page(Handle(connection), ask)
    engine.dispose()
    found = seqs(page)
    assert found == list(range(found[0], found[-1] + 1))
    assert min(max(near, first), last) in found
    assert first <= found[0] <= found[-1] <= last
    assert len(page.events.encode()) <= MOST_BYTES + 100
