"""Broken frames end their own socket with the right code, and nobody else's."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.live.servers import Server
from tests.security.shapes import LARGEST, SHAPES, TEXT, Shape, build
from tests.security.tally import Tally

AT_ONCE = 12
IN_TIME = 10.0
"""Seconds: others' work on the same machine may be what takes so long."""


async def break_with(server: Server, shape: Shape) -> int:
    """Send a shape on a socket of its own; return how that ends."""
    wire = await server.wire()
    status, _ = await wire.upgrade()
    assert status == 101
    wire.send(shape.data)
    code = await wire.end()
    await wire.drop()
    return code


@asynccontextmanager
async def bystander(server: Server) -> AsyncGenerator[list[float]]:
    """Ask all the while, as somebody who has nothing to do with it; note the waits."""
    wire = await server.socket()
    waits: list[float] = []
    loop = asyncio.get_running_loop()

    async def ask() -> None:
        while True:
            begun = loop.time()
            wire.say("ping", len(waits))
            await wire.hear_answer(len(waits))
            waits.append(loop.time() - begun)
            await asyncio.sleep(0.02)

    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(ask())
        yield waits
        asking.cancel()


async def test_each_of_hundreds_of_broken_frames_ends_its_own_socket_alone(
    server: Server, tally: Tally
) -> None:
    assert len(SHAPES) >= 300
    room = asyncio.Semaphore(AT_ONCE)
    wrong: list[str] = []

    async def see(shape: Shape) -> None:
        async with room:
            code = await break_with(server, shape)
        # 1011 is right where it only repeats what was said.
        tally.feed("broken frames", f"closed {code}" if code == shape.code else code)
        if code != shape.code:
            wrong.append(f"{shape.name}: {code}, and not {shape.code}")

    async with bystander(server) as waits, asyncio.TaskGroup() as tasks:
        for shape in SHAPES:
            tasks.create_task(see(shape))
    assert not wrong
    assert waits
    assert max(waits) < IN_TIME


async def test_what_follows_a_broken_frame_is_not_done(server: Server) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await ada.drop()
    post = '{"type":"post_message","id":2,"room":"%s","cmid":"%d","text":"%d"}'
    for place, broken in enumerate((b"\xff", b"x" * (LARGEST + 1))):
        wire = await server.socket(token=ada.token)
        said = [build(TEXT, (post % (room.id, n, n)).encode()) for n in (place, 9)]
        wire.send(said[0] + build(TEXT, broken) + said[1])
        assert await wire.end() in {1007, 1009}
    binary = await server.socket(token=ada.token)
    binary.send(build(2, b"{}") + build(TEXT, (post % (room.id, 9, 9)).encode()))
    assert await binary.end() == 1003
    await ada.connect()
    assert (await ada.ask("open_room", room=room.id))["head"] == 3
    assert (await ada.hear_up_to(room, 3)).texts == ["0", "1"]
