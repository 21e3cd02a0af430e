"""Writing: it feels instant, ends true, and nothing written is lost."""

import json

import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest


@pytest.fixture
def pair(server: Server, invite: Invite) -> tuple[Guest, Guest]:
    """Return Ada, who founded a room, and Bob, who joined it."""
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(server.url, "Tuesday table"))
    return ada, bob


def test_what_is_written_offline_waits_and_goes_out_in_order(
    frail_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(frail_server.url))
    room = ada.page.url
    frail_server.kill()
    written = [f"message {n}" for n in range(12)]
    for text in written:
        ada.say(text)
    expect(ada.page.locator(".message.pending")).to_have_count(12)
    ada.page.close()
    frail_server.start()
    ada.page = ada.open_tab()
    ada.page.goto(room)
    ada.sees(*written)
    bob.sees(*written)


def test_two_tabs_send_what_waits_only_once(
    frail_server: Server, invite: Invite
) -> None:
    ada, bob = invite("Ada"), invite("Bob")
    bob.join(ada.start_room(frail_server.url))
    tab = ada.open_tab()
    tab.goto(ada.page.url)
    expect(tab.locator("#composer")).to_be_visible()
    frail_server.kill()
    for n in range(5):
        ada.say(f"message {n}")
    # The other tab shows what this one has in hand.
    expect(tab.locator(".message.pending")).to_have_count(5)
    frail_server.start()
    bob.sees(*(f"message {n}" for n in range(5)))
    expect(tab.locator(".message.pending")).to_have_count(0)
    expect(tab.locator(".message .words")).to_have_count(5)


def refuse_what_is_rude(line: WebSocketRoute, rude: set[str]) -> None:
    """Stand between page and server, and refuse what is rude."""
    server = line.connect_to_server()

    def to_server(message: str | bytes) -> None:
        command = json.loads(message)
        if command["type"] == "post_message" and command["text"] in rude:
            refusal = {
                "type": "failure",
                "id": command["id"],
                "code": "forbidden",
                "message": "Mind your words.",
                "retry_after": None,
            }
            line.send(json.dumps(refusal))
        else:
            server.send(message)

    line.on_message(to_server)


def test_a_refused_message_says_why_and_the_next_goes_out(
    server: Server, invite: Invite
) -> None:
    ada = invite("Ada")
    rude = {"Pudding!"}
    ada.page.route_web_socket("**/ws", lambda line: refuse_what_is_rude(line, rude))
    ada.start_room(server.url)
    ada.say("Soup?")
    ada.say("Pudding!")
    ada.say("Bread?")
    failed = ada.page.locator(".message.failed")
    expect(failed).to_contain_text("Not sent: Mind your words.")
    expect(ada.page.locator(".message:not(.failed) .words")).to_have_text(
        ["Soup?", "Bread?"]
    )
    ada.page.reload()
    expect(failed).to_contain_text("Pudding!")
    rude.clear()
    failed.get_by_role("button", name="Try again").click()
    ada.sees("Soup?", "Bread?", "Pudding!")


def test_a_refused_message_can_be_discarded(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    rude = {"Pudding!"}
    ada.page.route_web_socket("**/ws", lambda line: refuse_what_is_rude(line, rude))
    ada.start_room(server.url)
    ada.say("Pudding!")
    failed = ada.page.locator(".message.failed")
    failed.get_by_role("button", name="Discard").click()
    expect(failed).to_have_count(0)
    ada.page.reload()
    ada.say("Soup?")
    ada.sees("Soup?")


def test_a_message_that_is_too_long_stays_in_the_box(pair: tuple[Guest, Guest]) -> None:
    ada, _ = pair
    long = "x" * 10_003
    ada.say(long)
    expect(ada.page.get_by_role("alert")).to_contain_text("3 characters too long")
    expect(ada.box).to_have_value(long)


def test_enter_sends_and_shift_enter_breaks_unless_one_likes_it_the_other_way(
    pair: tuple[Guest, Guest],
) -> None:
    ada, bob = pair
    ada.box.press_sequentially("one")
    ada.box.press("Shift+Enter")
    ada.box.press_sequentially("two")
    ada.box.press("Enter")
    bob.sees("one\ntwo")
    ada.page.get_by_role("button", name="your name and settings").click()
    ada.page.get_by_label("Enter sends").uncheck()
    ada.page.keyboard.press("Escape")
    ada.box.press_sequentially("three")
    ada.box.press("Enter")
    ada.box.press_sequentially("four")
    ada.box.press("Shift+Enter")
    bob.sees("one\ntwo", "three\nfour")


def test_on_touch_enter_breaks_the_line(server: Server, invite: Invite) -> None:
    ada = invite("Ada", phone=True)
    ada.start_room(server.url)
    ada.box.press_sequentially("one")
    ada.box.press("Enter")
    ada.box.press_sequentially("two")
    ada.page.get_by_role("button", name="Send").click()
    ada.sees("one\ntwo")


def test_up_in_an_empty_box_edits_the_last_own_message(
    pair: tuple[Guest, Guest],
) -> None:
    ada, bob = pair
    ada.say("I bring two chairs")
    ada.say("Adn bread")
    bob.say("Thanks")
    ada.sees("I bring two chairs", "Adn bread", "Thanks")
    ada.box.press("ArrowUp")
    edit = ada.page.get_by_label("Edit your message")
    expect(edit).to_have_value("Adn bread")
    edit.fill("And bread")
    edit.press("Enter")
    bob.sees("I bring two chairs", "And bread", "Thanks")
    expect(bob.message("And bread")).to_contain_text("(edited)")
    expect(ada.box).to_be_focused()
    ada.box.press("ArrowUp")
    edit.fill("something else")
    edit.press("Escape")
    expect(ada.message("And bread")).to_be_visible()
    expect(ada.box).to_be_focused()


def test_a_deleted_message_is_gone_for_everybody(pair: tuple[Guest, Guest]) -> None:
    ada, bob = pair
    ada.say("A secret")
    ada.say("Not a secret")
    ada.sees("A secret", "Not a secret")
    ada.tool("A secret", "Delete").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    bob.sees("Not a secret")
    expect(bob.page.get_by_text("This message was deleted.")).to_be_visible()
    bob.page.reload()
    bob.sees("Not a secret")
    expect(bob.page.get_by_text("A secret", exact=True)).to_have_count(0)


def test_a_reaction_shows_who_gave_it_and_can_be_taken_back(
    pair: tuple[Guest, Guest],
) -> None:
    ada, bob = pair
    ada.say("Soup is ready")
    bob.tool("Soup is ready", "React").click()
    bob.page.get_by_role("dialog").get_by_role("button", name="soup").click()
    reaction = ada.message("Soup is ready").locator(".reaction")
    expect(reaction).to_have_attribute("title", "Bob")
    reaction.click()
    expect(reaction).to_have_text("🍲 2")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    ada.tool("Soup is ready", "Who reacted").click()
    names = ada.page.get_by_role("dialog").get_by_role("listitem")
    expect(names).to_have_text(["Bob", "Ada (you)"])
    ada.page.keyboard.press("Escape")
    reaction.click()
    expect(bob.message("Soup is ready").locator(".reaction")).to_have_text("🍲 1")


def test_an_answer_quotes_what_it_answers_and_leads_there(
    pair: tuple[Guest, Guest],
) -> None:
    ada, bob = pair
    ada.say("Who brings bread?")
    expect(bob.message("Who brings bread?")).to_be_visible()
    bob.tool("Who brings bread?", "Reply").click()
    expect(bob.box).to_be_focused()
    expect(bob.page.get_by_text("Answering Ada: Who brings bread?")).to_be_visible()
    bob.say("I do")
    quote = ada.message("I do").locator(".quote")
    expect(quote).to_have_text("Ada Who brings bread?")
    quote.click()
    expect(ada.page.locator(".message.found")).to_contain_text("Who brings bread?")


def test_drafts_of_each_room_survive_reload(server: Server, invite: Invite) -> None:
    ada = invite("Ada")
    ada.start_room(server.url, "One")
    one = ada.page.url
    ada.box.fill("a thought for one")
    ada.start_room(server.url, "Other")
    expect(ada.box).to_have_value("")
    ada.box.fill("a thought for the other")
    ada.page.reload()
    expect(ada.box).to_have_value("a thought for the other")
    ada.page.goto(one)
    expect(ada.box).to_have_value("a thought for one")


def test_text_is_shown_as_text_and_links_are_safe(pair: tuple[Guest, Guest]) -> None:
    ada, bob = pair
    evil = "<img src=x onerror=alert(1)> javascript:alert(1) &amp; <b>bold</b>"
    ada.say(evil)
    ada.say("see https://example.org/a_(b), mailto:ada@example.org")
    bob.sees(evil, "see https://example.org/a_(b), mailto:ada@example.org")
    links = bob.page.locator(".message .words a")
    addresses = ["https://example.org/a_(b)", "mailto:ada@example.org"]
    for link, address in zip(links.all(), addresses, strict=True):
        expect(link).to_have_attribute("href", address)
        expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert bob.page.locator(".log img").count() == 0


def test_ones_own_name_is_marked_and_emoji_alone_are_big(
    pair: tuple[Guest, Guest],
) -> None:
    ada, bob = pair
    bob.say("@ada, soup?")
    bob.say("🎉🎉")
    marked = ada.page.locator(".message.to-me")
    expect(marked).to_contain_text("@ada, soup?")
    expect(bob.page.locator(".message.to-me")).to_have_count(0)
    expect(ada.page.locator(".words.big")).to_have_text("🎉🎉")


def test_a_bracket_over_a_selection_stands_around_it(pair: tuple[Guest, Guest]) -> None:
    ada, _ = pair
    ada.box.fill("soup")
    ada.box.select_text()
    ada.box.press("`")
    expect(ada.box).to_have_value("`soup`")


def test_emoji_go_where_one_writes(pair: tuple[Guest, Guest]) -> None:
    ada, _ = pair
    ada.box.fill("Soup ")
    ada.page.get_by_role("button", name="Emoji").click()
    palette: Locator = ada.page.get_by_role("dialog")
    palette.get_by_role("button", name="thumbs up").press("ArrowRight")
    ada.page.keyboard.press("Enter")
    expect(ada.box).to_have_value("Soup ❤️")
    expect(ada.box).to_be_focused()
