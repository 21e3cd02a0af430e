"""Plain http on a LAN: no second class, whatever the browser withholds."""

from playwright.sync_api import expect

from tests.browser.conftest import Invite, Server
from tests.browser.test_first_minute import join_with_two_tabs_at_once


def test_by_an_insecure_name_everything_of_the_first_minute_works(
    lan_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob", phone=True)
    link = ada.start_room(lan_server.url, "Tuesday table")
    assert link.startswith(f"{lan_server.url}/join#")
    withheld = "[isSecureContext, 'randomUUID' in crypto, 'locks' in navigator]"
    assert ada.page.evaluate(withheld) == [False, False, False]
    expect(ada.page.get_by_text("Only this computer")).to_have_count(0)
    ada.page.get_by_role("button", name="Copy").click()
    expect(ada.page.get_by_text("Copied")).to_be_visible()
    ada.box.focus()
    ada.page.keyboard.press("Control+V")
    expect(ada.box).to_have_value(link)

    bob.join(link)
    ada.say("Hello Bob")
    bob.say("Hello Ada")
    for guest in (ada, bob):
        guest.sees("Hello Bob", "Hello Ada")
    ada.tool("Hello Bob", "Edit").click()
    ada.page.get_by_label("Edit your message").fill("Hello dear Bob")
    ada.page.get_by_role("button", name="Save").click()
    ada.tool("Hello Ada", "React").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="heart").click()
    expect(bob.message("Hello dear Bob")).to_contain_text("(edited)")
    expect(bob.message("Hello Ada").locator(".reaction")).to_have_text("❤️ 1")
    bob.page.reload()
    bob.sees("Hello dear Bob", "Hello Ada")


def test_by_an_insecure_name_the_queue_outlives_the_tab(
    lan_server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    ada.start_room(lan_server.url)
    room = ada.page.url
    lan_server.kill()
    for text in ("one", "two", "three"):
        ada.say(text)
    expect(ada.page.locator(".message.pending")).to_have_count(3)
    ada.page.close()
    lan_server.start()
    ada.page = ada.open_tab()
    ada.page.goto(room)
    ada.sees("one", "two", "three")


def test_by_an_insecure_name_two_fresh_tabs_do_not_become_two_people(
    lan_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    join_with_two_tabs_at_once(bob, ada.start_room(lan_server.url))
    expect(ada.page.get_by_text("2 here")).to_be_visible()
