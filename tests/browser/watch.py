"""Notices whatever a page does that nobody may make it do."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page, Request
from typing_extensions import override

HOOKS = """
(() => {
    const seen = [];
    Object.defineProperty(window, "__seen", { value: seen });
    Object.defineProperty(window, "__pwned", { set: (how) => seen.push(`ran ${how}`) });
    for (const name of ["alert", "confirm", "prompt", "print", "open"])
        window[name] = (what) => seen.push(`${name} ${what}`);
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        seen.push(`CSP ${violatedDirective} ${blockedURI}`));
})()
"""
# What the page itself is made of; none of it loads, runs or sends anything.
PLAIN = set(
    (
        "A ARTICLE ASIDE BDI BODY BR BUTTON CIRCLE CODE DIALOG DIV FORM H1 H2 HEADER "
        "INPUT LABEL LI LINE MAIN MARK NAV NOSCRIPT P PATH POLYLINE RECT SECTION SMALL "
        "SPAN SVG TEXTAREA TIME UL"
    ).split()
)
STRANGE = """
(plain) => [...document.body.querySelectorAll("*")].flatMap((element) => [
    ...(plain.includes(element.tagName.toUpperCase()) ? [] : [element.tagName]),
    ...[...element.attributes].map(({ name, value }) => `${name}=${value}`)
        .filter((text) => /^on|^(src|srcset|data|action|background|ping)=/i.test(text)),
    ...(element.tagName !== "A" || /^(https?|mailto):/.test(element.href)
        ? [] : [element.href]),
])
"""


class Watch:
    """All that one page did beyond showing text."""

    def __init__(self, page: Page, home: str) -> None:
        self._page = page
        self._home = home
        self.requests = 0
        self.strange: list[str] = []
        page.context.add_init_script(HOOKS)
        page.on("request", self._ask)
        page.on("dialog", lambda dialog: self._note(f"dialog {dialog.message}"))
        page.on("popup", lambda popup: self._note(f"window {popup.url}"))
        page.on("worker", lambda worker: self._note(f"worker {worker.url}"))
        page.on("download", lambda file: self._note(f"download {file.url}"))
        page.on("frameattached", lambda frame: self._note(f"frame {frame.url}"))
        page.on("websocket", lambda line: self._go(line.url.replace("ws", "http", 1)))

    def _note(self, what: str) -> None:
        self.strange.append(what)

    def _ask(self, request: Request) -> None:
        self.requests += 1
        self._go(request.url)

    def _go(self, url: str) -> None:
        if not url.startswith(f"{self._home}/"):
            self._note(f"request {url}")

    def look(self) -> list[str]:
        """Return all that is wrong up to now."""
        seen: list[str] = self._page.evaluate("__seen")
        parts: list[str] = self._page.evaluate(STRANGE, sorted(PLAIN))
        return [*self.strange, *seen, *parts]


class Canary:
    """A listener that nobody may ever call."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.calls: list[str] = []


@contextmanager
def canary() -> Generator[Canary]:
    """Listen on another port, and note who calls."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Notes every request and answers with an empty page."""

        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 - as above

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        listener = Canary(f"http://localhost:{server.server_port}")
        listener.calls = calls
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
