"""Whoever stops reading catches up from the log, and costs nobody else anything."""

import asyncio
import statistics
from pathlib import Path

from tests.live.conftest import Start
from tests.live.guests import Guest, Held, Room
from tests.live.servers import Server
from tests.live.wires import Wire

WINDOW = 4_096
BIG = "x" * 4_000


def more_than_the_system_keeps() -> int:
    """Return so many big messages that no buffer of the system holds them."""
    most = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    return (most + 2**20) // len(BIG)


async def flood(dora: Guest, room: Room, count: int) -> None:
    for start in range(0, count, 50):
        await dora.post_all(room, [f"{n} {BIG}" for n in range(start, start + 50)])


async def measure(ada: Guest, room: Room, name: str, count: int) -> float:
    """Return how long it takes that a message is said and heard, in the median."""
    loop = asyncio.get_running_loop()
    taken: list[float] = []
    for n in range(count):
        begun = loop.time()
        posted = await ada.post(room, f"{name} {n}")
        await ada.hear_up_to(room, posted["seq"])
        taken.append(loop.time() - begun)
        await asyncio.sleep(0.01)
    return statistics.median(taken)


async def test_a_socket_that_stops_reading_under_load_is_complete_afterwards(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    bob = await server.enter("Bob", window=WINDOW)
    await bob.join(room)
    dora = await server.enter("Dora")
    await dora.join(room)
    alone = await measure(ada, room, "before", 20)
    # Bob does not read from here on.
    async with asyncio.TaskGroup() as tasks:
        flooding = tasks.create_task(flood(dora, room, more_than_the_system_keeps()))
        while not flooding.done():
            await measure(ada, room, f"amid {asyncio.get_running_loop().time()}", 5)
    beside = await measure(ada, room, "beside", 20)
    assert beside < 3 * alone + 0.02
    # He reads again, on the same socket, and while the others go on.
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dora.post_all(room, [f"late {n}" for n in range(200)]))
        catching_up = tasks.create_task(
            bob.hear(lambda: "late 199" in bob.rooms[room.id].texts[-1:], "the end")
        )
    assert catching_up.done()
    held, whole = bob.rooms[room.id], await read_all(server, ada, room)
    assert held.last == whole.last
    assert held.texts == whole.texts
    # Only who has fallen behind is told once more who all is here.
    everybody = {ada.id, bob.id, dora.id}
    await bob.hear(
        lambda: any(set(push.get("joined", ())) == everybody for push in bob.pushed),
        "everybody's names",
    )


async def read_all(server: Server, ada: Guest, room: Room) -> Held:
    reader = await server.enter("Reader", token=ada.token)
    opened = await reader.open(room, after=0, most=10**9)
    return await reader.hear_up_to(room, opened["head"])


async def test_an_event_stream_that_stops_reading_is_complete_afterwards(
    server: Server,
) -> None:
    ada = await server.enter("Ada")
    room = await ada.start_room()
    stream = await server.wire(window=WINDOW)
    stream.ask(
        f"GET /api/rooms/{room.id}/stream?after=0 HTTP/1.1",
        Host=f"127.0.0.1:{server.port}",
        Authorization=f"Bearer {ada.token}",
    )
    assert (await stream.head())[0] == 200
    count = more_than_the_system_keeps()
    await flood(ada, room, count)
    last = (await ada.post(room, "The end."))["seq"]
    seqs = await read_stream(stream, last)
    assert seqs == list(range(1, last + 1))


async def read_stream(stream: Wire, last: int) -> list[int]:
    """Return the `seq` of every event that an event stream brings, as they come."""
    seqs: list[int] = []
    rest = b""
    async with asyncio.timeout(20):
        while not seqs or seqs[-1] < last:
            size = int(await stream.reader.readuntil(b"\r\n"), 16)
            rest += (await stream.reader.readexactly(size + 2))[:-2]
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line.startswith(b'data: {"type":"events"'):
                    seqs += [
                        int(part.split(b",")[0]) for part in line.split(b'{"seq":')[1:]
                    ]
    return seqs


async def grow(server: Server, readers: int) -> int:
    """Return by how many bytes a server grows while much is said and some read none."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    await flood(ada, room, 200)
    before = server.memory()
    slow = [await server.socket(window=WINDOW, token=ada.token) for _ in range(readers)]
    for wire in slow:
        wire.say("open_room", 1, room=room.id, after=0)
        assert (await wire.hear_answer(1))["type"] == "reply"
    await flood(ada, room, more_than_the_system_keeps())
    return server.memory() - before


async def test_a_slow_reader_costs_bounded_memory(start: Start, tmp_path: Path) -> None:
    # What all share is paid for by the first of them; more tell what each costs.
    few = await grow(start(data=tmp_path / "few"), 20)
    many = await grow(start(data=tmp_path / "many"), 220)
    # Each holds a page at most.
    assert many - few < 200 * 320 * 1024


async def test_who_did_not_read_gets_what_is_their_own_anew(server: Server) -> None:
    """Pushes that were left out meanwhile are one snapshot afterwards."""
    ada = await server.enter("Ada")
    room = await ada.start_room()
    phone = await server.enter("Ada", token=ada.token, window=WINDOW)
    await phone.open(room)
    await flood(ada, room, more_than_the_system_keeps())
    await ada.ask("rename_me", name="Ada L.")
    other = await ada.start_room("Another")
    told = await phone.hear_push("me")
    assert told["me"]["name"] == "Ada L."
    assert {place["id"] for place in told["rooms"]} == {room.id, other.id}
