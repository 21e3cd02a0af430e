"""Thousands of texts that would run, load or send something: the page shows them.

Every field that a person can fill, in real Chromium: nothing runs, nothing is blocked
by the page's policy because nothing tries, nothing is asked of another host, and what
is shown is what was written.
"""

from collections.abc import Generator, Sequence
from itertools import count

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Invite, Server
from tests.browser.hostile import beacons, scripts, some
from tests.browser.house import House, as_kept, is_as_written
from tests.browser.tally import Tally
from tests.browser.watch import Canary, Watch, canary
from tests.talking import Frame, talk_to

A_FEW = 200
FEWER = 60
SEVERAL = 6
LONGEST_NAME = 40
WANDER = """
async (addresses) => {
    let gone = 0;
    for (const address of addresses) {
        try { history.pushState(null, "", address); } catch { continue; }
        dispatchEvent(new PopStateEvent("popstate"));
        gone += 1;
        await new Promise((done) => setTimeout(done));
    }
    return gone;
}
"""
START = """
(names) => Promise.all(names.map(async (name) => {
    const headers = { "Content-Type": "application/json", "X-Chinwag": "1" };
    const body = JSON.stringify({ name });
    const answer = await fetch("/api/rooms", { method: "POST", headers, body });
    const { room, link } = await answer.json();
    return room ? [room.name, link] : null;
}))
"""


@pytest.fixture(scope="module")
def tally() -> Generator[Tally]:
    tally = Tally()
    yield tally
    tally.write("page")


@pytest.fixture(scope="module")
def listener() -> Generator[Canary]:
    with canary() as listener:
        yield listener


@pytest.fixture(scope="module")
def texts(listener: Canary) -> list[str]:
    """Return all of them, those that call the listener first."""
    return [*beacons(f"{listener.address}/hit"), *scripts()]


@pytest.fixture
def campaign(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--campaign", default=False))


@pytest.fixture
def house(server: Server, invite: Invite, tally: Tally) -> Generator[House]:
    ada = invite("Ada")
    watch = Watch(ada.page, server.url)
    with (
        httpx2.Client(base_url=server.url) as web,
        talk_to(server.url, name="Bob") as bob,
    ):
        house = House(bob, ada, watch, tally, web)
        started = bob.ask("start_room", name="Tuesday table")
        house.room, house.link = started["room"]["id"], started["link"]
        ada.join(house.link)
        yield house


def test_every_message_is_shown_as_it_was_written(
    house: House, texts: Sequence[str], listener: Canary
) -> None:
    said = house.say(
        "message",
        [
            {"type": "post_message", "cmid": str(n), "text": text}
            for n, text in enumerate(texts)
        ],
    )
    assert len(said) >= 4_000
    house.ada.page.locator(f"[data-seq='{said[-1]['seq']}']").wait_for()
    shown = house.read(".words")
    wrong = [post for post in said if shown.get(post["seq"]) != as_kept(post["text"])]
    assert wrong == []
    assert house.is_quiet(listener.calls)


def test_what_a_message_is_edited_to_is_shown_as_it_was_written(
    house: House, texts: Sequence[str], listener: Canary, *, campaign: bool
) -> None:
    chosen = list(texts) if campaign else some(texts, A_FEW)
    before: Frame = {"type": "post_message", "text": "before"}
    said = house.say("", [before | {"cmid": str(n)} for n in range(len(chosen))])
    places: list[int] = [message["seq"] for message in said]
    wishes = dict(zip(places, chosen, strict=True))
    edit: Frame = {"type": "edit_message"}
    edited = house.say(
        "edited message",
        [edit | {"seq": seq, "text": text} for seq, text in wishes.items()],
    )
    assert len(edited) > 0.9 * len(chosen)
    last = edited[-1]
    words = house.ada.page.locator(f"[data-seq='{last['seq']}'] .words")
    expect(words).to_have_text(as_kept(last["text"]), use_inner_text=False)
    shown = house.read(".words")
    wrong = [wish for wish in edited if shown.get(wish["seq"]) != as_kept(wish["text"])]
    assert wrong == []
    assert house.is_quiet(listener.calls)


@pytest.mark.parametrize(
    ("command", "field"), [("rename_room", "name"), ("set_topic", "topic")]
)
def test_a_rooms_name_and_topic_are_shown_as_they_were_written(
    house: House,
    texts: Sequence[str],
    listener: Canary,
    *,
    campaign: bool,
    command: str,
    field: str,
) -> None:
    deed = {"name": "called the room ", "topic": "set the topic: "}[field]
    longest = LONGEST_NAME if field == "name" else 250
    short = [text for text in texts if len(text) <= longest]
    chosen = short if campaign else some(short, A_FEW)
    said = house.say(field, [{"type": command, field: text} for text in chosen])
    assert len(said) > 0.8 * len(chosen)
    house.ada.page.locator(f"[data-seq='{said[-1]['seq']}']").wait_for()
    shown = house.read("")
    at_head = "h1 bdi" if field == "name" else ".head .topic"
    now = house.ada.page.locator(at_head).text_content() or ""
    assert now
    assert shown[said[-1]["seq"]] == f"Bob {deed}{now}"
    for wish in said:
        told = shown[wish["seq"]].removeprefix(f"Bob {deed}")
        assert is_as_written(told, wish[field]), wish
    assert house.is_quiet(listener.calls)


def test_everybodys_name_is_shown_as_it_was_written(
    house: House,
    texts: Sequence[str],
    listener: Canary,
    *,
    campaign: bool,
) -> None:
    short = [text for text in texts if len(text) <= LONGEST_NAME]
    chosen = short if campaign else some(short, FEWER)
    names = {
        name: text
        for text in chosen
        if (name := join_and_speak(house, text)) is not None
    }
    assert len(names) > 0.8 * len(chosen)
    page = house.ada.page
    expect(page.locator(".message")).to_have_count(min(len(names), 300))
    shown = set(house.read(".name bdi").values())
    assert names.keys() <= shown
    assert all(is_as_written(name, text) for name, text in names.items())
    # In lists of people, and where somebody is called by it.
    page.get_by_role("button", name="here").first.click()
    assert house.is_quiet(listener.calls)


def join_and_speak(house: House, name: str) -> str | None:
    """Come in under a name and say a word; return the name, if it may be one."""
    house.tally.inputs["own name"] += 1
    joined = house.post("/api/join", {"key": house.link, "name": name})
    if joined is None:
        house.tally.refused["own name"] += 1
        return None
    said = {"text": "hello"}
    house.post(f"/api/rooms/{house.room}/messages", said, token=joined["token"])
    return str(joined["me"]["name"])


def test_what_is_given_as_an_emoji_is_shown_as_it_was_written_or_refused(
    house: House, texts: Sequence[str], listener: Canary
) -> None:
    post_one = {"type": "post_message", "cmid": "0", "text": "soup"}
    seq = house.say("", [post_one])[0]["seq"]
    token = house.bob.welcome["token"]
    react = {"type": "react", "room": house.room, "seq": seq, "on": True}
    given: list[str] = []
    # Ten refusals in a minute end a socket, so these go by single requests.
    for n, text in enumerate(["🍲", *some(texts, A_FEW)]):
        command = react | {"id": n, "emoji": text[:8]}
        taken = house.post("/api/commands", command, token=token)
        house.tally.inputs["emoji"] += 1
        house.tally.refused["emoji"] += taken is None
        given += [as_kept(text[:8])] if taken is not None else []
    shown = house.ada.page.locator(".reaction .emoji")
    expect(shown).to_have_text(list(dict.fromkeys(given)), use_inner_text=False)
    assert house.is_quiet(listener.calls)


def test_rooms_in_the_list_and_at_the_door_are_called_as_they_were(
    house: House, invite: Invite, server: Server, texts: Sequence[str], listener: Canary
) -> None:
    short = [text for text in texts if len(text) <= LONGEST_NAME]
    chosen = some(short, FEWER)
    page = house.ada.page
    started: list[tuple[str, str] | None] = page.evaluate(START, chosen)
    rooms = [room for room in started if room is not None]
    house.tally.inputs["room in the list"] += len(chosen)
    assert len(rooms) > 0.8 * len(chosen)
    listed = page.locator(".room-link-name")
    expect(listed).to_have_count(len(rooms) + 1)
    assert {name for name, _ in rooms} <= set(listed.all_text_contents())
    assert house.is_quiet(listener.calls)
    eve = invite("Eve")
    watch = Watch(eve.page, server.url)
    for name, link in rooms[::6]:
        eve.page.goto("about:blank")
        eve.page.goto(link)
        expect(eve.page.locator("h1")).to_contain_text(name)
    assert watch.look() == []


def test_no_address_of_the_page_does_more_than_show_it(
    server: Server,
    invite: Invite,
    texts: Sequence[str],
    listener: Canary,
    tally: Tally,
    *,
    campaign: bool,
) -> None:
    eve = invite("Eve")
    watch = Watch(eve.page, server.url)
    chosen = list(texts) if campaign else some(texts, A_FEW)
    shapes = ("/join#{}", "/room/{}", "/room/{}/1", "/room/1/{}", "/?{}", "/#{}")
    addresses = [
        shape.format(text) for text, shape in zip(chosen, cycle(shapes), strict=False)
    ]
    for address in some(addresses, SEVERAL):
        eve.page.goto("about:blank")
        eve.page.goto(server.url + address)
    eve.page.goto(server.url)
    gone: int = eve.page.evaluate(WANDER, addresses)
    tally.inputs["address"] += gone + SEVERAL
    assert gone > 0.9 * len(addresses)
    assert watch.look() == []
    assert listener.calls == []


def cycle(shapes: Sequence[str]) -> Generator[str]:
    """Return them over and over."""
    for n in count():
        yield shapes[n % len(shapes)]


def test_this_would_notice(server: Server, invite: Invite, listener: Canary) -> None:
    """Text that became markup, a script that ran, a picture that was fetched."""
    mallory = invite("Mallory")
    watch = Watch(mallory.page, server.url)
    mallory.page.goto(server.url)
    before = len(listener.calls)
    mallory.page.evaluate(
        """(address) => {
            const picture = document.createElement("img");
            picture.src = address;
            document.body.append(picture);
            const script = document.createElement("script");
            try { script.text = "__pwned = 2"; } catch { /* Trusted Types. */ }
            document.body.append(script);
            window.__pwned = 1;
        }""",
        f"{listener.address}/hit",
    )
    mallory.page.wait_for_timeout(200)
    wrong = " ".join(watch.look())
    for sign in ("ran 1", "CSP img-src", "CSP require-trusted-types-for", "IMG"):
        assert sign in wrong
    assert "ran 2" not in wrong
    # The policy holds even then.
    assert len(listener.calls) == before
    mallory.faults.clear()
