"""Rooms: what is unread, going from one to another, and what they are called."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Invite, Server


def test_unread_messages_are_counted_in_the_list_and_in_the_tabs_title(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    link = ada.start_room(server.url, "Garden")
    bob.join(link)
    ada.start_room(server.url, "Kitchen")
    for text in ("one", "two", "three"):
        bob.say(text)
    garden = ada.page.get_by_role("link", name="Garden")
    expect(garden).to_have_text("Garden3 unread")
    expect(ada.page).to_have_title("(3) Kitchen · Chinwag")
    garden.click()
    expect(ada.page.get_by_text("New", exact=True)).to_be_visible()
    expect(ada.page).to_have_title("Garden · Chinwag")
    expect(garden).to_have_text("Garden")
    ada.sees("one", "two", "three")
    ada.page.reload()
    expect(ada.page).to_have_title("Garden · Chinwag")


def test_reading_in_one_tab_is_reading_in_the_other(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    link = ada.start_room(server.url, "Garden")
    bob.join(link)
    garden = ada.page.url
    ada.start_room(server.url, "Kitchen")
    bob.say("one")
    expect(ada.page).to_have_title("(1) Kitchen · Chinwag")
    tab = ada.open_tab()
    tab.goto(garden)
    expect(tab.locator(".message .words")).to_have_text(["one"])
    expect(ada.page).to_have_title("Kitchen · Chinwag")


def test_keys_lead_from_room_to_room(server: Server, invite: Invite) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    for name in ("Attic", "Bath", "Cellar"):
        link = ada.start_room(server.url, name)
        if name == "Bath":
            bob.join(link)
    heading = ada.page.get_by_role("heading", level=1)
    names = [name.strip() for name in ada.page.locator(".rooms bdi").all_inner_texts()]
    assert sorted(names) == ["Attic", "Bath", "Cellar"]
    here = names.index("Cellar")
    ada.page.keyboard.press("Alt+ArrowUp")
    expect(heading).to_have_text(names[here - 1])
    ada.page.keyboard.press("Alt+ArrowDown")
    expect(heading).to_have_text("Cellar")
    bob.say("Hot water!")
    expect(ada.page).to_have_title("(1) Cellar · Chinwag")
    ada.page.keyboard.press("Alt+Shift+ArrowDown")
    expect(heading).to_have_text("Bath")
    ada.page.keyboard.press("Control+k")
    ada.page.get_by_role("combobox").fill("att")
    ada.page.keyboard.press("Enter")
    expect(heading).to_have_text("Attic")
    expect(ada.box).to_be_focused()
    ada.page.go_back()
    expect(heading).to_have_text("Bath")


def test_letters_are_keys_outside_the_box(server: Server, invite: Invite) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url))
    ada.say("Soup?")
    ada.sees("Soup?")
    bob.say("Yes")
    ada.sees("Soup?", "Yes")
    ada.box.press("Escape")
    expect(ada.message("Yes")).to_be_focused()
    ada.page.keyboard.press("r")
    expect(ada.page.get_by_text("Answering Bob: Yes")).to_be_visible()
    ada.box.press("Escape")
    expect(ada.page.get_by_text("Answering")).to_have_count(0)
    ada.box.press("Escape")
    ada.page.keyboard.press("ArrowUp")
    expect(ada.message("Soup?")).to_be_focused()
    ada.page.keyboard.press("e")
    expect(ada.page.get_by_label("Edit your message")).to_be_focused()
    ada.page.keyboard.press("Escape")
    ada.box.press("Escape")
    ada.page.keyboard.press("+")
    ada.page.get_by_role("button", name="thumbs up").press("Enter")
    expect(ada.message("Yes").locator(".reaction")).to_have_text("👍 1")
    ada.box.press("Escape")
    ada.page.keyboard.press("?")
    expect(ada.page.get_by_role("dialog", name="Keys")).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    assert ada.page.evaluate("document.activeElement !== document.body")


def test_a_room_gets_another_name_and_a_topic_for_everybody(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url, "Tuesday table"))
    ada.page.get_by_role("button", name="Room settings").click()
    sheet = ada.page.get_by_role("dialog")
    sheet.get_by_label("Name").fill("Wednesday table")
    sheet.get_by_role("button", name="Save").first.click()
    sheet.get_by_label("Topic").fill("Who brings what")
    sheet.get_by_role("button", name="Save", exact=True).last.click()
    expect(bob.page.get_by_role("heading", level=1)).to_have_text("Wednesday table")
    expect(bob.page.locator(".topic")).to_have_text("Who brings what")
    expect(bob.page.get_by_role("link", name="Wednesday table")).to_be_visible()
    told = bob.page.get_by_text("Ada called the room Wednesday table")
    expect(told).to_be_visible()
    bob.page.get_by_role("button", name="Room settings").click()
    expect(bob.page.get_by_role("dialog").get_by_label("Name")).to_have_count(0)


def test_a_new_name_of_ones_own_is_everybodys_at_once(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url))
    ada.say("Hello")
    expect(bob.message("Hello")).to_contain_text("Ada")
    ada.page.get_by_role("button", name="your name and settings").click()
    ada.page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
    ada.page.get_by_role("button", name="Save").click()
    expect(bob.message("Hello")).to_contain_text("Ada Lovelace")
    expect(ada.page.locator(".self")).to_have_text("Ada Lovelace")
    ada.page.reload()
    expect(ada.page.locator(".self")).to_have_text("Ada Lovelace")


def test_leaving_is_told_and_the_room_is_gone_from_the_list(
    server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url, "Tuesday table"))
    room = bob.page.url
    bob.page.get_by_role("button", name="Room settings").click()
    bob.page.get_by_role("button", name="Leave this room").click()
    bob.page.get_by_role("button", name="Leave", exact=True).click()
    expect(bob.page).to_have_url(f"{server.url}/")
    expect(bob.page.get_by_role("link", name="Tuesday table")).to_have_count(0)
    expect(ada.page.get_by_text("1 here")).to_be_visible()
    bob.page.goto(room)
    expect(bob.page.get_by_role("alert")).to_contain_text("you are not in it")


def test_on_a_phone_the_rooms_are_in_a_drawer(server: Server, invite: Invite) -> None:
    ada = invite("Ada", phone=True)
    ada.start_room(server.url, "Attic")
    ada.start_room(server.url, "Bath")
    attic = ada.page.get_by_role("link", name="Attic")
    expect(attic).to_be_hidden()
    ada.page.get_by_role("button", name=re.compile("Rooms")).click()
    attic.click()
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("Attic")
    expect(attic).to_be_hidden()
