"""The first minute: open, Enter, share the link, talk."""

import re
import time

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_open_the_page_press_enter_and_the_room_is_there(
    server: Server, invite: Invite, *, phone: bool
) -> None:
    ada = invite("Ada", phone=phone)
    ada.page.goto(server.url)
    name, room = ada.page.get_by_label("Your name"), ada.page.get_by_label("Room")
    expect(name).not_to_have_value("")
    expect(room).not_to_have_value("")
    expect(name).to_be_focused()
    ada.page.keyboard.press("Enter")
    expect(ada.page).to_have_url(re.compile("/room/"))
    expect(ada.page.get_by_role("heading", name="This room is yours")).to_be_visible()
    expect(ada.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    assert f"{server.url}/join#" in ada.read_link()
    ada.say("Anybody there?")
    ada.sees("Anybody there?")
    expect(ada.page.get_by_role("heading", name="This room is yours")).to_be_hidden()
    ada.page.get_by_role("button", name="Invite").click()
    assert f"{server.url}/join#" in ada.read_link()


def test_nobody_has_a_line_before_there_is_a_room(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.page.goto(server.url)
    ada.page.wait_for_load_state("networkidle")
    asked = [url.removeprefix(server.url) for url in ada.requests]
    assert [url for url in asked if "/api" in url or "/ws" in url] == []
    assert ada.context.cookies() == []


def test_a_room_takes_five_requests_and_none_to_another_host(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.start_room(server.url)
    tab = ada.open_tab()
    ada.requests.clear()
    tab.goto(ada.page.url)
    expect(tab.get_by_role("heading", name="This room is yours")).to_be_visible()
    asked = set(ada.requests)
    assert len(asked) <= 5, asked
    host = f"localhost:{server.port}"
    assert {url.split("/")[2] for url in asked} == {host}


def come_in_and_talk(guest: Guest, link: str, host: Guest) -> float:
    """Come in by a link and say something; return how many seconds that took."""
    begun = time.monotonic()
    guest.page.goto(link)
    expect(guest.page.get_by_role("heading", name="Tuesday table")).to_be_visible()
    expect(guest.page.get_by_text(re.compile("Ada.* there"))).to_be_visible()
    guest.page.get_by_label("Your name").fill(guest.name)
    guest.page.keyboard.press("Enter")
    expect(guest.box).to_be_visible()
    guest.say(f"{guest.name} is here")
    expect(host.message(f"{guest.name} is here")).to_be_visible()
    return time.monotonic() - begun


def test_who_opens_the_link_sees_who_is_there_and_is_in_within_three_seconds(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob", phone=True)
    link = ada.start_room(server.url, "Tuesday table")
    seconds = [come_in_and_talk(bob, link, ada)]
    # A machine may be busy with something else for a while, but not every time.
    seconds += [
        come_in_and_talk(invite(name, phone=True), link, ada) for name in ("Eve", "Joe")
    ]
    assert min(seconds) < 3
    expect(ada.page.get_by_text("Bob joined")).to_be_visible()
    expect(bob.page.get_by_text("Bob joined")).to_have_count(0)
    expect(ada.page.get_by_text("4 here")).to_be_visible()
    # The key is not left where somebody may look over a shoulder.
    assert "#" not in bob.page.url


def test_the_same_browser_is_the_same_person_later_and_in_every_tab(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    link = ada.start_room(server.url, "Tuesday table")
    tab = ada.open_tab()
    tab.goto(link)
    expect(tab.get_by_text("You are Ada here.")).to_be_visible()
    tab.get_by_role("button", name="Join").click()
    expect(tab.locator("#composer")).to_be_visible()
    expect(tab.get_by_text("1 here")).to_be_visible()
    door = ada.open_tab()
    door.goto(server.url)
    expect(door.get_by_role("link", name="Tuesday table")).to_be_visible()
    expect(door.get_by_label("Your name")).to_have_count(0)


def join_with_two_tabs_at_once(guest: Guest, link: str) -> None:
    """Press both buttons before either tab knows of the other."""
    tabs = [guest.page, guest.open_tab()]
    for tab in tabs:
        tab.goto(link)
        tab.get_by_label("Your name").fill(guest.name)
    for tab in tabs:
        tab.evaluate("setTimeout(() => document.querySelector('form button').click())")
    for tab in tabs:
        expect(tab.locator("#composer")).to_be_visible()


def test_two_fresh_tabs_at_once_do_not_become_two_people(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    join_with_two_tabs_at_once(bob, ada.start_room(server.url))
    expect(ada.page.get_by_text("2 here")).to_be_visible()
    expect(ada.page.get_by_text("Bob joined", exact=True)).to_be_visible()


def test_copying_puts_the_link_on_the_clipboard(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = ada.start_room(server.url)
    ada.page.get_by_role("button", name="Copy").click()
    expect(ada.page.get_by_text("Copied")).to_be_visible()
    assert ada.page.evaluate("navigator.clipboard.readText()") == link


def test_a_link_that_only_this_computer_can_open_says_so_and_how_to_change_that(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.start_room(server.url)
    hint = ada.page.get_by_text("Only this computer can open this link")
    expect(hint).to_contain_text("--host 0.0.0.0")


def test_a_wrong_link_says_so_and_leads_on(server: Server, invite: Invite) -> None:
    eve = invite("Eve")
    for path in ("/join", "/join#nonsense", "/join#AAAAAAAAAAAAAAAAAAAAAA"):
        eve.page.goto("about:blank")
        eve.page.goto(server.url + path)
        expect(eve.page.get_by_role("alert")).to_contain_text("leads nowhere")
    eve.page.get_by_role("link", name="Start a room").click()
    expect(eve.page.get_by_label("Your name")).to_be_visible()


def test_a_replaced_link_says_so_and_the_new_one_works(
    server: Server, invite: Invite
) -> None:
    ada, eve = invite("Ada"), invite("Eve")
    old = ada.start_room(server.url)
    ada.page.get_by_role("button", name="Invite").click()
    sheet = ada.page.get_by_role("dialog")
    sheet.get_by_role("button", name="Replace the link").click()
    sheet.get_by_role("button", name="Replace it").click()
    shown = sheet.get_by_label(re.compile("^The room.s link$"))
    expect(shown).not_to_have_value(old)
    eve.page.goto(old)
    expect(eve.page.get_by_role("alert")).to_contain_text("replaced")
    eve.join(shown.input_value())


def test_a_server_that_is_away_is_told_at_the_doors(
    frail_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    link = ada.start_room(frail_server.url)
    bob.page.goto(link)
    expect(bob.page.get_by_role("button", name="Join")).to_be_visible()
    frail_server.stop()
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page.get_by_role("alert")).to_contain_text("cannot be reached")
    frail_server.start()
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.box).to_be_visible()


def test_a_full_disk_is_told_in_the_servers_own_words(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    problem = '{"code":"unavailable","detail":"The disk is full.","retry_after":5}'
    ada.page.route(
        "**/api/rooms",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body=problem
        ),
    )
    ada.page.goto(server.url)
    ada.page.get_by_role("button", name="Start a room").click()
    expect(ada.page.get_by_role("alert")).to_have_text(
        "The disk is full. Try again in 5 s."
    )


def test_a_room_that_one_is_not_in_says_so_and_leads_on(
    server: Server, invite: Invite
) -> None:
    ada, eve = invite("Ada"), invite("Eve")
    ada.start_room(server.url, "Hers")
    eve.start_room(server.url, "Mine")
    eve.page.goto(ada.page.url)
    expect(eve.page.get_by_role("alert")).to_contain_text("you are not in it")
    eve.page.get_by_role("link", name="Mine").click()
    expect(eve.box).to_be_visible()


def test_a_stranger_at_a_rooms_own_address_is_told_to_ask_for_the_link(
    server: Server, invite: Invite
) -> None:
    ada, eve = invite("Ada"), invite("Eve")
    ada.start_room(server.url)
    eve.page.goto(ada.page.url)
    expect(eve.page.get_by_text("link again to come back in")).to_be_visible()
    eve.page.get_by_role("link", name="Start a room", exact=True).first.click()
    expect(eve.page.get_by_label("Your name")).to_be_visible()


def test_a_browser_that_keeps_nothing_is_told_so_and_can_talk(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.context.add_init_script(
        """
        const no = { get() { throw new DOMException("no", "SecurityError"); } };
        Object.defineProperty(window, "localStorage", no);
        Object.defineProperty(window, "indexedDB", no);
        """
    )
    ada.page.goto(server.url)
    expect(ada.page.get_by_text("This browser blocks what pages keep")).to_be_visible()
    ada.page.get_by_role("button", name="Start a room").click()
    ada.say("Still, I can talk")
    ada.sees("Still, I can talk")


def test_a_browser_that_refuses_cookies_is_told_why_it_is_not_known(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")

    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        headers = {k: v for k, v in answer.headers.items() if k != "set-cookie"}
        ada.context.clear_cookies()
        route.fulfill(response=answer, headers=headers)

    ada.page.route("**/api/rooms", without_cookie)
    ada.page.goto(server.url)
    ada.page.get_by_role("button", name="Start a room").click()
    expect(ada.page.get_by_text("refused the cookie")).to_be_visible()


def test_forget_me_leaves_nothing_on_this_computer(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.start_room(server.url)
    tab = ada.open_tab()
    tab.goto(ada.page.url)
    expect(tab.locator("#composer")).to_be_visible()
    ada.page.get_by_role("button", name="your name and settings").click()
    sheet = ada.page.get_by_role("dialog")
    sheet.get_by_role("button", name="Forget me on this computer").click()
    sheet.get_by_role("button", name="Forget me", exact=True).click()
    for page in (ada.page, tab):
        expect(page.get_by_role("heading", name="Open a room")).to_be_visible()
    assert ada.context.cookies() == []
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('chinwag'))"
    assert ada.page.evaluate(kept) == []
    ada.page.go_back()
    expect(ada.page.get_by_text("not known here any more")).to_be_visible()
