"""People come and go, the server is killed, and nothing is missing or double."""

import re
from itertools import chain

from playwright.sync_api import expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest


def test_a_room_outlives_its_founder_and_a_killed_server_and_loses_nothing(
    frail_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    grace = invite("Grace", phone=True)
    link = ada.start_room(frail_server.url, "Tuesday table")
    for guest in (bob, grace):
        guest.join(link)
    said = list(chain.from_iterable(talk([ada, bob, grace], n) for n in range(3)))

    ada.page.close()
    expect(bob.page.get_by_text("2 here")).to_be_visible()
    said += talk([bob, grace], 3)

    frail_server.kill()
    # Both go on writing, and neither has to do anything.
    for guest in (bob, grace):
        guest.say(f"{guest.name} writes into the void")
        guest.say(f"{guest.name} writes once more")
        expect(guest.page.locator(".message.pending")).to_have_count(2)
    expect(bob.page.get_by_text("Reconnecting…")).to_be_visible()
    frail_server.start()
    words = bob.page.locator(".message .words")
    expect(words).to_have_count(len(said) + 4)
    expect(bob.page.get_by_text("Reconnecting…")).to_be_hidden()
    expect(grace.page.locator(".message.pending")).to_have_count(0)
    queued = words.all_inner_texts()[-4:]
    assert sorted(queued) == [
        "Bob writes into the void",
        "Bob writes once more",
        "Grace writes into the void",
        "Grace writes once more",
    ]
    for name in ("Bob", "Grace"):
        void, more = f"{name} writes into the void", f"{name} writes once more"
        assert queued.index(void) < queued.index(more)
    said += queued

    linus = invite("Linus")
    linus.join(link)
    said += talk([linus, grace, bob], 9)
    for guest in (bob, grace, linus):
        guest.sees(*said)
    expect(bob.page.get_by_text(re.compile("Linus joined"))).to_be_visible()


def talk(guests: list[Guest], turn: int) -> list[str]:
    """Let each say something when they have read what the one before said."""
    said: list[str] = []
    for guest in guests:
        if said:
            expect(guest.message(said[-1])).to_be_visible()
        said.append(f"{guest.name} in turn {turn}")
        guest.say(said[-1])
    for guest in guests:
        expect(guest.message(said[-1])).to_be_visible()
    return said


def test_a_blink_of_the_line_is_not_shown_and_a_longer_one_quietly(
    frail_server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.start_room(frail_server.url)
    ada.say("Before")
    ada.sees("Before")
    frail_server.kill()
    sign = ada.page.get_by_text("Reconnecting…")
    ada.page.wait_for_timeout(1500)
    expect(sign).to_have_count(0)
    expect(sign).to_be_visible()
    # So long that the server is up before the page would try by itself.
    later = re.compile(r"next try in ([6-9]|1\d|20) s")
    expect(ada.page.get_by_text(later)).to_be_visible()
    frail_server.start()
    ada.page.get_by_role("button", name="Try now").click()
    expect(sign).to_be_hidden()
    ada.say("After")
    ada.sees("Before", "After")


def test_typing_is_seen_and_passes(server: Server, invite: Invite) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url))
    bob.box.press_sequentially("I thi")
    expect(ada.page.get_by_text("Bob is typing…")).to_be_visible()
    expect(bob.page.get_by_text("is typing…")).to_have_count(0)
    bob.box.fill("")
    expect(ada.page.get_by_text("Bob is typing…")).to_have_count(0)
    bob.say("Never mind")
    expect(ada.message("Never mind")).to_be_visible()


def test_who_is_here_is_told_by_name_and_two_of_one_name_are_told_apart(
    server: Server, invite: Invite
) -> None:
    ada, twin = invite("Ada"), invite("Ada")
    twin.join(ada.start_room(server.url))
    twin.say("I am the other one")
    ada.sees("I am the other one")
    ada.say("And I the first")
    ada.page.get_by_role("button", name="2 here").click()
    marks = ada.page.get_by_role("dialog").locator(".twin").all_inner_texts()
    assert len(set(marks)) == 2
    assert set(ada.page.locator(".message .twin").all_inner_texts()) == set(marks)
