"""Whoever is gone leaves nothing behind that Python would have to look for."""

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.live import circles
from tests.live.conftest import Start
from tests.live.guests import Guest, Refused
from tests.live.servers import Server

TIMES = 20
Visit = Callable[[Server], Awaitable[None]]


async def get_the_page(server: Server) -> None:
    await _get(server, "/", "")


async def get_what_is_not_there(server: Server) -> None:
    await _get(server, "/api/nothing", "")


async def get_two_and_leave(server: Server) -> None:
    """Ask twice in one breath, and do not wait for an answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    ask = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    writer.write(ask + ask)
    await writer.drain()
    writer.transport.abort()


async def speak_no_http(server: Server) -> None:
    await _get(server, "\0", "")


async def be_refused_a_socket(server: Server) -> None:
    upgrade = (
        "Connection: upgrade\r\nUpgrade: websocket\r\nOrigin: http://else.test\r\n"
    )
    await _get(server, "/ws", upgrade)


async def talk(server: Server) -> None:
    """Found a room, talk there, and leave as one should."""
    guest = await Guest("Eve", server.port).connect()
    room = await guest.start_room()
    await guest.post(room, "Is anybody here?")
    await guest.line.close()


async def vanish(server: Server) -> None:
    """Be cut off in the midst of a room."""
    guest = await Guest("Eve", server.port).connect()
    await guest.start_room()
    guest.line.transport.abort()


async def break_the_rules(server: Server) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/ws") as line:
        await line.send(b"no text")
        await line.wait_closed()


async def speak_no_frames(server: Server) -> None:
    line = await connect(f"ws://127.0.0.1:{server.port}/ws")
    line.transport.write(b"\x87\x80\0\0\0\0")
    await line.wait_closed()


async def be_refused(server: Server) -> None:
    """Ask for what there is not, and for what is no question at all."""
    guest = await Guest("Eve", server.port).connect()
    for question in ({"key": "A" * 22}, {"key": 7}):
        with pytest.raises(Refused):
            await guest.ask("look_at_link", **question)
    await guest.line.close()


async def search(server: Server) -> None:
    """Find what one has just said, and ask for a room that there is not."""
    guest = await Guest("Eve", server.port).connect()
    room = await guest.start_room()
    await guest.post(room, "Where is the tea?")
    bearer = f"Authorization: Bearer {guest.token}\r\n"
    for path in ("q=tea", "q=tea&room=0123456789abcdef", "q=after:never"):
        await _get(server, f"/api/search?{path}", bearer)
    await guest.line.close()


async def _get(server: Server, path: str, more: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    writer.write(f"GET {path} HTTP/1.1\r\n{host}{more}\r\n".encode())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reader.read(100), 5)
    writer.close()
    await writer.wait_closed()


VISITS: tuple[Visit, ...] = (
    get_the_page,
    get_what_is_not_there,
    get_two_and_leave,
    speak_no_http,
    be_refused_a_socket,
    talk,
    vanish,
    break_the_rules,
    speak_no_frames,
    be_refused,
    search,
)


async def test_a_visit_leaves_no_circles(start: Start, tmp_path: Path) -> None:
    found = tmp_path / "found"
    server = start(before=(sys.executable, str(circles.__file__), str(found)))
    for visit in VISITS:
        await visit(server)
    await _looked_through(found)
    before = _read(found)[-1]
    for visit in VISITS:
        for _ in range(TIMES):
            await visit(server)
    await _looked_through(found)
    # Nothing is thrown away: the last look counts all that there ever was.
    left = _read(found)[-1] - before
    # Whatever happens once is no matter.
    assert {name: n for name, n in left.items() if n >= TIMES / 2} == {}


def _read(found: Path) -> list[Counter[str]]:
    if not found.exists():
        return []
    lines = found.read_text(encoding="utf-8").splitlines()
    return [Counter(json.loads(line)) for line in lines]


async def _looked_through(found: Path) -> None:
    """Wait until all was looked at from now on."""
    enough = len(_read(found)) + 2
    async with asyncio.timeout(20):
        while len(_read(found)) < enough:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
