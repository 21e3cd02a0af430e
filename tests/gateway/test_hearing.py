"""What a socket is heard to say, held against the library's own reading of it."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

from chinwag.gateway.hearing import MOST_FRAGMENTS, Hearing

MASK = b"\x1f\x00\xa5\x3c"


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0
) -> bytes:
    """Return a masked frame, whether it is allowed or not."""
    head = (0x80 if fin else 0) | rsv << 4 | opcode
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65_536:
        length = struct.pack("!BH", 0x80 | 126, size)
    else:
        length = struct.pack("!BQ", 0x80 | 127, size)
    masked = bytes(byte ^ MASK[n % 4] for n, byte in enumerate(payload))
    return bytes([head]) + length + MASK + masked


class Long(bytes):
    """A long frame, shown as a short text."""

    @override
    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


class Reference:
    """The library's reading, with messages put together and UTF-8 checked."""

    def __init__(self) -> None:
        self._ws = Protocol(SERVER, state=OPEN, max_size=Hearing.most_bytes)
        self._parts: list[bytes] = []
        self._deaf: int | None = None
        self.texts: list[bytes] = []

    def hear(self, data: bytes) -> None:
        self._ws.receive_data(data)
        for event in self._ws.events_received():
            assert isinstance(event, Frame)
            if event.opcode not in (Opcode.TEXT, Opcode.CONT, Opcode.BINARY):
                continue
            if not self._deaf:
                self._take(event)

    def _take(self, event: Frame) -> None:
        if event.opcode is Opcode.BINARY:
            self._deaf = CloseCode.UNSUPPORTED_DATA
            return
        self._parts.append(bytes(event.data))
        if not event.fin:
            return
        text, self._parts = b"".join(self._parts), []
        try:
            text.decode()
        except UnicodeDecodeError:
            self._deaf = CloseCode.INVALID_DATA
        else:
            self.texts.append(text)

    def sent(self) -> list[bytes]:
        return [bytes(data) for data in self._ws.data_to_send()]

    @property
    def goodbye(self) -> int | None:
        """The code of its goodbye, ours before its own: that is for what came later."""
        sent = self._ws.close_sent
        return self._deaf or (None if sent is None else sent.code)


def read(out: list[bytes]) -> tuple[list[bytes], int | None]:
    """Return the pongs and the code of the goodbye among what is to be sent."""
    pongs, code = list[bytes](), None
    for data in out:
        if data[:1] == b"\x8a":
            pongs.append(data[2:])
        elif data[:1] == b"\x88":
            code = Close.parse(data[2:]).code
    return pongs, code


texts = st.one_of(st.binary(max_size=6), st.text(max_size=200).map(str.encode))
good = st.one_of(
    st.builds(frame, st.just(1), texts),
    st.builds(frame, st.sampled_from([0, 1]), texts, fin=st.booleans()),
    st.builds(frame, st.sampled_from([9, 10]), st.binary(max_size=125)),
    st.just(Long(frame(1, b"x" * 70_000))),
)
bad = st.one_of(
    st.builds(
        frame,
        st.integers(0, 15),
        st.binary(max_size=130),
        fin=st.booleans(),
        rsv=st.integers(0, 7),
    ),
    st.builds(frame, st.just(8), st.binary(max_size=3)),
    st.builds(frame, st.just(8), st.integers(900, 5_000).map(lambda n: n.to_bytes(2))),
    st.just(frame(1, b"x" * (Hearing.most_bytes + 1))[:20]),
)


@given(
    st.lists(good, max_size=8),
    st.none() | bad,
    st.lists(good, max_size=2),
    st.lists(st.floats(0, 1), max_size=6),
)
def test_it_hears_what_the_library_hears_however_it_is_cut(
    before: list[bytes], broken: bytes | None, after: list[bytes], at: list[float]
) -> None:
    said = b"".join([*before, broken or b"", *after])
    cuts = sorted(round(each * len(said)) for each in at)
    hearing, reference = Hearing(), Reference()
    heard, out = list[bytes](), list[bytes]()
    for start, end in pairwise([0, *cuts, len(said)]):
        heard += hearing.hear(said[start:end])
        out += hearing.data_to_send()
        if reference.goodbye is None:
            reference.hear(said[start:end])
    pongs, goodbye = read(out)
    assert heard == reference.texts
    assert goodbye == reference.goodbye
    assert hearing.open == (reference.goodbye is None)
    assert (out[-1:] == [b""]) == (goodbye is not None)
    others = read(reference.sent())[0]
    # It goes on answering after what it does not know to be wrong.
    assert pongs == others[: len(pongs)]
    assert goodbye is not None or len(pongs) == len(others)


def test_a_frame_that_comes_byte_by_byte_is_heard_once_it_is_whole() -> None:
    hearing = Hearing()
    for byte in (said := frame(1, "Käse".encode() * 100))[:-1]:
        assert hearing.hear(bytes([byte])) == []
        assert hearing.half
    assert hearing.hear(said[-1:]) == ["Käse".encode() * 100]
    assert not hearing.half
    assert hearing.begun


def test_a_message_of_too_many_fragments_is_too_big() -> None:
    hearing = Hearing()
    hearing.hear(frame(1, fin=False))
    for _ in range(MOST_FRAGMENTS - 1):
        assert hearing.open
        hearing.hear(frame(0, fin=False))
    assert read(hearing.data_to_send()) == ([], CloseCode.MESSAGE_TOO_BIG)


def test_fragments_are_too_big_together() -> None:
    hearing = Hearing()
    hearing.hear(frame(1, b"x" * (Hearing.most_bytes - 1), fin=False))
    hearing.hear(frame(9, b"?"))
    assert read(hearing.data_to_send()) == ([b"?"], None)
    hearing.hear(frame(0, b"xx"))
    assert read(hearing.data_to_send()) == ([], CloseCode.MESSAGE_TOO_BIG)


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x0f\xa0bye"])
def test_a_goodbye_is_answered_with_the_same(payload: bytes) -> None:
    hearing = Hearing()
    hearing.hear(frame(8, payload))
    assert hearing.data_to_send() == [b"\x88%c%b" % (len(payload), payload), b""]
    assert not hearing.open
    assert hearing.hear(frame(9, b"?")) == []
    assert hearing.data_to_send() == []


def test_nothing_is_said_twice_at_the_end() -> None:
    hearing = Hearing()
    hearing.fail(4004, "No sign of life.")
    hearing.fail(4008, "Too late.")
    goodbye = Close(4004, "No sign of life.").serialize()
    assert hearing.data_to_send() == [b"\x88%c%b" % (len(goodbye), goodbye), b""]


def test_the_answer_to_a_ping_is_a_sign_of_life_unless_a_frame_has_begun() -> None:
    answer = b"\x8a\x80mask"
    hearing = Hearing()
    assert hearing.is_sign_of_life(answer)
    assert not hearing.is_sign_of_life(b"\x8a\x80mas")
    assert not hearing.is_sign_of_life(b"\x89\x80mask")
    assert not hearing.is_sign_of_life(answer + answer)
    # Here it would be the content of a frame that has begun.
    assert hearing.hear(b"\x81\x86" + bytes(4)) == []
    assert not hearing.is_sign_of_life(answer)
    hearing = Hearing()
    hearing.fail(1000, "")
    assert not hearing.is_sign_of_life(answer)
