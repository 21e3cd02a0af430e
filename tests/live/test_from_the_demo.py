"""All that the class demo does works here as simply; none of its faults does.

What a page does wrong or right is in tests/browser; see
docs/explanation/from-the-demo.md for which test stands for what.
"""

import re
from pathlib import Path

import pytest

from tests.live.conftest import Start
from tests.live.guests import Refused
from tests.live.servers import Server
from tests.live.test_who_speaks import FORWARDED, SETTINGS


async def fetch(server: Server, path: str) -> tuple[int, str]:
    """Return the status and text of an answer to GET."""
    wire = await server.wire()
    host = f"127.0.0.1:{server.port}"
    wire.ask(f"GET {path} HTTP/1.1", Host=host, Connection="close")
    status, _ = await wire.head()
    return status, (await wire.rest()).decode()


# What the demo does


async def test_one_command_and_one_port_serve_the_page_and_the_socket(
    server: Server,
) -> None:
    """The demo: `python3 app.py`, and `python3 -m http.server` beside it."""
    status, page = await fetch(server, "/")
    assert status == 200
    assert "<html" in page
    ada = await server.enter("Ada")
    assert await ada.ask("ping") == {}


async def test_a_chat_starts_and_a_join_link_is_there(server: Server) -> None:
    ada = await server.enter("Ada")
    started = await ada.ask("start_room")
    assert re.fullmatch(
        rf"http://127\.0\.0\.1:{server.port}/join#[A-Za-z0-9_-]{{22,}}", started["link"]
    )
    status, _ = await fetch(server, "/join")
    assert status == 200


async def test_whoever_opens_the_link_talks_too_without_an_account(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    bob = await server.enter("Bob")
    seen = await bob.ask("look_at_link", key=room.link)
    assert seen["room"]["members"] == 1
    await bob.join(room)
    posted = await bob.post(room, "Hello!")
    await ada.hear_up_to(room, posted["seq"])


async def test_the_link_leads_to_the_host_by_which_one_came(server: Server) -> None:
    """On the LAN as on this machine; through a proxy it is the public address."""
    wire = await server.wire()
    await wire.upgrade(Host=f"teapot.local:{server.port}")
    wire.say("hello")
    wire.say("start_room", 2)
    started = (await wire.hear_answer(2))["result"]
    assert started["link"].startswith(f"http://teapot.local:{server.port}/join#")


async def test_published_to_the_internet_links_are_public_and_sockets_come_in(
    start: Start,
) -> None:
    server = start(settings=SETTINGS | {"CHINWAG_PROXIES": "127.0.0.1"})
    wire = await server.wire()
    assert (await wire.upgrade(**FORWARDED))[0] == 101
    wire.say("hello")
    wire.say("start_room", 2)
    started = (await wire.hear_answer(2))["result"]
    assert started["link"].startswith("https://chat.example/join#")


async def test_newcomers_are_told_all_that_was_said_before_page_by_page(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post_all(room, [f"{n}" for n in range(230)])
    bob = await server.enter("Bob")
    held = await bob.join(room)
    await bob.hear_up_to(room, held.head)
    texts = held.texts
    first, more = held.events[0]["seq"], True
    while more:
        page = await bob.ask("history", room=room.id, before=first, limit=100)
        found = [event for event in page["events"] if event["kind"] == "message"]
        texts = [event["text"] for event in found] + texts
        first, more = page["events"][0]["seq"], page["more"]
    assert texts == [f"{n}" for n in range(230)]


async def test_everyone_gets_every_message_in_one_order_once(server: Server) -> None:
    """The order and the once are checked by whoever listens, at every frame."""
    people = [await server.enter(f"Guest {n}") for n in range(5)]
    room = await people[0].start_room()
    for person in people[1:]:
        await person.join(room, after=0)
    for n in range(20):
        await people[n % 5].post(room, f"{n}")
    for person in people:
        held = await person.hear_up_to(room, 25)
        assert held.texts == [f"{n}" for n in range(20)]


async def test_every_refusal_has_a_code_and_a_sentence(server: Server) -> None:
    """The demo's page had an error and never showed its text."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post(room, "One", cmid="c")
    asked: list[tuple[str, dict[str, object], str]] = [
        ("open_room", {"room": "1234"}, "not_found"),
        ("join_room", {"key": "nothing"}, "not_found"),
        ("post_message", {"room": room.id, "cmid": "c", "text": "x"}, "cmid_conflict"),
        ("post_message", {"room": room.id, "cmid": "d", "text": " "}, "bad_request"),
        ("post_message", {"room": room.id, "text": "x"}, "bad_request"),
        (
            "post_message",
            {"room": room.id, "cmid": "e", "text": "x" * 10_001},
            "too_large",
        ),
    ]
    for command, fields, code in asked:
        with pytest.raises(Refused) as refused:
            await ada.ask(command, **fields)
        assert refused.value.code == code
        assert re.match(r"\S.*\S", refused.value.message)


# What the demo does wrong


async def test_nothing_is_lost_with_the_process(start: Start) -> None:
    """The demo kept everything in memory."""
    server = start()
    ada = await server.enter("Ada")
    room = await ada.start_room("Tea")
    await ada.post(room, "Remember this.")
    server.kill()
    server.start()
    await ada.connect()
    assert [place["name"] for place in ada.welcome["rooms"]] == ["Tea"]
    await ada.open(room)
    assert (await ada.hear_up_to(room, 2)).texts == ["Remember this."]


@pytest.mark.parametrize("way", ["goes away", "leaves"])
async def test_the_room_stays_open_when_its_founder_has_gone(
    server: Server, way: str
) -> None:
    """In the demo nobody could join any more."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.post(room, "Carry on without me.")
    if way == "leaves":
        await ada.ask("leave_room", room=room.id)
    await ada.drop()
    bob, cleo = await server.enter("Bob"), await server.enter("Cleo")
    held = await bob.join(room)
    await bob.hear_up_to(room, held.head)
    assert held.texts == ["Carry on without me."]
    await cleo.join(room)
    posted = await cleo.post(room, "We do.")
    await bob.hear_up_to(room, posted["seq"])


async def test_nobody_believes_who_a_client_says_it_is(server: Server) -> None:
    """The demo took the sender's id from the message."""
    ada, eve = await server.enter("Ada"), await server.enter("Eve")
    room = await ada.start_room()
    await eve.join(room)
    claimed = {"by": ada.id, "user": ada.id, "user_id": ada.id, "name": "Ada"}
    posted = await eve.post(room, "I am Ada.", **claimed)
    held = await ada.hear_up_to(room, posted["seq"])
    assert held.events[-1]["by"] == eve.id
    with pytest.raises(Refused, match="forbidden"):
        await eve.ask("rename_room", room=room.id, name="Eve's")


async def test_text_is_kept_and_sent_as_it_was_written(server: Server) -> None:
    """What a page makes of it is the page's affair; it comes as text, not as HTML."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    text = (
        "<img src=x onerror=alert(1)> & <b>bold</b> \"quoted\" 'too' \u2028 </script>"
    )
    posted = await ada.post(room, text, cmid="c")
    assert (await ada.hear_up_to(room, posted["seq"])).texts == [text]


async def test_no_host_is_fixed_in_the_page(server: Server) -> None:
    """The demo's page spoke to `ws://localhost` wherever it came from."""
    _, page = await fetch(server, "/")
    assets = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css))"', page)
    assert assets
    for path in ("/", *assets):
        status, text = await fetch(server, path)
        assert status == 200
        assert not re.search(r"wss?://(?:localhost|127\.|\[)", text)
        assert "http://localhost" not in text


def test_every_test_that_the_story_names_is_there() -> None:
    root = Path(__file__).parents[2]
    story = root / "docs/explanation/from-the-demo.md"
    named = set(re.findall(r"`(test_\w+)`", story.read_text(encoding="utf-8")))
    folders = (root / "tests/live", root / "tests/browser")
    files = [file for folder in folders for file in folder.glob("test_*.py")]
    texts = "".join(file.read_text(encoding="utf-8") for file in files)
    assert len(named) > 15
    assert {name for name in named if f"def {name}(" not in texts} == set()
