"""What waits for the reader of a stream is bounded, and nothing of it is lost."""

import asyncio

from chinwag.api.pipe import FULL_BYTES, LOW_BYTES, Pipe
from chinwag.protocol.door import StreamReader
from chinwag.protocol.results import Me, Opened, RoomView

ROOM = RoomView("1", "Tea", "", "link", 1, "owner", 1, 1, 0, 0)
OPENED = Opened(room=ROOM, head=1, start=1, reset=False)
ADA = Me("2", "Ada", guest=True)


class Tap:
    """A stream that notes what it is told, and writes at once when it is opened."""

    def __init__(self, first: bytes = b"") -> None:
        self.first = first
        self.told: list[str] = []

    def open_stream(self, me: Me, opened: Opened, reader: StreamReader) -> "Tap":
        assert (me, opened) == (ADA, OPENED)
        reader.write(self.first)
        return self

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def close(self) -> None:
        self.told.append("close")


async def test_what_is_written_is_read_in_order() -> None:
    pipe = Pipe()
    pipe.write(b"one ")
    pipe.write(b"two ")
    assert await pipe.read(1) == b"one two "
    pipe.write(b"three")
    assert await pipe.read(1) == b"three"


async def test_a_reader_who_waits_is_woken() -> None:
    pipe = Pipe()
    asyncio.get_running_loop().call_later(0.01, pipe.write, b"one")
    assert await pipe.read(5) == b"one"


async def test_a_reader_whose_patience_ends_gets_nothing() -> None:
    assert await Pipe().read(0.01) == b""


async def test_at_the_end_what_waits_is_still_read() -> None:
    pipe = Pipe()
    pipe.write(b"one")
    pipe.end()
    pipe.write(b"too late")
    assert await pipe.read(1) == b"one"
    assert await pipe.read(1) is None


async def test_the_stream_pauses_when_much_waits_and_goes_on_when_little_does() -> None:
    pipe, tap = Pipe(), Tap()
    pipe.open(tap, ADA, OPENED)
    pipe.write(b"x" * FULL_BYTES)
    assert tap.told == []
    pipe.write(b"x" * LOW_BYTES)
    pipe.write(b"x")
    assert tap.told == ["pause"]
    data = await pipe.read(1)
    assert data is not None
    # Read is not taken: the client's own buffer may be full.
    assert tap.told == ["pause"]
    pipe.taken(data[: FULL_BYTES + 1])
    assert tap.told == ["pause"]
    pipe.taken(data[FULL_BYTES + 1 :])
    assert tap.told == ["pause", "resume"]


async def test_what_is_written_on_opening_counts_too() -> None:
    pipe, tap = Pipe(), Tap(b"x" * (FULL_BYTES + 1))
    pipe.open(tap, ADA, OPENED)
    assert tap.told == ["pause"]


async def test_a_closed_pipe_closes_its_stream_once() -> None:
    pipe, tap = Pipe(), Tap(b"one")
    pipe.open(tap, ADA, OPENED)
    pipe.close()
    pipe.close()
    assert tap.told == ["close"]
    assert await pipe.read(1) is None
