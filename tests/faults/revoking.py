"""Taking access away while many talk: leaving, ending a session, replacing a link.

What the checker can see is left to it; what it cannot is asserted here.
"""

import asyncio
import time

import httpx2
import pytest

from tests.faults.device import Device, Refused
from tests.faults.storm import Room, Storm
from tests.live.servers import Server

FORGOTTEN = 4501
PATIENCE = 20.0
MOMENT = 0.03


class Revoker:
    """Who lets people in and sees them go again, one after the other."""

    def __init__(
        self, server: Server, talk: Storm, *, patience: float = PATIENCE
    ) -> None:
        self.seconds: list[float] = []
        self._server = server
        self._talk = talk
        self._room = talk.rooms[0]
        self._count = 0
        self._patience = patience

    def _newcomer(self, name: str) -> Device:
        self._count += 1
        name = f"{name} {self._count}"
        return Device(f"{name}/1", self._server.port, self._talk.history)

    async def _hear(self, device: Device, room: Room) -> None:
        """Wait until a device is told something new."""
        before = device.held.get(room.id)
        await device.wait_until(
            lambda: device.held.get(room.id) != before, self._patience
        )

    async def let_leave(self, times: int) -> None:
        """Let somebody leave and come again: nothing is told them meanwhile."""
        device, room = self._newcomer("Zoe"), self._room
        async with device.socket():
            for _ in range(times):
                await device.ask("join_room", key=room.link)
                await self._hear(device, room)
                await device.ask("leave_room", room=room.id)
                with pytest.raises(Refused, match="not_found"):
                    await device.ask("history", room=room.id)
                await asyncio.sleep(MOMENT)

    async def end_sessions(self, times: int) -> None:
        """End sessions: their sockets close at once, and nobody comes back by them."""
        async with httpx2.AsyncClient(base_url=self._server.url) as web:
            for _ in range(times):
                await self._end_session(web)

    async def _end_session(self, web: httpx2.AsyncClient) -> None:
        first, room = self._newcomer("Guest"), self._room
        second = Device(
            first.name.replace("/1", "/2"), self._server.port, self._talk.history
        )
        async with first.socket():
            await first.ask("join_room", key=room.link)
            second.token = first.token
            async with second.socket():
                await second.ask("open_room", room=room.id)
                await self._hear(second, room)
                before = time.monotonic()
                headers = {"Authorization": f"Bearer {first.token}"}
                answer = await web.post("/api/forget", headers=headers)
                assert answer.status_code == 204
                await first.wait_until(
                    lambda: not first.connected and not second.connected,
                    self._patience,
                )
                self.seconds.append(time.monotonic() - before)
        assert first.ends == second.ends == [FORGOTTEN]
        await self._see_refused(second)

    async def _see_refused(self, device: Device) -> None:
        await device.connect()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(device.listen())
            with pytest.raises(Refused, match="unauthorized"):
                await device.greet()
            device.drop()

    async def replace_links(self, times: int) -> None:
        """Replace a room's link: the old one lets nobody in, the new one does."""
        room, owner = self._room, self._talk.people[0].devices[0]
        old = room.link
        for _ in range(times):
            new = (await owner.ask("show_link", room=room.id, replace=True))["link"]
            stranger = self._newcomer("Stranger")
            async with stranger.socket():
                for command in ("look_at_link", "join_room"):
                    with pytest.raises(Refused, match="gone"):
                        await stranger.ask(command, key=old)
                with pytest.raises(Refused, match="not_found"):
                    await stranger.ask("open_room", room=room.id)
                await stranger.ask("join_room", key=new)
            old = new
