"""For everybody: axe-core finds nothing, in light and in dark, wide and narrow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


def faults_in(page: Page) -> list[str]:
    """Return what axe-core finds on the page."""
    # Faces and sheets fade in; half-way through, nothing has its contrast.
    page.wait_for_timeout(250)
    # Evaluated, not added as a script: the page's CSP lets no stranger in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {node['html']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def show_nothing(_: Guest) -> None:
    """Leave the room as it is."""


def open_sheet(name: str) -> Callable[[Guest], None]:
    """Return what opens a sheet by its button."""

    def show(guest: Guest) -> None:
        guest.page.get_by_role("button", name=name).click()
        expect(guest.page.get_by_role("dialog")).to_be_visible()

    return show


def point_at_a_message(guest: Guest) -> None:
    """Let a message show its tools."""
    guest.message("Bread is mine").click()
    expect(guest.page.get_by_role("toolbar")).to_be_visible()


def edit(guest: Guest) -> None:
    """Be in the midst of an edit."""
    guest.box.press("ArrowUp")
    expect(guest.page.get_by_label("Edit your message")).to_be_visible()


def press(keys: str) -> Callable[[Guest], None]:
    """Return what presses keys outside the box."""

    def show(guest: Guest) -> None:
        guest.box.press("Escape")
        guest.page.keyboard.press(keys)
        expect(guest.page.get_by_role("dialog")).to_be_visible()

    return show


SCENES: dict[str, Callable[[Guest], None]] = {
    "room": show_nothing,
    "tools": point_at_a_message,
    "edit": edit,
    "invite": open_sheet("Invite"),
    "settings": open_sheet("Room settings"),
    "people": open_sheet("here: show who"),
    "emoji": open_sheet("Emoji"),
    "keys": press("?"),
    "switcher": press("Control+k"),
    "reactions": press("+"),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_axe_finds_nothing_at_the_doors(
    server: Server, invite: Invite, *, phone: bool, dark: bool
) -> None:
    ada = invite("Ada", phone=phone, dark=dark)
    ada.page.goto(server.url)
    assert faults_in(ada.page) == []
    link = ada.start_room(server.url)
    assert faults_in(ada.page) == []
    bob = invite("Bob", phone=phone, dark=dark)
    bob.page.goto(link)
    expect(bob.page.get_by_role("button", name="Join")).to_be_visible()
    assert faults_in(bob.page) == []
    bob.page.goto("about:blank")
    bob.page.goto(f"{server.url}/join#wrong")
    expect(bob.page.get_by_role("alert")).to_be_visible()
    assert faults_in(bob.page) == []
    ada.page.goto(server.url)
    expect(ada.page.get_by_role("heading", name="Your rooms")).to_be_visible()
    assert faults_in(ada.page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_axe_finds_nothing_in_a_room_and_its_sheets(
    server: Server, invite: Invite, *, phone: bool, dark: bool
) -> None:
    ada = invite("Ada", phone=phone, dark=dark)
    bob = invite("Ada")
    bob.join(ada.start_room(server.url, "Tuesday table"))
    bob.say("@Ada, Bread is mine: https://example.org/bread")
    bob.say("🍞")
    ada.say("Bread is mine")
    bob.tool("Bread is mine", "Reply").click()
    bob.say("Mine!")
    bob.tool("Bread is mine", "React").click()
    bob.page.get_by_role("dialog").get_by_role("button", name="heart").click()
    expect(ada.page.locator(".reaction")).to_be_visible()
    found: dict[str, list[str]] = {}
    for name, show in SCENES.items():
        show(ada)
        found[name] = faults_in(ada.page)
        ada.page.keyboard.press("Escape")
        # It gives the focus back when it is gone, and keys go where that is.
        expect(ada.page.get_by_role("dialog")).to_have_count(0)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_at_twice_the_size_nothing_is_cut_off(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    # A window of 1280 at 200 % is one of 640.
    ada.page.set_viewport_size({"width": 640, "height": 400})
    ada.start_room(server.url, "Tuesday table")
    ada.say("Hello")
    ada.sees("Hello")
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert ada.page.evaluate(wide) <= 0
    expect(ada.box).to_be_in_viewport()
    expect(ada.page.get_by_role("button", name="Invite")).to_be_in_viewport()


def test_who_wants_no_motion_gets_none(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    ada.page.emulate_media(reduced_motion="reduce")
    ada.start_room(server.url)
    moving = (
        "document.getAnimations().filter((one) =>"
        " one.effect.getTiming().duration > 10).length"
    )
    ada.page.get_by_role("button", name="Invite").click()
    assert ada.page.evaluate(moving) == 0
