"""The answer that opens a socket, byte by byte."""

from websockets.http11 import Request

from chinwag.gateway.handshake import SUBPROTOCOL, read_fields, shake_hands

ASKED = [
    (b"host", b"localhost"),
    (b"user-agent", b"a browser"),
    (b"upgrade", b"websocket"),
    (b"connection", b"keep-alive, Upgrade"),
    # The key and its answer of RFC 6455, section 1.3.
    (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"sec-websocket-version", b"13"),
]


def shake(*more: tuple[bytes, bytes]) -> bytes:
    return shake_hands(Request("/ws", read_fields([*ASKED, *more]))).response


def test_it_is_what_the_standard_asks_for_and_the_time() -> None:
    status, date, *lines = shake().split(b"\r\n")
    assert status == b"HTTP/1.1 101 Switching Protocols"
    assert date.startswith(b"Date: ")
    assert lines == [
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        b"",
        b"",
    ]


def test_what_was_chosen_stands_in_it() -> None:
    answer = shake(
        (b"sec-websocket-protocol", b"other, chinwag.1"),
        (b"sec-websocket-extensions", b"permessage-deflate; client_max_window_bits"),
    )
    *_, extensions, subprotocol, _, end = answer.split(b"\r\n")
    assert extensions.startswith(b"Sec-WebSocket-Extensions: permessage-deflate; ")
    assert subprotocol == b"Sec-WebSocket-Protocol: " + SUBPROTOCOL.encode()
    assert end == b""
