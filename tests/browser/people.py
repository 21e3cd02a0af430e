"""A person in front of a browser: what they do, and what they see."""

import re

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    expect,
)

# What the browser itself says of a server that is away, of an answer of 4xx, and of
# a header that only counts where the address is secure.
_NO_FAULT = re.compile(
    r"ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket connection|status of (4|503)"
    r"|Cross-Origin-Opener-Policy header has been ignored"
)
_LINK = re.compile("^The room.s link$")


class Guest:
    """One person, one browser, at first one tab."""

    def __init__(self, name: str, context: BrowserContext) -> None:
        self.name = name
        self.context = context
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page = self.open_tab()

    def open_tab(self) -> Page:
        """Return another tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", self._stumble)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda line: self.requests.append(line.url))
        return page

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not _NO_FAULT.search(said.text):
            self.faults.append(f"{self.name}: {said.text}")

    def _stumble(self, error: Error) -> None:
        self.faults.append(f"{self.name}: {error}")

    # At the doors

    def start_room(self, url: str, room: str | None = None) -> str:
        """Open the door, start a room and return its link."""
        self.page.goto(url)
        if self.page.get_by_label("Your name").count():
            self.page.get_by_label("Your name").fill(self.name)
        if room is not None:
            self.page.get_by_label("Room", exact=True).fill(room)
        self.page.keyboard.press("Enter")
        return self.read_link()

    def read_link(self) -> str:
        """Return the link that is shown."""
        return self.page.get_by_label(_LINK).input_value()

    def join(self, link: str) -> None:
        """Open the link and go in, under one's own name where that is asked."""
        self.page.goto(link)
        button = self.page.get_by_role("button", name="Join")
        expect(button).to_be_visible()
        if self.page.get_by_label("Your name").count():
            self.page.get_by_label("Your name").fill(self.name)
        button.click()
        expect(self.box).to_be_visible()

    # In the room

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.locator("#composer")

    @property
    def messages(self) -> Locator:
        """All messages in the page."""
        return self.page.locator(".message")

    def message(self, text: str) -> Locator:
        """Return the message that says `text`."""
        exactly = re.compile(f"^{re.escape(text)}$")
        return self.messages.filter(has=self.page.locator(".words", has_text=exactly))

    def message_numbered(self, n: int) -> Locator:
        """Return the `n`-th of many messages."""
        return self.messages.filter(has_text=f"message {n:04}")

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.said.append(text)
        self.box.fill(text)
        if self.page.viewport_size and self.page.viewport_size["width"] < 700:
            self.page.get_by_role("button", name="Send").click()
        else:
            self.box.press("Enter")

    def sees(self, *texts: str) -> None:
        """Wait until exactly these are the messages, in this order, all true."""
        expect(self.page.locator(".message .words")).to_have_text(list(texts))
        expect(self.page.locator(".message.pending")).to_have_count(0)

    def tool(self, text: str, name: str) -> Locator:
        """Return a tool of the message that says `text`, having pointed at it."""
        message = self.message(text)
        message.hover()
        return message.get_by_role("button", name=name, exact=True)

    def scroll(self, down: int) -> None:
        """Turn the wheel over the messages."""
        self.page.locator(".log").hover()
        self.page.mouse.wheel(0, down)
