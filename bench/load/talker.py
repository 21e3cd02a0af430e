"""One connection of the generator in Python, and the counts that all share."""

import asyncio
import os
import re
import struct
import time
from argparse import Namespace
from collections import deque
from pathlib import Path
from typing import cast

from typing_extensions import override

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MARK = re.compile(rb"@([0-9a-f]{5}) [0-9a-f]{6} ([0-9a-f]{16})")
FILLER = (
    "so we walked the whole way along the river and talked of nothing in particular, "
    "and when the rain came we stood under the bridge and waited for it to end. "
)


def make_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return a frame as clients send it (RFC 6455, section 5.2), its mask all zeros."""
    size = len(payload)
    form, short, long = (
        ("!BB", size, ())
        if size < 126
        else ("!BBH", 126, (size,))
        if size < 65_536
        else ("!BBQ", 127, (size,))
    )
    return struct.pack(form, 0x80 | opcode, 0x80 | short, *long) + bytes(4) + payload


class Bench:
    """All connections, and what was counted."""

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.event, self.kind, self.each, self.reply, self.failure = (
            getattr(options, name).encode()
            for name in ("event", "kind", "each", "reply", "failure")
        )
        self.ping, self.pong = options.ping.encode(), options.pong.encode()
        self.seqs = re.compile(
            re.escape(self.event) + rb"([0-9]+)" + re.escape(self.each)
        )
        self.plan = Path(options.plan).read_text(encoding="utf-8").splitlines()
        self.posting = False
        self.posted: dict[int, int] = {}
        self.totals = dict.fromkeys(
            "posts acks refused deliveries disordered lost bytes_in".split(), 0
        )
        self.delivered: list[float] = []
        self.acknowledged: list[float] = []
        self.last_bytes = time.monotonic()
        self.nonce = f"{os.getpid():x}{time.monotonic_ns() & 0xFFFFFF:x}"
        # Most frames go to everybody: what was counted once is known.
        self._counted: tuple[bytes, int] = (b"", 0)

    def count(self, payload: bytes) -> int:
        """Return how many messages this frame delivers."""
        if payload != self._counted[0]:
            found = payload.count(self.kind or self.event)
            if self.reply and payload.startswith(self.reply):
                found = 0
            self._counted = (payload, found)
        return self._counted[1]


class Connection(asyncio.Protocol):
    """One connection of the plan."""

    def __init__(self, bench: Bench, index: int, line: str, *, sampled: bool) -> None:
        role, room, self.post, *prelude = line.replace("$n", "\r\n").split("\t")
        self.prelude = [each.removeprefix("$q") for each in prelude]
        self.wanted = sum(not each.startswith("$q") for each in prelude)
        self.bench = bench
        self.index = index
        self.sender = role == "s"
        self.room = int(room)
        self.sampled = sampled
        self.events = self.number = self.seq = self.replies = 0
        self.waiting: deque[float] = deque()
        self.ready = asyncio.get_running_loop().create_future()
        self.over = False
        self._kept = b""
        self._open = False
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)
        options = self.bench.options
        deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        origin = f"Origin: {options.origin}\r\n" if options.origin else ""
        self._transport.write(
            f"GET {options.path} HTTP/1.1\r\nHost: {options.host}:{options.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\n{origin}"
            f"{deflate if options.deflate and not self.sender else ''}\r\n".encode()
        )

    @override
    def data_received(self, data: bytes) -> None:
        """Find the frames in what comes."""
        self.bench.totals["bytes_in"] += len(data)
        self.bench.last_bytes = time.monotonic()
        data = self._kept + data
        at = 0 if self._open else self._shake_hands(data)
        while self._open and (found := find_payload(data, at)):
            start, end = found
            self._take(data[at], data[start:end])
            at = end
        self._kept = data[at:]
        if self.sender:
            self.post_more()

    def _shake_hands(self, data: bytes) -> int:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if b" 101 " not in data[:20]:
            raise RuntimeError(data[:80])
        self._open = True
        self.write(b"".join(make_frame(each.encode()) for each in self.prelude))
        self._come_in()
        return end + 4

    def write(self, data: bytes) -> None:
        """Send this."""
        if self._transport is not None:
            self._transport.write(data)

    def _take(self, head: int, payload: bytes) -> None:
        bench, opcode = self.bench, head & 15
        if opcode >= CLOSE or (bench.ping and payload == bench.ping):
            self._answer_ping(opcode, payload)
        elif head & 0x40:
            if self.ready.done():
                self._note_events(payload, 1)
            else:
                self._note_reply()
        elif self._is_reply(payload):
            self._note_reply()
        elif bench.failure and payload.startswith(bench.failure):
            bench.totals["refused"] += 1
            bench.posted[self.room] -= 1
            self._note_ack()
        elif found := bench.count(payload):
            self._note_events(payload, found)

    def _answer_ping(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.write(make_frame(payload, PONG))
        elif opcode < CLOSE:
            self.write(make_frame(self.bench.pong))

    def _is_reply(self, payload: bytes) -> bool:
        reply = self.bench.reply
        # A greeting may stand before the answer to what was said first.
        return bool(reply) and (
            payload.startswith(reply) or (not self.ready.done() and reply in payload)
        )

    def _note_reply(self) -> None:
        self.replies += 1
        if not self.ready.done():
            self._come_in()
        elif not self.bench.options.echo:
            self._note_ack()

    def _come_in(self) -> None:
        if self.replies >= self.wanted:
            self.ready.set_result(None)

    def _note_ack(self) -> None:
        self.bench.acknowledged.append(time.monotonic() - self.waiting.popleft())
        self.bench.totals["acks"] += 1

    def _note_events(self, payload: bytes, found: int) -> None:
        bench = self.bench
        self.events += found
        bench.totals["deliveries"] += found
        if bench.each:
            self._check_order(payload)
        if not (self.sampled or (self.sender and bench.options.echo)):
            return
        now = time.monotonic_ns()
        for who, sent in MARK.findall(payload):
            if self.sampled:
                bench.delivered.append((now - int(sent, 16)) / 1e9)
            if bench.options.echo and self.sender and int(who, 16) == self.index:
                self._note_ack()

    def _check_order(self, payload: bytes) -> None:
        first = self.bench.seqs.search(payload)
        last = payload.rfind(self.bench.event)
        final = self.bench.seqs.match(payload, last)
        if first is None or final is None:
            return
        count = payload.count(self.bench.each)
        start, end = int(first[1]), int(final[1])
        if (self.seq and start != self.seq + 1) or end - start + 1 != count:
            self.bench.totals["disordered"] += 1
        self.seq = end

    def post_more(self) -> None:
        """Post until the window is full."""
        bench = self.bench
        while (
            bench.posting
            and not bench.options.rate
            and len(self.waiting) < bench.options.window
        ):
            self.post_one()

    def post_one(self) -> None:
        """Post one message."""
        bench = self.bench
        mark = f"@{self.index:05x} {self.number:06x} {time.monotonic_ns():016x} "
        text = (mark + FILLER * (1 + bench.options.bytes // len(FILLER)))[
            : bench.options.bytes - 1
        ]
        said = self.post.replace("$i", str(self.number + 10)).replace("$t", f"{text}.")
        said = said.replace("$b", str(bench.options.bytes))
        cmid = f"{bench.nonce}-{self.index:x}-{self.number:x}"
        self.write(make_frame(said.replace("$c", cmid).encode()))
        self.number += 1
        self.waiting.append(time.monotonic())
        bench.totals["posts"] += 1
        bench.posted[self.room] = bench.posted.get(self.room, 0) + 1

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is gone before its time."""
        del exc
        if not self.over:
            self.bench.totals["lost"] += 1


def find_payload(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the payload of the frame at `at` starts and ends, if it is whole."""
    if len(data) < at + 2:
        return None
    size, start = data[at + 1] & 127, at + 2
    if size >= 126:
        more = 2 if size == 126 else 8
        size, start = int.from_bytes(data[start : start + more], "big"), start + more
    return (start, start + size) if len(data) >= start + size else None
