"""What comes in frames that are odd, broken or too large."""

import asyncio
import json
import socket
import time

import pytest
from websockets.frames import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Close,
    Frame,
    Opcode,
)

from tests.live.servers import Server
from tests.live.wires import UPGRADE, Wire

PING_COMMAND = json.dumps({"type": "ping", "id": 7, "more": "Grüße, 🫖"}).encode()


async def assert_alive(wire: Wire) -> None:
    wire.say("ping", 99)
    assert (await wire.hear_answer(99))["type"] == "reply"


@pytest.mark.parametrize("size", [1, 3, 17])
async def test_a_message_may_come_in_fragments_with_pings_in_between(
    server: Server, size: int
) -> None:
    wire = await server.socket()
    text = json.dumps(json.loads(PING_COMMAND), ensure_ascii=False).encode()
    parts = [text[n : n + size] for n in range(0, len(text), size)]
    for place, part in enumerate(parts):
        opcode = CONT if place else TEXT
        wire.frame(opcode, part, fin=place == len(parts) - 1)
        wire.frame(PING, str(place).encode())
    heard = [await wire.receive() for _ in range(len(parts) + 1)]
    pongs = [data for opcode, data in heard if opcode == PONG]
    assert pongs == [str(place).encode() for place in range(len(parts))]
    (answer,) = [json.loads(data) for opcode, data in heard if opcode == TEXT]
    assert answer == {"type": "reply", "id": 7, "result": {}}


async def test_a_message_may_come_a_byte_at_a_time(server: Server) -> None:
    wire = await server.socket()
    for byte in Frame(TEXT, PING_COMMAND).serialize(mask=True):
        wire.send(bytes([byte]))
        await asyncio.sleep(0)
    assert (await wire.hear_answer(7))["type"] == "reply"


async def test_many_messages_may_come_in_one_piece(server: Server) -> None:
    wire = await server.socket()
    frame = Frame(TEXT, PING_COMMAND).serialize(mask=True)
    wire.send(frame * 500)
    for _ in range(500):
        await wire.hear_answer(7)


BROKEN = {
    "binary": (1003, [(BINARY, b"{}", True)]),
    "binary in fragments": (1003, [(BINARY, b"{", False), (CONT, b"}", True)]),
    "no UTF-8": (1007, [(TEXT, b'{"type":"ping\xff"}', True)]),
    "half a character": (1007, [(TEXT, b'{"id":"\xf0\x9f\xab', True)]),
    "a surrogate": (1007, [(TEXT, b'"\xed\xa0\x80"', True)]),
    "overlong": (1007, [(TEXT, b'"\xc0\xaf"', True)]),
    "no UTF-8 in fragments": (1007, [(TEXT, b'"\xf0\x9f', False), (CONT, b'"', True)]),
    "129 KiB": (1009, [(TEXT, b"x" * 129 * 1024, True)]),
    "129 KiB in fragments": (
        1009,
        [(TEXT, b"x" * 64 * 1024, False), (CONT, b"x" * 65 * 1024, True)],
    ),
    "2,000 empty fragments": (
        1009,
        [(TEXT, b"", False), *[(CONT, b"", False)] * 2_000],
    ),
    "a fragment of nothing": (1002, [(CONT, b"{}", True)]),
    "a message amid another": (1002, [(TEXT, b"{", False), (TEXT, b"}", True)]),
    "a goodbye of one byte": (1002, [(CLOSE, b"1", True)]),
    "a goodbye of no UTF-8": (1007, [(CLOSE, b"\x03\xe8\xff", True)]),
    "a goodbye that means nothing": (1002, [(CLOSE, b"\x03\xed", True)]),
}


@pytest.mark.parametrize(("code", "frames"), BROKEN.values(), ids=BROKEN.keys())
async def test_broken_framing_ends_the_socket_with_its_code(
    server: Server, code: int, frames: list[tuple[Opcode, bytes, bool]]
) -> None:
    wire = await server.socket()
    for opcode, data, fin in frames:
        wire.frame(opcode, data, fin=fin)
    assert await wire.end() == code


UNKNOWN = {
    "unmasked": Frame(TEXT, b"{}").serialize(mask=False),
    "half a ping": b"\x09\x80aaaa",
    "a long ping": b"\x89\xfe\x00\x7eaaaa" + bytes(126),
    "opcode 3": b"\x83\x80aaaa",
    "opcode 11": b"\x8b\x80aaaa",
    "the first reserved bit": b"\xc1\x80aaaa",
    "the second reserved bit": b"\xa1\x80aaaa",
    "64 bits of length": b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff",
}


@pytest.mark.parametrize("data", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_what_the_protocol_does_not_know_ends_the_socket(
    server: Server, data: bytes
) -> None:
    wire = await server.socket()
    wire.send(data)
    assert await wire.end() in {1002, 1009}


async def test_a_frame_of_128_kib_is_heard(server: Server) -> None:
    wire = await server.socket()
    command = b'{"type":"ping","id":3,"more":"'
    padding = b"x" * (128 * 1024 - len(command) - 2)
    wire.frame(TEXT, command + padding + b'"}')
    assert (await wire.hear_answer(3))["type"] == "reply"


async def test_a_goodbye_is_answered_with_the_same_code(server: Server) -> None:
    wire = await server.socket()
    wire.frame(CLOSE, Close(1001, "Bye.").serialize())
    assert await wire.end() == 1001
    assert await wire.rest() == b""


async def test_whoever_goes_away_before_the_answer_is_forgotten(
    server: Server,
) -> None:
    """Nobody is here who left before the room was open."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    for n in range(20):
        wire = await server.wire()
        await wire.upgrade()
        wire.say("hello", 1, name=f"Bob {n}")
        wire.say("join_room", 2, key=room.key)
        await asyncio.sleep(0.001 * n)
        await wire.drop()
    cleo = await server.enter("Cleo")
    await cleo.join(room)
    seen: set[str] = set()
    for _ in range(20):
        cleo.pushed.clear()
        await cleo.open(room)
        seen = set((await cleo.hear_push("presence"))["joined"])
        if seen == {ada.id, cleo.id}:
            break
        await asyncio.sleep(0.1)
    assert seen == {ada.id, cleo.id}
    await assert_alive(await server.socket())


def speak_in_pieces(port: int, data: bytes) -> float:
    """Send bytes as a program does that waits for each write; tell how long it took."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
        line.sendall(f"GET /ws HTTP/1.1\r\nHost: a.local\r\n{headers}\r\n".encode())
        assert line.recv(4_096).startswith(b"HTTP/1.1 101")
        begun = time.monotonic()
        for place in range(0, len(data), 4_096):
            line.sendall(data[place : place + 4_096])
        # The goodbye is answered when all that comes before it was heard.
        while line.recv(65_536):
            pass
        return time.monotonic() - begun


async def test_a_client_next_door_need_not_wait_for_room(server: Server) -> None:
    """A receive buffer below one segment makes every 32 KiB wait 200 ms, here 13 s."""
    hello = Frame(TEXT, b'{"type":"hello","id":1}').serialize(mask=True)
    ping = b'{"type":"ping","id":7,"more":"%s"}' % (b"x" * 100_000)
    pings = Frame(TEXT, ping).serialize(mask=True) * 20
    bye = Frame(CLOSE, Close(1000, "").serialize()).serialize(mask=True)
    assert (
        await asyncio.to_thread(speak_in_pieces, server.port, hello + pings + bye) < 6
    )
