"""The same bytes to many sockets: each gets all of them, in order, and only once."""

import asyncio
import errno
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from typing_extensions import override

from chinwag.gateway import sharing
from chinwag.gateway.frame import Frame, event_encoder, to_message
from chinwag.gateway.outbox import Bench, Opening, Outbox
from chinwag.gateway.sharing import SHARED_FROM, write_shared
from chinwag.ids import RoomId, Seq
from chinwag.protocol.close import Close

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux can do it")
BATCH = bytes(range(256)) * (SHARED_FROM // 256 + 1)


class Reader(asyncio.Protocol):
    """The server's side of a connection."""

    def __init__(self) -> None:
        self.paused = False

    @override
    def pause_writing(self) -> None:
        """It does not drain."""
        self.paused = True


@asynccontextmanager
async def connected(
    count: int,
) -> AsyncGenerator[list[tuple[asyncio.Transport, socket.socket]]]:
    """Give transports, each with the other end of its connection."""
    loop = asyncio.get_running_loop()
    both = list[tuple[asyncio.Transport, socket.socket]]()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        for _ in range(count):
            far = socket.create_connection(listener.getsockname())
            near, _ = listener.accept()
            near.settimeout(0)
            far.settimeout(0)
            transport, _ = await loop.connect_accepted_socket(Reader, near)
            both.append((transport, far))
        yield both
    finally:
        listener.close()
        for transport, far in both:
            transport.abort()
            far.close()
        await asyncio.sleep(0)


async def read(far: socket.socket, size: int) -> bytes:
    """Read so many bytes."""
    loop, data = asyncio.get_running_loop(), bytearray()
    async with asyncio.timeout(20):
        while len(data) < size:
            data += await loop.sock_recv(far, 1 << 20)
    return bytes(data)


Test = Callable[[], Coroutine[Any, Any, None]]


def on_both_loops(test: Test) -> Callable[..., None]:
    """Run it on the loop that serves, and on the other: each writes when it likes."""

    @pytest.mark.parametrize(
        "new_loop", [asyncio.new_event_loop, uvloop.new_event_loop]
    )
    def run(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(test())

    return run


@on_both_loops
async def test_everybody_gets_all_of_it_from_one_file() -> None:
    sent, send = list[int](), os.sendfile

    def note(to: int, file: int, offset: int, count: int) -> int:
        sent.append(send(to, file, offset, count))
        return sent[-1]

    async with connected(9) as both:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "sendfile", note)
            write_shared(BATCH, [transport for transport, _ in both])
        for _, far in both:
            assert await read(far, len(BATCH)) == BATCH
    assert sent == [len(BATCH)] * 9


@on_both_loops
async def test_it_keeps_its_place_among_what_is_written_before_and_after() -> None:
    async with connected(2) as both:
        for number in range(200):
            for transport, _ in both:
                transport.write(b"<%d>" % number)
            write_shared(BATCH, [transport for transport, _ in both])
        expected = b"".join(b"<%d>%b" % (number, BATCH) for number in range(200))
        for _, far in both:
            assert await read(far, len(expected)) == expected


@on_both_loops
async def test_who_does_not_read_gets_the_rest_later_and_is_waited_for() -> None:
    async with connected(2) as both:
        (slow, slow_far), (_, quick_far) = both
        times = 0
        while not slow.get_write_buffer_size():
            write_shared(BATCH, [transport for transport, _ in both])
            assert await read(quick_far, len(BATCH)) == BATCH
            times += 1
        protocol = slow.get_protocol()
        assert isinstance(protocol, Reader)
        write_shared(BATCH * 8, [transport for transport, _ in both])
        assert protocol.paused
        assert await read(quick_far, 8 * len(BATCH)) == BATCH * 8
        assert await read(slow_far, (times + 8) * len(BATCH)) == BATCH * (times + 8)


@on_both_loops
async def test_what_follows_does_not_change_what_is_under_way() -> None:
    """Pages that the kernel still has must not be those of the next batch."""
    async with connected(1) as [(transport, far)]:
        batches = [bytes([number]) * SHARED_FROM for number in range(40)]
        for batch in batches:
            write_shared(batch, [transport])
        assert await read(far, 40 * SHARED_FROM) == b"".join(batches)


@on_both_loops
async def test_who_has_gone_is_met_by_the_transport_and_the_others_get_it() -> None:
    async with connected(3) as both:
        (gone, _), (reset, reset_far), (here, here_far) = both
        reset_far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reset_far.close()
        gone.abort()
        write_shared(BATCH, [gone, reset, here])
        assert await read(here_far, len(BATCH)) == BATCH
        assert gone.is_closing()
        assert reset.is_closing()


def refuse(*_: object) -> int:
    raise OSError(errno.ENOSYS, "Function not implemented")


def write_little(file: int, data: bytes) -> int:
    return os.pwrite(file, data[:100], 0)


@on_both_loops
async def test_what_the_system_refuses_is_written_as_ever() -> None:
    async with connected(2) as both:
        for name, act in (
            ("sendfile", refuse),
            ("memfd_create", refuse),
            ("write", refuse),
            ("write", write_little),
        ):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, name, act)
                write_shared(BATCH, [transport for transport, _ in both])
            for _, far in both:
                assert await read(far, len(BATCH)) == BATCH


@on_both_loops
async def test_no_file_stays_open() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async with connected(2) as both:
        before = count()
        for _ in range(3):
            write_shared(BATCH, [transport for transport, _ in both])
        assert count() == before


class Nobody:
    """Who is never hung up on."""

    def hang(self, close: Close) -> None:
        """It does not happen here."""


@on_both_loops
async def test_a_bench_of_sockets_shares_large_batches_and_no_others() -> None:
    frame = Frame(json.dumps("x" * SHARED_FROM).encode(), first=Seq(1), last=Seq(1))
    small = Frame(b"{}", first=Seq(2), last=Seq(2))
    room, told = RoomId(1), Seq(0)
    async with connected(sharing.READERS_FROM) as both:
        for encode, each, shares in (
            (to_message, frame, True),
            (to_message, small, False),
            (event_encoder("epoch"), frame, False),
        ):
            bench = Bench(encode, told)
            for transport, _ in both:
                bench.sit(Opening(Outbox(transport, encode, Nobody()), room, told))
            bench.wait(each)
            with pytest.MonkeyPatch.context() as patch:
                shared = list[str]()
                patch.setattr(os, "memfd_create", note_and_refuse(shared))
                assert bench.flush() == len(both)
            assert bool(shared) is shares
            for _, far in both:
                assert await read(far, len(encode(each))) == encode(each)


def note_and_refuse(noted: list[str]) -> Callable[[str], int]:
    """Return what stands for the system, and can't do it."""

    def make(name: str) -> int:
        noted.append(name)
        raise OSError(errno.ENOSYS, "Function not implemented")

    return make


def test_few_readers_or_bytes_are_not_worth_a_file() -> None:
    assert sharing.is_worth_sharing(b"x" * SHARED_FROM, sharing.READERS_FROM)
    assert not sharing.is_worth_sharing(b"x" * (SHARED_FROM - 1), 1_000)
    assert not sharing.is_worth_sharing(BATCH, sharing.READERS_FROM - 1)
