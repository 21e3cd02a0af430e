"""Compressed sockets of a real client, beside plain ones, in one room."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.live.servers import Server

WORDS = "Do you want another cup of the same tea?"
Frame = dict[str, Any]


class Line:
    """A socket of the library's client, which counts the bytes that come."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[Frame] = []
        self._id = 0

    async def ask(self, command: str, **fields: object) -> Frame:
        self._id += 1
        await self.socket.send(json.dumps({"type": command, "id": self._id} | fields))
        while True:
            frame = await self._hear()
            if frame.get("id") == self._id:
                assert frame["type"] == "reply", frame
                result: Frame = frame["result"]
                return result

    async def hear_until(self, seq: int) -> None:
        while not self.events or self.events[-1]["seq"] < seq:
            await self._hear()

    async def _hear(self) -> Frame:
        frame: Frame = json.loads(await self.socket.recv())
        if frame["type"] == "events":
            self.events += frame["events"]
        return frame


def line(server: Server, compression: str | None) -> connect:
    return connect(
        f"ws://127.0.0.1:{server.port}/ws", compression=compression, proxy=None
    )


@pytest.mark.parametrize("long", [1, 50])
async def test_all_hear_the_same_whether_compressed_or_not(
    server: Server, long: int
) -> None:
    async with line(server, "deflate") as first, line(server, None) as second:
        short, plain = Line(first), Line(second)
        await short.ask("hello", name="Ada")
        started = await short.ask("start_room", name=f"Tea {long}")
        await plain.ask("hello", name="Ben")
        await plain.ask("join_room", key=started["key"])
        room = started["room"]["id"]
        last = 0
        for number, line_ in enumerate((short, plain) * 3):
            said = await line_.ask(
                "post_message", room=room, cmid=f"c{number}", text=WORDS * long
            )
            last = said["seq"]
        await short.hear_until(last)
        await plain.hear_until(last)
        assert [e for e in short.events if e in plain.events] == plain.events
        texts = [e["text"] for e in plain.events if e["kind"] == "message"]
        assert texts == [WORDS * long] * 6


async def test_who_comes_back_is_sent_compressed_what_was_missed(
    server: Server,
) -> None:
    async with line(server, "deflate") as socket:
        first = Line(socket)
        welcome = await first.ask("hello", name="Ada")
        token = welcome.get("token")
        started = await first.ask("start_room", name="Long tea")
        room = started["room"]["id"]
        for number in range(30):
            await first.ask("post_message", room=room, cmid=f"c{number}", text=WORDS)
    async with line(server, "deflate") as socket:
        agreed = [each.name for each in socket.protocol.extensions]
        assert agreed == ["permessage-deflate"]
        again = Line(socket)
        await again.ask("hello", token=token)
        opened = await again.ask("open_room", room=room, after=0)
        await again.hear_until(opened["head"])
        texts = [e["text"] for e in again.events if e["kind"] == "message"]
        assert texts == [WORDS] * 30
