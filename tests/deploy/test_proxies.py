"""The proxies' snippets in `deploy/`, in front of a real server, with TLS."""

import base64
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from websockets.sync.client import connect

from tests.deploy.conftest import HOST, Certificate
from tests.meta.conftest import ROOT
from tests.running import running
from tests.talking import Refused, Talker

PATIENCE = 15.0


@dataclass(frozen=True)
class Front:
    """A proxy with TLS on this machine, and how to speak to it as `HOST`."""

    port: int
    certificate: Certificate

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.port}"

    def ask(
        self, method: str, path: str, *, json: object = None, **headers: str
    ) -> httpx2.Response:
        """Ask by HTTP, as a program or, with `Origin`, as a page does."""
        with httpx2.Client(verify=self.certificate.trust) as client:
            return client.request(
                method,
                f"https://127.0.0.1:{self.port}{path}",
                json=json,
                headers={"Host": f"{HOST}:{self.port}"}
                | {name.replace("_", "-"): value for name, value in headers.items()},
                extensions={"sni_hostname": HOST},
            )

    @contextmanager
    def talk(self, **headers: str) -> Generator[Talker]:
        """Open a WebSocket."""
        with connect(
            f"wss://{HOST}:{self.port}/ws",
            sock=socket.create_connection(("127.0.0.1", self.port)),
            ssl=self.certificate.trust,
            server_hostname=HOST,
            additional_headers=headers,
            proxy=None,
        ) as line:
            yield Talker(line)


@pytest.fixture(params=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    certificate: Certificate,
    free_port: int,
) -> Generator[Front]:
    """Return a proxy that runs the snippet, with a server behind it."""
    name: str = request.param
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed: its snippet is not tested")
    settings = {
        "CHINWAG_HOST": "127.0.0.1",
        "CHINWAG_PROXIES": "127.0.0.1",
        "CHINWAG_PUBLIC_URL": f"https://{HOST}:{free_port}",
        "CHINWAG_RATE_JOINS": "1/3",
    }
    start = {"nginx": nginx, "caddy": caddy}[name]
    with running(tmp_path / "data", environment=settings) as server:
        made = Front(free_port, certificate)
        with start(program, tmp_path, made, server.port):
            yield made


@contextmanager
def nginx(program: str, folder: Path, front: Front, behind: int) -> Generator[None]:
    """Run nginx with `deploy/nginx.conf`, only its names and ports changed."""
    snippet = changed(
        ROOT / "deploy/nginx.conf",
        {
            "listen 443 ssl": f"listen 127.0.0.1:{front.port} ssl",
            "127.0.0.1:2428": f"127.0.0.1:{behind}",
            "/etc/ssl/chat.example/fullchain.pem": str(front.certificate.chain),
            "/etc/ssl/chat.example/privkey.pem": str(front.certificate.key),
        },
    )
    (folder / "chinwag.conf").write_text(snippet)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
        "worker_processes 1;\nevents {}\n"
        f"http {{\naccess_log off;\n{places}include {folder}/chinwag.conf;\n}}\n"
    )
    command = [
        program,
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        str(folder / "error.log"),
    ]
    with proxy(command, folder, front):
        yield


@contextmanager
def caddy(program: str, folder: Path, front: Front, behind: int) -> Generator[None]:
    """Run Caddy with `deploy/Caddyfile`, only its names and ports changed."""
    certificate = front.certificate
    snippet = changed(
        ROOT / "deploy/Caddyfile",
        {
            "chat.example {": f"{HOST}:{front.port} {{\n"
            f"\tbind 127.0.0.1\n\ttls {certificate.chain} {certificate.key}",
            "127.0.0.1:2428": f"127.0.0.1:{behind}",
        },
    )
    options = (
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    )
    (folder / "Caddyfile").write_text(f"{options}{snippet}")
    command = [program, "run", "--config", str(folder / "Caddyfile")]
    with proxy(command, folder, front):
        yield


def changed(snippet: Path, replacements: dict[str, str]) -> str:
    """Return a snippet with other names; each of the old ones must be there."""
    text = snippet.read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text, f"{snippet.name} no longer says {old}"
        text = text.replace(old, new)
    return text


@contextmanager
def proxy(command: list[str], folder: Path, front: Front) -> Generator[None]:
    """Run a proxy until it listens, and end it at the end."""
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not listens(front.port):
            assert process.poll() is None, (folder / "proxy.log").read_text()
            assert time.monotonic() < deadline, (folder / "proxy.log").read_text()
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> bool:
    """Tell whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_comes_through_the_proxy(front: Front) -> None:
    page = front.ask("GET", "/")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Content-Security-Policy" in page.headers


def test_a_page_becomes_a_guest_with_a_secure_cookie(front: Front) -> None:
    made = front.ask(
        "POST", "/api/rooms", json={"name": "Tea"}, Origin=front.origin, X_Chinwag="1"
    )
    assert made.status_code in {200, 201}, made.text
    cookie = made.headers["Set-Cookie"]
    assert cookie.startswith("__Host-chinwag=")
    assert "Secure" in cookie
    assert "token" not in made.json()
    assert made.json()["link"].startswith(f"{front.origin}/join#")


def test_two_people_talk_through_the_proxy(front: Front) -> None:
    with front.talk() as ada, front.talk() as eve:
        ada.greet(name="Ada")
        eve.greet(name="Eve")
        started = ada.ask("start_room", name="Tea")
        assert started["link"].startswith(f"{front.origin}/join#")
        room = eve.ask("join_room", key=started["link"])["room"]["id"]
        eve.ask("post_message", room=room, cmid="1", text="Hullo")
        assert ada.hear_texts(1) == ["Hullo"]


def test_a_page_may_open_a_socket_and_is_nobody_without_its_cookie(
    front: Front,
) -> None:
    with front.talk(Origin=front.origin) as page, pytest.raises(Refused) as refusal:
        page.greet()
    assert refusal.value.args[0] == "unauthorized"


def test_a_foreign_page_may_not(front: Front) -> None:
    # The library's blocking client now and then waited for good behind Caddy.
    key = base64.b64encode(bytes(16)).decode()
    wish = {"Connection": "Upgrade", "Upgrade": "websocket"}
    wish |= {"Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": key}
    assert front.ask("GET", "/ws", Origin=front.origin, **wish).status_code == 101
    foreign = front.ask("GET", "/ws", Origin="https://elsewhere.example", **wish)
    assert foreign.status_code == 403


def test_an_address_that_a_client_claims_is_worth_nothing(front: Front) -> None:
    statuses = [
        front.ask(
            "POST", "/api/rooms", json={}, X_Forwarded_For=f"203.0.113.{last}"
        ).status_code
        for last in range(6)
    ]
    assert 429 in statuses
