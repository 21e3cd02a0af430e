"""A browser, a server that can be killed, and people who talk through both."""

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser.people import Guest
from tests.running import clean_environment

PATIENCE = 20.0
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGE = Path(__file__).parents[2] / "src/chinwag/page/index.html"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


class Server:
    """A server of its own process that can go away and come back."""

    def __init__(self, data: Path, host: str = "localhost") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when it answers."""
        here = f"http://127.0.0.1:{self.port}/readyz"
        flags = ["--host", "127.0.0.1", "--port", str(self.port)]
        # Another name for this machine has to be known as the public one.
        if "localhost" not in self.url:
            flags += ["--public-url", self.url]
        with self._data.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chinwag", "--data", self._data, *flags],
                env=clean_environment(
                    {"CHINWAG_RATE_MESSAGES": "0", "CHINWAG_RATE_JOINS": "0"}
                ),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(here, timeout=1)
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self._data.with_suffix(".log").read_text("utf-8"))

    def kill(self) -> None:
        """Be gone at once, without a last word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Go in an orderly way, if not gone already."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None


@pytest.fixture(scope="package")
def browser() -> Generator[Browser]:
    """Return Debian's Chromium; `lan.test` is this machine, by an insecure name."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("No Chromium: as root on Debian, apt-get install chromium.")
    if not PAGE.is_file():
        pytest.fail("The page is not built: make setup.")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program,
            args=[*QUIET, "--host-resolver-rules=MAP lan.test 127.0.0.1"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """Return a server for all who leave it running, known as `localhost`."""
    server = Server(tmp_path_factory.mktemp("server") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def frail_server(tmp_path: Path) -> Generator[Server]:
    """Return a server of one's own, to be stopped, killed and started again."""
    server = Server(tmp_path / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lan_server(tmp_path: Path) -> Generator[Server]:
    """Return a running server, known by a name on plain http."""
    server = Server(tmp_path / "data", "lan.test")
    server.start()
    yield server
    server.stop()


Invite = Callable[..., Guest]


@pytest.fixture
def invite(browser: Browser) -> Iterator[Invite]:
    """Return what makes a guest: a browser of their own, of a size and a theme."""
    guests: list[Guest] = []

    def make(name: str, *, phone: bool = False, dark: bool = False) -> Guest:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(PATIENCE * 1000)
        guests.append(Guest(name, context))
        return guests[-1]

    yield make
    faults = [fault for guest in guests for fault in guest.faults]
    for guest in guests:
        guest.context.close()
    assert faults == []
