"""Requests that two servers might read in two ways get one answer here, or none."""

import asyncio

from tests.live.servers import Server
from tests.live.wires import Wire
from tests.security.tally import Tally

PATIENCE = 3.0
AT_ONCE = 16
TRAP = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
"""What must not be answered: it lies in a body, or behind what is broken."""
HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /up HTTP/1.1\r\n" + HOST
POST = b"POST /api/look HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
SIZE = b"Content-Length: %d\r\n" % len(TRAP)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"0\r\n\r\n"
CODINGS = (
    *(b"chunked", b"Chunked", b" chunked", b"chunked ", b"\tchunked", b"xchunked"),
    *(b"chunked, identity", b"identity, chunked", b"identity", b"gzip", b"chunked;a=1"),
    *(
        b"gzip, chunked",
        b"chunked, chunked",
        b'"chunked"',
        b"",
        b"chunked\x0b",
        b"\x00chunked",
    ),
)
SIZES = (
    *(b"+5", b"-1", b"0x5", b"5 5", b"5,5", b"5, 6", b"5;", b"", b" ", b"five", b"1e1"),
    *(b"99999999999999999999", b"18446744073709551616", b"5\x00", b"\xd9\xa5", b"5.0"),
)
NAMES = (
    *(
        b"Content-Length ",
        b" Content-Length",
        b"Content-Length\t",
        b"Content_Length\x00",
    ),
    *(
        b"Content-\x00Length",
        b"",
        b"Content Length",
        b"(Content-Length)",
        b"Content\xe4",
    ),
)


def smuggled() -> dict[str, bytes]:
    """Two lengths, or a coding and a length, with the trap between them."""
    shapes = {
        "two lengths": POST + b"Content-Length: 0\r\n" + SIZE + b"\r\n" + TRAP,
        "two equal lengths": POST + SIZE + SIZE + b"\r\n" + TRAP,
        "a length and chunks": POST + SIZE + CHUNKED + b"\r\n" + END + TRAP,
        "chunks and a length": POST + CHUNKED + SIZE + b"\r\n" + END + TRAP,
        "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n" + TRAP,
    }
    for coding in CODINGS:
        head = POST + SIZE + b"Transfer-Encoding: " + coding + b"\r\n\r\n"
        shapes[f"a length and the coding {coding!r}"] = head + END + TRAP
        twice = POST + CHUNKED + b"Transfer-Encoding: " + coding + b"\r\n\r\n"
        shapes[f"chunked and the coding {coding!r}"] = twice + b"1\r\nx\r\n" + TRAP
    for size in SIZES:
        head = POST + b"Content-Length: " + size + b"\r\n\r\n"
        shapes[f"a length of {size!r}"] = head + b"{}" * 3 + TRAP
    for name in NAMES:
        head = POST + name + b": %d\r\n" % len(TRAP) + CHUNKED
        shapes[f"a length as {name!r}"] = head + b"\r\n" + b"zz\r\n" + TRAP
    return shapes


def chunks() -> dict[str, bytes]:
    """Chunks whose sizes are odd."""
    sizes = (
        *(
            b"-1",
            b"0x2",
            b"+2",
            b"g",
            b"",
            b" 2",
            b"2;" + b"a" * 20_000,
            b"2 2",
            b"2\x00",
        ),
        *(
            b"ffffffffffffffff",
            b"10000000000000000",
            b"fffffffff",
            b"2\n",
            b"\n2",
            b"2,2",
        ),
    )
    head = POST + CHUNKED + b"\r\n"
    return {
        f"a chunk of {size[:20]!r}": head + size + b"\r\n{}\r\n0\r\n\r\n!" + TRAP
        for size in sizes
    }


def lines() -> dict[str, bytes]:
    """Heads whose lines end, begin or continue as they should not."""
    return {
        "bare line feeds": GET.replace(b"\r\n", b"\n") + b"\n!" + TRAP,
        "a bare line feed": GET + b"A: b\nContent-Length: 5\r\n\r\n!" + TRAP,
        "a bare return": GET + b"A: b\rContent-Length: 5\r\n\r\n!" + TRAP,
        "only returns": GET.replace(b"\r\n", b"\r") + b"\r\r!" + TRAP,
        "a folded line": GET + b"A: b\r\n c: d\r\n\r\n!" + TRAP,
        "a folded first line": b"GET /up HTTP/1.1\r\n " + HOST + b"\r\n!" + TRAP,
        "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n!" + TRAP,
        "NUL in a value": GET + b"A: b\0c\r\n\r\n!" + TRAP,
        "NUL in a name": GET + b"A\0b: c\r\n\r\n!" + TRAP,
        "NUL in the path": b"GET /u\0p HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "a blank before the colon": GET + b"A : b\r\n\r\n!" + TRAP,
        "no colon": GET + b"A\r\n\r\n!" + TRAP,
        "no name": GET + b": b\r\n\r\n!" + TRAP,
        "two Hosts": GET + HOST + b"\r\n!" + TRAP,
        "no Host": b"GET /up HTTP/1.1\r\n\r\n!" + TRAP,
        "a Host in the target": b"GET http://evil.example/up HTTP/1.1\r\n\r\n!" + TRAP,
        "controls in a value": GET + b"A: \x01\x02\x7f\r\n\r\n!" + TRAP,
        "HTTP/0.9": b"GET /up\r\n\r\n!" + TRAP,
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n!" + TRAP,
        "HTTP/1.2": GET.replace(b"1.1", b"1.2") + b"\r\n!" + TRAP,
        "HTTP/11": GET.replace(b"1.1", b"11") + b"\r\n!" + TRAP,
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300) + TRAP,
        "SSH": b"SSH-2.0-OpenSSH_9.6\r\n!" + TRAP,
        "noise": bytes(range(256)) * 4 + TRAP,
        "an unknown method": b"BREW /up HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "a method in small letters": b"get /up HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "TRACE": b"TRACE /up HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "no path": b"GET  HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "letters beyond ASCII": b"GET /\xc3\xa4\xff HTTP/1.1\r\n"
        + HOST
        + b"\r\n!"
        + TRAP,
        "broken escapes": b"GET /%zz%f%00%ff HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "up and up": b"GET /../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n!" + TRAP,
        "up and up, hidden": b"GET /assets/%2e%2e%2fx HTTP/1.1\r\n"
        + HOST
        + b"\r\n!"
        + TRAP,
    }


def heaps() -> dict[str, bytes]:
    """Too much of anything."""
    return {
        "a giant value": GET + b"A: " + b"b" * 70_000 + b"\r\n\r\n!" + TRAP,
        "a giant name": GET + b"A" * 70_000 + b": b\r\n\r\n!" + TRAP,
        "a giant path": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n!" + TRAP,
        "a giant query": b"GET /up?" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n!" + TRAP,
        "a giant cookie": GET + b"Cookie: a=" + b"b" * 70_000 + b"\r\n\r\n!" + TRAP,
        "1,000 headers": GET + b"A: b\r\n" * 1_000 + b"\r\n!" + TRAP,
        "101 headers": GET + b"A: b\r\n" * 101 + b"\r\n!" + TRAP,
        "10,000 empty headers": GET + b"A:\r\n" * 10_000 + b"\r\n!" + TRAP,
        "a giant method": b"G" * 70_000 + b" /up HTTP/1.1\r\n\r\n!" + TRAP,
        "10,000 cookies": GET + b"Cookie: " + b"a=b; " * 10_000 + b"\r\n\r\n!" + TRAP,
        "a body of 300 KB": POST + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000,
    }


WS = b"GET /ws HTTP/1.1\r\n" + HOST
UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
KEY = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


def handshakes() -> dict[str, bytes]:
    """Handshakes that are none."""
    short = KEY.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"c2hvcnQ=")
    return {
        "no key": WS + UPGRADE + b"Sec-WebSocket-Version: 13\r\n\r\n!" + TRAP,
        "a short key": WS + UPGRADE + short + b"\r\n!" + TRAP,
        "two keys": WS + UPGRADE + KEY + KEY + b"\r\n!" + TRAP,
        "version 8": WS + UPGRADE + KEY.replace(b"13", b"8") + b"\r\n!" + TRAP,
        "POST": WS.replace(b"GET", b"POST") + UPGRADE + KEY + b"\r\n!" + TRAP,
        "HTTP/1.0": WS.replace(b"1.1", b"1.0") + UPGRADE + KEY + b"\r\n!" + TRAP,
        "no Upgrade": WS + b"Connection: Upgrade\r\n" + KEY + b"\r\n!" + TRAP,
        "no Connection": WS + b"Upgrade: websocket\r\n" + KEY + b"\r\n!" + TRAP,
        "h2c": GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + TRAP,
        "another path": GET + UPGRADE + KEY + b"\r\n" + TRAP,
        "a body": WS + UPGRADE + KEY + SIZE + b"\r\n" + TRAP,
        "behind a request": GET + b"\r\n" + WS + UPGRADE + KEY + b"\r\n" + TRAP,
    }


SHAPES = smuggled() | chunks() | lines() | heaps() | handshakes()


async def answers_to(server: Server, data: bytes) -> list[int]:
    """Return the statuses of all that is answered, until the end or a pause."""
    wire = await server.wire()
    said = bytearray()
    try:
        wire.send(data)
        await read_on(wire, said)
    except ConnectionError:
        pass
    finally:
        await wire.drop()
    return [int(part[:3]) for part in bytes(said).split(b"HTTP/1.1 ")[1:]]


async def read_on(wire: Wire, said: bytearray) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while part := await wire.reader.read(65_536):
                said += part
    except TimeoutError:
        return


async def test_no_odd_request_is_answered_twice_or_breaks_anything(
    server: Server, tally: Tally
) -> None:
    assert len(SHAPES) >= 120
    room = asyncio.Semaphore(AT_ONCE)
    twice: dict[str, list[int]] = {}

    async def see(name: str, data: bytes) -> None:
        async with room:
            statuses = await answers_to(server, data)
        tally.feed("odd requests", statuses[0] if statuses else "no answer")
        if len(statuses) > 1 or any(status >= 500 for status in statuses):
            twice[name] = statuses

    async with asyncio.TaskGroup() as tasks:
        for name, data in SHAPES.items():
            tasks.create_task(see(name, data))
    assert not twice
    assert await answers_to(server, GET + b"Connection: close\r\n\r\n") == [200]
    # Whoever sends nonsense does not fill the operator's disk.
    assert tally.complaints == []
