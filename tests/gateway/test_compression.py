"""Messages that are compressed: once for all who asked, and inflated with a cap."""

import json
import zlib

import pytest
from websockets.datastructures import Headers
from websockets.frames import BINARY, CONT, PING, TEXT, Close, CloseCode, Opcode
from websockets.http11 import Request

from chinwag.gateway.frame import DEFLATE_FROM, Frame, frame_text, to_deflated
from chinwag.gateway.handshake import Handshake, shake_hands
from chinwag.gateway.hearing import Hearing
from chinwag.ids import Seq
from tests.gateway.test_hearing import frame

COMPRESSED, PLAIN = 4, 0
OFFER = "permessage-deflate"
LONG = json.dumps([f"Another {n * n} cups, Grüße, 🫖" for n in range(200)]).encode()


def shake(*offers: str) -> Handshake:
    headers = Headers(
        {
            "Host": "localhost",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        }
    )
    for offer in offers:
        headers["Sec-WebSocket-Extensions"] = offer
    return shake_hands(Request("/ws", headers))


def deflate(text: bytes, *, end: int = zlib.Z_SYNC_FLUSH) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    short = deflater.compress(text) + deflater.flush(end)
    return short.removesuffix(b"\x00\x00\xff\xff")


def inflate(message: bytes) -> bytes:
    """Read a compressed frame of more than 125 bytes."""
    assert message[0] == 0xC1
    assert message[1] == 126
    assert len(message) == 4 + int.from_bytes(message[2:4])
    return zlib.decompressobj(-15).decompress(message[4:] + b"\x00\x00\xff\xff")


def events(payload: bytes) -> Frame:
    return Frame(payload, first=Seq(1), last=Seq(2))


def goodbye(hearing: Hearing) -> int:
    said, end = hearing.data_to_send()
    assert not end
    return Close.parse(said[2:]).code


# What is agreed on


def test_nobody_gets_compression_who_did_not_ask() -> None:
    handshake = shake()
    assert handshake.accepted
    assert not handshake.deflates
    assert b"Extensions" not in handshake.response


@pytest.mark.parametrize(
    "offer",
    [
        OFFER,
        f"{OFFER}; client_max_window_bits",
        f"{OFFER}; server_max_window_bits=15; client_no_context_takeover",
        f"{OFFER}; server_max_window_bits=9, {OFFER}",
        f"x-webkit-other, {OFFER}; client_max_window_bits=10",
    ],
)
def test_who_asks_gets_messages_that_stand_alone(offer: str) -> None:
    handshake = shake(offer)
    assert handshake.deflates
    assert b"; server_no_context_takeover" in handshake.response
    assert b"; client_no_context_takeover" in handshake.response
    assert handshake.response.count(b"permessage-deflate") == 1


@pytest.mark.parametrize(
    "offer",
    [
        f"{OFFER}; server_max_window_bits=10",
        f"{OFFER}; server_max_window_bits=8",
        f"{OFFER}; no_such_parameter",
        "x-webkit-deflate-frame",
    ],
)
def test_an_offer_that_does_not_fit_what_others_get_is_declined(offer: str) -> None:
    handshake = shake(offer)
    assert handshake.accepted
    assert not handshake.deflates


# What is told


def test_many_events_are_compressed_once_for_all() -> None:
    told = events(LONG)
    message = to_deflated(told)
    assert inflate(message) == LONG
    assert len(message) < len(LONG) / 4
    assert to_deflated(told) is message


def test_a_frame_looks_the_same_whatever_was_asked_for_first() -> None:
    told, again = events(LONG), events(LONG)
    plain = told.message()
    assert to_deflated(told) == to_deflated(again)
    assert told.message() == again.message() == plain == frame_text(LONG)
    assert told.payload == again.payload == LONG


def test_what_is_short_stays_plain() -> None:
    short = events(b"a" * (DEFLATE_FROM - 1))
    assert to_deflated(short) is short.message()
    assert to_deflated(events(b"a" * DEFLATE_FROM))[0] == 0xC1


def test_what_is_told_to_one_alone_stays_plain() -> None:
    """It may hold keys, and how long it is must not tell anything of them."""
    own = Frame(LONG)
    assert to_deflated(own) == frame_text(LONG)


# What is heard


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_compressed_messages_are_heard_in_fragments_and_among_plain_ones(
    size: int,
) -> None:
    hearing = Hearing(inflates=True)
    short = deflate(LONG)
    parts = [short[at : at + size] for at in range(0, len(short), size)]
    said = frame(TEXT, b"one")
    for place, part in enumerate(parts):
        fin = place == len(parts) - 1
        said += frame(
            CONT if place else TEXT, part, fin=fin, rsv=PLAIN if place else COMPRESSED
        )
        said += frame(PING)
    said += frame(TEXT, b"three")
    assert hearing.hear(said) == [b"one", LONG, b"three"]
    assert len(hearing.data_to_send()) == len(parts)
    assert hearing.open


def test_a_last_block_is_the_end_of_its_message_only() -> None:
    hearing = Hearing(inflates=True)
    said = frame(TEXT, deflate(LONG, end=zlib.Z_FINISH) + b"\0", rsv=COMPRESSED)
    assert hearing.hear(said * 2) == [LONG, LONG]


def test_a_message_may_be_as_long_as_a_plain_one_and_no_longer() -> None:
    most = (
        (bytes(range(256)) * Hearing.most_bytes)[: Hearing.most_bytes // 2]
        .hex()
        .encode()
    )
    hearing = Hearing(inflates=True)
    assert hearing.hear(frame(TEXT, deflate(most), rsv=COMPRESSED)) == [most]
    hearing.hear(frame(TEXT, deflate(most + b"."), rsv=COMPRESSED))
    assert goodbye(hearing) == CloseCode.MESSAGE_TOO_BIG


def test_a_bomb_is_inflated_no_further_than_the_cap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caps: list[int] = []
    begin = zlib.decompressobj

    class Watched:
        def __init__(self, bits: int) -> None:
            self._inflater = begin(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            caps.append(most)
            return self._inflater.decompress(data, most)

    bomb = deflate(bytes(60_000_000))
    monkeypatch.setattr("chinwag.gateway.hearing.zlib.decompressobj", Watched)
    hearing = Hearing(inflates=True)
    hearing.hear(frame(TEXT, bomb[: Hearing.most_bytes], rsv=COMPRESSED))
    assert goodbye(hearing) == CloseCode.MESSAGE_TOO_BIG
    assert caps == [Hearing.most_bytes + 1]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (frame(TEXT, b"\xff not deflate", rsv=COMPRESSED), CloseCode.INVALID_DATA),
        (frame(TEXT, deflate(b"\xff"), rsv=COMPRESSED), CloseCode.INVALID_DATA),
        (frame(BINARY, deflate(b"a"), rsv=COMPRESSED), CloseCode.UNSUPPORTED_DATA),
        (frame(TEXT, deflate(b"a"), rsv=2), CloseCode.PROTOCOL_ERROR),
        (frame(TEXT, deflate(b"a"), rsv=6), CloseCode.PROTOCOL_ERROR),
        (frame(PING, b"", rsv=COMPRESSED), CloseCode.PROTOCOL_ERROR),
        (
            frame(TEXT, b"a", fin=False, rsv=COMPRESSED)
            + frame(CONT, b"b", rsv=COMPRESSED),
            CloseCode.PROTOCOL_ERROR,
        ),
    ],
)
def test_what_is_compressed_otherwise_than_agreed_ends_it(
    said: bytes, code: int
) -> None:
    hearing = Hearing(inflates=True)
    assert hearing.hear(said) == []
    assert goodbye(hearing) == code


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_nobody_may_compress_who_did_not_ask(opcode: Opcode) -> None:
    hearing = Hearing()
    hearing.hear(frame(opcode, deflate(LONG), rsv=COMPRESSED))
    assert goodbye(hearing) == CloseCode.PROTOCOL_ERROR
