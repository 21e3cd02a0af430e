"""A room's events as an event stream: complete, resumable, and never in the way."""

import asyncio

import pytest
from structlog.testing import capture_logs

from chinwag.api.pipe import FULL_BYTES
from chinwag.protocol.close import Close
from chinwag.protocol.door import Stream, StreamReader, Streams
from chinwag.protocol.results import Me, Opened
from tests.api.conftest import ORIGIN, Guest, Serve, Server
from tests.api.listening import PATIENCE, Listener


def listen(server: Server, guest: Guest, query: str = "", **headers: str) -> Listener:
    """Return a listener of the guest's room."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    bearer = {"Authorization": f"Bearer {guest.token}"}
    path = f"/api/rooms/{guest.room}/stream{query}"
    return Listener(server.app, path, bearer | headers)


async def test_a_stream_tells_what_was_said_and_then_what_is_being_said(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    await ada.say("before")
    async with listen(server, ada) as listener:
        assert listener.status == 200
        assert listener.headers["content-type"].startswith("text/event-stream")
        assert listener.headers["cache-control"] == "no-store"
        assert "content-length" not in listener.headers
        assert await listener.text() == "retry: 2000"
        first = await listener.event()
        assert first is not None
        assert first.id == f"{server.epoch}:2"
        assert first.frame["type"] == "events"
        assert [event["seq"] for event in first.frame["events"]] == [1, 2]
        await ada.say("after")
        assert await listener.seqs(3) == [3]


async def test_a_frame_is_the_sockets_frame(server: Server) -> None:
    ada = await server.guest("Ada")
    async with listen(server, ada) as listener:
        event = await listener.event()
    assert event is not None
    history = (await ada.client.get(f"/api/rooms/{ada.room}/events")).json()
    assert event.frame == {
        "type": "events",
        "room": ada.room,
        "from": 1,
        "events": history["events"],
        "people": history["people"],
    }


async def test_after_a_seq_only_what_followed_it_is_told(server: Server) -> None:
    ada = await server.guest("Ada")
    for number in range(2, 6):
        await ada.say(f"message {number}")
    async with listen(server, ada, "?after=3") as listener:
        assert await listener.seqs(5) == [4, 5]


async def test_the_last_events_id_resumes_and_goes_before_after(server: Server) -> None:
    ada = await server.guest("Ada")
    for number in range(2, 6):
        await ada.say(f"message {number}")
    last = f"{server.epoch}:4"
    async with listen(server, ada, "?after=1", Last_Event_ID=last) as listener:
        assert await listener.seqs(5) == [5]


async def test_nothing_is_missed_and_nothing_is_told_twice_while_resuming(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    told: list[int] = []

    async def talk() -> None:
        for number in range(2, 302):
            await ada.say(f"message {number}")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(talk())
        last = f"{server.epoch}:0"
        while not told or told[-1] < 301:
            async with listen(server, ada, Last_Event_ID=last) as listener:
                told += await listener.seqs(min(301, len(told) + 20))
                last = f"{server.epoch}:{told[-1]}"
    assert told == list(range(1, 302))


async def test_who_is_far_behind_still_gets_everything(server: Server) -> None:
    ada = await server.guest("Ada")
    await asyncio.gather(*(ada.say(f"message {number}") for number in range(2_200)))
    async with listen(server, ada, "?after=0") as listener:
        assert await listener.seqs(2_201) == list(range(1, 2_202))


@pytest.mark.parametrize(
    "last",
    [
        "",
        ":",
        "5",
        "{epoch}",
        "{epoch}:",
        "{epoch}:-1",
        "{epoch}:five",
        "{epoch}:\u00b2",
        "{epoch}:99999999999999999",
        "{epoch}:1:1",
        "old:1",
    ],
)
async def test_an_id_of_another_epoch_or_of_nonsense_starts_anew(
    server: Server, last: str
) -> None:
    ada = await server.guest("Ada")
    await ada.say("Hullo")
    said = last.format(epoch=server.epoch)
    async with listen(server, ada, "?after=1", Last_Event_ID=said) as listener:
        assert await listener.seqs(2) == [1, 2]


async def test_who_may_not_read_gets_a_problem_and_no_stream(server: Server) -> None:
    ada, eve = await server.guest("Ada"), await server.guest("Eve")
    stranger = Guest(eve.client, ada.made | {"token": eve.token})
    nobody = Guest(eve.client, ada.made | {"token": "nobody's"})
    for guest, status in ((stranger, 404), (nobody, 401)):
        async with listen(server, guest) as listener:
            assert listener.status == status
            assert listener.headers["content-type"] == "application/problem+json"
    assert server.hub.live_rooms == 0


async def test_a_page_listens_with_its_cookie(server: Server) -> None:
    page = server.page()
    made = (await page.post("/api/rooms", json={})).json()
    cookie = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    path = f"/api/rooms/{made['room']['id']}/stream"
    said = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    async with Listener(server.app, path, said) as listener:
        assert await listener.seqs(1) == [1]
    foreign = said | {"Origin": ORIGIN.replace("2428", "3000")}
    async with Listener(server.app, path, foreign) as listener:
        assert listener.status == 403


async def test_a_listener_that_hangs_up_is_let_go(server: Server) -> None:
    ada = await server.guest("Ada")
    async with listen(server, ada) as listener:
        await listener.seqs(1)
        assert server.hub.live_rooms == 1
    assert server.hub.live_rooms == 0
    assert (await ada.say("Is anybody there?")).status_code == 200


async def test_who_only_wants_the_head_is_not_kept(server: Server) -> None:
    ada = await server.guest("Ada")
    async with asyncio.timeout(PATIENCE):
        answer = await ada.client.head(f"/api/rooms/{ada.room}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert server.hub.live_rooms == 0


async def test_a_request_that_is_given_up_leaves_nothing_open(server: Server) -> None:
    ada = await server.guest("Ada")
    begun = 0
    with capture_logs() as logs:
        for patience in range(40):
            async with asyncio.TaskGroup() as tasks:
                listener = listen(server, ada)
                asking = tasks.create_task(listener.ask())
                for _ in range(patience):
                    await asyncio.sleep(0)
                asking.cancel()
            begun += listener.begun
        await server.door.drain()
    assert logs == []
    assert 0 < begun < 40
    assert server.hub.live_rooms == 0


async def test_the_stream_ends_with_the_session(server: Server) -> None:
    ada = await server.guest("Ada")
    async with listen(server, ada) as listener:
        await listener.seqs(1)
        await ada.client.post("/api/forget")
        assert await listener.ends()


async def test_the_stream_ends_when_the_server_does(server: Server) -> None:
    ada = await server.guest("Ada")
    async with listen(server, ada) as listener:
        await listener.seqs(1)
        server.hub.hang_all(Close.GOING_DOWN)
        assert await listener.ends()


async def test_a_silent_stream_gives_signs_of_life(serve: Serve) -> None:
    server = await serve(heartbeat=0.02)
    ada = await server.guest("Ada")
    async with listen(server, ada) as listener:
        await listener.seqs(1)
        pings = 0
        while pings < 3:
            pings += await listener.text() == ": ping"
        await ada.say("Hullo")
        assert await listener.seqs(2) == [2]


async def test_a_listener_that_does_not_read_is_left_to_the_log_and_misses_nothing(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    async with listen(server, ada) as slow, listen(server, ada) as quick:
        await slow.seqs(1)
        await quick.seqs(1)
        slow.drains.clear()
        for start in range(0, 300, 100):
            many = range(start, start + 100)
            await asyncio.gather(
                *(ada.say(f"{number} {'x' * 3_000}") for number in many)
            )
        assert await quick.seqs(301) == list(range(2, 302))
        slow.drains.set()
        assert await slow.seqs(301) == list(range(2, 302))


async def test_little_waits_for_a_listener_that_does_not_read(serve: Serve) -> None:
    counter = Counter()
    server = await serve(streams=counter.of)
    ada = await server.guest("Ada")
    async with listen(server, ada) as slow:
        await slow.seqs(1)
        slow.drains.clear()
        for number in range(100):
            await ada.say(f"{number} {'x' * 9_000}")
        # What is on its way, what waits, and what was written in the same turn.
        assert counter.bytes < FULL_BYTES + 3 * 10_000


class Counter:
    """Streams that count what they write."""

    def __init__(self) -> None:
        self.bytes = 0

    def of(self, streams: Streams) -> Streams:
        """Count what these write."""
        self._streams = streams
        return self

    def open_stream(self, me: Me, opened: Opened, reader: StreamReader) -> Stream:
        """Open one that counts."""
        return self._streams.open_stream(me, opened, Counted(self, reader))


class Counted:
    """A reader of whom it is counted what is written to them."""

    def __init__(self, counter: Counter, reader: StreamReader) -> None:
        self._counter = counter
        self._reader = reader

    def write(self, data: bytes) -> None:
        """Count, and pass on."""
        self._counter.bytes += len(data)
        self._reader.write(data)

    def end(self) -> None:
        """Pass on."""
        self._reader.end()


async def test_the_stream_ends_with_the_membership(server: Server) -> None:
    ada, eve = await server.guest("Ada"), server.program()
    joined = await eve.post("/api/join", json={"key": ada.key, "name": "Eve"})
    guest = Guest(server.program(joined.json()["token"]), joined.json())
    async with listen(server, guest) as listener:
        assert await listener.seqs(2) == [1, 2]
        await guest.ask("leave_room", room=ada.room)
        await ada.say("She is gone.")
        assert await listener.seqs(3) == [3]
        assert await listener.ends()
