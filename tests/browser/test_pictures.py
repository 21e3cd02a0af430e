"""The README's pictures: a room as it is. `PICTURES=1` writes docs/pictures anew."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest

PICTURES = Path(__file__).parents[2] / "docs/pictures"


def meet(server: Server, invite: Invite) -> dict[str, Guest]:
    """Bring five people together, one of them on a phone in the dark."""
    guests = {name: invite(name) for name in ("Ada", "Bob", "Linus", "Mary")}
    guests["Grace"] = invite("Grace", phone=True, dark=True)
    ada, bob, grace = guests["Ada"], guests["Bob"], guests["Grace"]
    for room in ("Biology 101", "Garden plan", "Release night"):
        link = ada.start_room(server.url, room)
        if room != "Release night":
            # Elsewhere by then, so that it stays unread.
            ada.page.goto(server.url)
            bob.join(link)
            bob.say("Who is in?")
    link = ada.start_room(server.url, "Tuesday table")
    for guest in (bob, grace, guests["Linus"], guests["Mary"]):
        guest.join(link)
    return guests


def set_topic(guest: Guest, topic: str) -> None:
    """Say what the room is about."""
    guest.page.get_by_role("button", name="Room settings").click()
    sheet = guest.page.get_by_role("dialog")
    sheet.get_by_label("Topic").fill(topic)
    sheet.get_by_role("button", name="Save", exact=True).last.click()
    expect(guest.page.locator(".topic")).to_have_text(topic)
    guest.page.keyboard.press("Escape")


def react(guest: Guest, text: str, emoji: str) -> None:
    """Put an emoji under a message."""
    guest.tool(text, "React").click()
    palette = guest.page.get_by_role("dialog")
    palette.get_by_role("button", name=emoji, exact=True).click()
    expect(guest.message(text).locator(".reaction").first).to_be_visible()


def hear(guest: Guest, text: str) -> None:
    """Wait until a message is there."""
    expect(guest.message(text)).to_be_visible()


def test_a_room_looks_as_the_readme_shows_it(
    server: Server, invite: Invite, tmp_path: Path
) -> None:
    guests = meet(server, invite)
    ada, bob, linus = guests["Ada"], guests["Bob"], guests["Linus"]
    set_topic(ada, "Who brings what, and what we read next")
    talk = [
        ("Bob", "I have the long table from six. Bread is mine, who does soup?"),
        ("Bob", "And the book: shall we stay with the short ones?"),
        ("Grace", "Soup is mine. For how many?"),
        (
            "Linus",
            "Seven, if Mary comes. There is a recipe at https://example.org/soup",
        ),
        ("Mary", "Mary comes."),
        ("Mary", "🎉"),
        ("Linus", "@Ada can you bring the short stories? I would read The Hen."),
    ]
    for name, text in talk:
        guests[name].say(text)
        hear(ada, text)
    hear(linus, talk[2][1])
    for guest in (ada, bob, linus):
        hear(guest, talk[2][1])
        react(guest, talk[2][1], "soup")
    linus.tool(talk[0][1], "Reply").click()
    linus.say("Then I bring cheese to your bread.")
    hear(ada, "Then I bring cheese to your bread.")
    ada.say("Yes, both volumes. See you at six.")
    hear(guests["Grace"], "Yes, both volumes. See you at six.")
    guests["Mary"].box.press_sequentially("And I will")
    expect(ada.page.get_by_text("Mary is typing…")).to_be_visible()
    expect(ada.page.get_by_text("5 here")).to_be_visible()
    expect(ada.page).to_have_title("(2) Tuesday table · Chinwag")

    wanted = PICTURES if os.environ.get("PICTURES") else tmp_path
    wanted.mkdir(exist_ok=True)
    for name, file in (("Ada", "room-desk.png"), ("Grace", "room-phone.png")):
        page = guests[name].page
        page.bring_to_front()
        page.mouse.move(640, 20)
        page.screenshot(path=wanted / file)
        assert (wanted / file).stat().st_size > 10_000
