"""What a post costs in instructions of Python: counted, so that no machine is too slow.

Time is measured by the benchmarks; here it is noticed when somebody makes the way of a
message longer, or makes its cost grow with who is there or what was said before.
"""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from chinwag.domain.rates import Rate
from chinwag.gateway.connection import Connection
from chinwag.gateway.gate import Gate
from chinwag.gateway.peers import Arrivals
from chinwag.protocol.door import Newcomer
from chinwag.protocol.site import Site
from tests.gateway.sockets import FakeTransport
from tests.support.server import Server, serving

SENDERS, WINDOW = 8, 8
MOST = 2_420
"""Instructions a post, in a batch of 64; some 3 % more than on 2026-11-28."""
MOST_A_MEMBER = 60
"""Instructions more for each member who hears a batch, shared by its 64 posts: less
than one. Nearly half of them are of what stands for a transport here."""
ONLY_HERE = (3, 11)

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != ONLY_HERE,
    reason="instructions are counted as Python 3.11 has them",
)


@contextmanager
def counting() -> Generator[list[int]]:
    """Count the instructions that Python carries out here until the block ends."""
    counted = [0]

    def trace(frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - itself
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        counted[0] += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield counted
    finally:
        sys.settrace(before)


class Room:
    """A room of real connections without sockets."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._gate = Gate(
            door=server.dispatch,
            hub=server.hub,
            site=Site(),
            clock=server.clock,
            arrivals=Arrivals(Rate(0, 0), server.clock),
        )
        self._members: list[tuple[Connection, FakeTransport]] = []
        self._said = 0
        self._id = ""

    def _connect(self) -> tuple[Connection, FakeTransport]:
        transport = FakeTransport()
        caller = self._server.caller(greets=True, newcomer=Newcomer.GUEST)
        return Connection(self._gate, caller, transport), transport

    async def fill(self, members: int) -> None:
        """Let so many come in."""
        key = ""
        for number in range(members):
            connection, transport = self._connect()
            connection.data_received(_frame(type="hello", id=1, name=f"p{number}"))
            way = {"type": "join_room", "key": key} if key else {"type": "start_room"}
            connection.data_received(_frame(id=2, **way))
            await self._server.settle()
            if not key:
                told = [json.loads(text) for _, text in transport.take()]
                started = next(each["result"] for each in told if each.get("id") == 2)
                key, self._id = started["key"], started["room"]["id"]
            self._members.append((connection, transport))

    async def talk(self) -> None:
        """Let some post at once, in one batch, and wait until all have heard it."""
        for connection, _ in self._members[:SENDERS]:
            for _ in range(WINDOW):
                self._said += 1
                post = {"type": "post_message", "id": self._said, "room": self._id}
                said = post | {"cmid": f"c{self._said}", "text": "x" * 150}
                connection.data_received(_frame(**said))
        await self._server.settle()

    def hear(self) -> None:
        """Let what was written be gone."""
        for _, transport in self._members:
            transport.take()


def _frame(**command: object) -> bytes:
    payload = json.dumps(command).encode()
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
    return head + bytes(4) + payload


async def _count(place: Path, members: int, *, before: int = 2) -> float:
    """Return the instructions of a post in a room of so many, after some batches."""
    place.mkdir(exist_ok=True)
    async with serving(place) as server:
        room = Room(server)
        await room.fill(members)
        for _ in range(before):
            await room.talk()
            room.hear()
        commits = server.dispatch.counts.commits
        with counting() as counted:
            await room.talk()
        assert server.dispatch.counts.commits == commits + 1
    return counted[0] / (SENDERS * WINDOW)


async def test_a_post_is_no_more_instructions_than_it_was(tmp_path: Path) -> None:
    assert await _count(tmp_path, SENDERS) <= MOST


async def test_a_member_more_is_next_to_nothing(tmp_path: Path) -> None:
    few = await _count(tmp_path / "few", SENDERS)
    many = await _count(tmp_path / "many", SENDERS + 64)
    assert (many - few) / 64 <= MOST_A_MEMBER / (SENDERS * WINDOW)


async def test_what_was_said_before_costs_nothing(tmp_path: Path) -> None:
    early = await _count(tmp_path / "early", SENDERS)
    late = await _count(tmp_path / "late", SENDERS, before=30)
    assert late <= early * 1.01
