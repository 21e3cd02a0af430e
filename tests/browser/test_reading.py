"""Reading: landing in the right place, and staying there whatever comes."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest
from tests.talking import Talker, talk_to

# In the page at most so many messages, with some to spare for the turn of a page.
MOST = 300


@contextmanager
def chatter(server: Server, link: str, messages: int) -> Generator[Talker]:
    """Let a program join and say so much."""
    with talk_to(server.url, name="Bob") as bob:
        room = bob.ask("join_room", key=link.rpartition("#")[2])["room"]["id"]
        for n in range(messages):
            say(bob, room, n)
        yield bob


def say(bob: Talker, room: str, n: int) -> None:
    """Say the `n`-th sentence, some of which are long."""
    text = f"message {n:04}" + " and so on" * (n % 40)
    bob.ask("post_message", room=room, cmid=f"m{n}", text=text)


def room_of(guest: Guest) -> str:
    """Return the id of the room in view."""
    return guest.page.url.split("/room/")[1].split("/")[0]


def numbers(guest: Guest) -> list[int]:
    """Return the numbers of the messages in the page, in their order."""
    texts = guest.page.locator(".message .words").all_text_contents()
    return [int(text.split()[1]) for text in texts]


def top_of(message: Locator) -> float:
    """Return where a message stands on the screen."""
    box = message.bounding_box()
    assert box is not None
    return box["y"]


def distance_to_newest(guest: Guest) -> float:
    """Return how many pixels are below what is in view."""
    return guest.page.evaluate(
        "(() => { const log = document.querySelector('.log');"
        " return log.scrollHeight - log.scrollTop - log.clientHeight; })()"
    )


def wait_until_read(guest: Guest) -> None:
    """Wait until the server knows that all of the room was seen."""
    guest.page.wait_for_function(
        "room => fetch(`/api/rooms/${room}`).then(answer => answer.json())"
        ".then(told => told.unread === 0)",
        arg=room_of(guest),
    )


def test_a_long_history_comes_as_one_scrolls_up_and_down_and_the_page_stays_small(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    room = ada.page.url
    ada.page.goto("about:blank")
    with chatter(server, link, 900):
        pass
    ada.page.goto(room)
    # All of it is unread: she lands where her reading ended.
    expect(ada.page.get_by_text("New", exact=True)).to_be_visible()
    seen = set(numbers(ada))
    assert min(seen) == 0
    for _ in range(120):
        ada.scroll(2500)
        ada.page.wait_for_timeout(25)
        now = numbers(ada)
        assert len(now) <= MOST
        assert now == list(range(now[0], now[0] + len(now)))
        seen.update(now)
        if now[-1] == 899:
            break
    assert seen == set(range(900))
    for _ in range(120):
        ada.scroll(-2500)
        ada.page.wait_for_timeout(25)
        now = numbers(ada)
        assert len(now) <= MOST
        assert now == list(range(now[0], now[0] + len(now)))
        if now[0] == 0:
            break
    assert numbers(ada)[0] == 0


def test_what_one_looks_at_stays_while_older_messages_come_before_it(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with chatter(server, link, 200):
        expect(ada.message_numbered(199)).to_be_visible()
        wait_until_read(ada)
    ada.page.reload()
    expect(ada.message_numbered(199)).to_be_visible()
    first = numbers(ada)[0]
    assert first > 40
    ada.page.evaluate("document.querySelector('.log').scrollTop = 300")
    mark = ada.page.locator(".message").nth(8)
    text = mark.locator(".words").text_content() or ""
    watched = ada.message(text)
    before = top_of(watched)
    expect(ada.message_numbered(first - 1)).to_be_attached()
    assert abs(top_of(watched) - before) < 2


def test_at_the_newest_one_stays_there_and_further_up_one_is_left_alone(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with chatter(server, link, 60) as bob:
        expect(ada.message_numbered(59)).to_be_in_viewport()
        say(bob, room_of(ada), 79)
        expect(ada.message_numbered(79)).to_be_in_viewport()
        assert distance_to_newest(ada) < 2
        ada.scroll(-60)
        ada.page.wait_for_timeout(200)
        say(bob, room_of(ada), 80)
        expect(ada.message_numbered(80)).to_be_in_viewport()
        ada.scroll(-900)
        ada.page.wait_for_timeout(200)
        looked_at = ada.message_numbered(45)
        before = top_of(looked_at)
        for n in (81, 82, 83):
            say(bob, room_of(ada), n)
        badge = ada.page.get_by_role("button", name="3 new")
        expect(badge).to_be_visible()
        assert abs(top_of(looked_at) - before) < 2
        badge.click()
        expect(ada.message_numbered(83)).to_be_in_viewport()
        expect(badge).to_have_count(0)


def test_one_lands_at_the_first_unread_and_the_new_line_stays_put(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with chatter(server, link, 30) as bob:
        expect(ada.message_numbered(29)).to_be_visible()
        expect(ada.page).to_have_title(re.compile("^[^(]"))
        ada.page.wait_for_timeout(700)
        room = ada.page.url
        ada.page.goto("about:blank")
        for n in range(30, 90):
            say(bob, room.split("/room/")[1], n)
        ada.page.goto(room)
        line = ada.page.get_by_text("New", exact=True)
        expect(line).to_be_in_viewport()
        expect(ada.message_numbered(30)).to_be_in_viewport()
        expect(ada.message_numbered(89)).not_to_be_in_viewport()
        ada.page.get_by_role("button", name=re.compile("new$")).click()
        expect(ada.message_numbered(89)).to_be_in_viewport()
        say(bob, room.split("/room/")[1], 90)
        expect(ada.message_numbered(90)).to_be_in_viewport()
        assert ada.page.evaluate(
            "document.querySelector('.new-line').nextElementSibling.textContent"
            ".includes('message 0030')"
        )


def test_a_message_has_an_address_of_its_own(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = ada.start_room(server.url)
    with chatter(server, link, 400):
        pass
    room = ada.page.url
    # Events 1 and 2 are two people's joining.
    ada.page.goto(f"{room}/53")
    expect(ada.message_numbered(50)).to_be_in_viewport()
    expect(ada.page.locator(".message.found")).to_contain_text("message 0050")
    message = ada.message_numbered(50)
    message.hover()
    message.get_by_role("button", name="Copy link to this message").click()
    expect(ada.page.get_by_text("The link to this message is copied")).to_be_visible()
    assert ada.page.evaluate("navigator.clipboard.readText()") == f"{room}/53"


def test_who_wrote_and_when_is_said_once_for_a_group(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with chatter(server, link, 3):
        pass
    ada.say("And I")
    expect(ada.page.locator(".message")).to_have_count(4)
    expect(ada.page.locator(".message .name")).to_have_text(["Bob", "Ada"])
    expect(ada.page.get_by_text("Today")).to_have_count(1)
    times = ada.page.locator(".message time")
    expect(times.first).to_have_attribute("title", re.compile(r"\d{4}"))


def test_a_message_of_somebody_else_is_spoken_once_and_ones_own_is_not(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with chatter(server, link, 0) as bob:
        ada.say("I speak")
        ada.sees("I speak")
        spoken = ada.page.locator(".log-frame [aria-live=polite]")
        say(bob, room_of(ada), 0)
        expect(spoken).to_have_text("Bob: message 0000")
        expect(ada.page.get_by_role("log")).to_have_attribute("aria-live", "off")
