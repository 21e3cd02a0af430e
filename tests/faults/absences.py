"""Being away for long, and across the restoring of a backup."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.device import Device
from tests.faults.history import History
from tests.faults.storm import Storm
from tests.faults.supervisor import Supervisor
from tests.running import clean_environment

PATIENCE = 120.0


async def miss(
    supervisor: Supervisor, history: History, missed: int
) -> tuple[float, Device]:
    """Return how long it takes to catch up with so many events, and who did."""
    port = supervisor.server.port
    writer = Device("Ada/1", port, history, window=256)
    reader = Device("Bob/1", port, history)
    async with writer.socket(), reader.socket():
        started = await writer.ask("start_room", name="Long ago")
        await reader.ask("join_room", key=started["link"])
        room = started["room"]["id"]
        await reader.wait_until(lambda: reader.held[room] is not None, PATIENCE)
        reader.drop()
        await _post_many(writer, room, missed)
    head = 2 + missed
    before = time.monotonic()
    async with reader.socket():
        await reader.open_again(room)
        await reader.wait_until(lambda: _last(reader, room) == head, PATIENCE)
        seconds = time.monotonic() - before
    return seconds, reader


async def _post_many(writer: Device, room: str, count: int) -> None:
    for first in range(0, count, 500):
        asked = [
            await writer.tell("post_message", room=room, cmid=str(n), text=f"Word {n}")
            for n in range(first, min(first + 500, count))
        ]
        await asyncio.gather(*asked)


def _last(device: Device, room: str) -> int:
    event = device.held.get(room)
    return 0 if event is None else event["seq"]


async def _run(supervisor: Supervisor, *arguments: str) -> None:
    data = str(supervisor.server.data)
    command = [sys.executable, "-m", "chinwag", *arguments, "--data", data]
    await asyncio.to_thread(
        subprocess.run,
        command,
        check=True,
        env=clean_environment(supervisor.environment),
        stdout=subprocess.DEVNULL,
    )


async def restore_in_the_midst(
    supervisor: Supervisor, talk: Storm, copy: Path, *, words: int
) -> None:
    """Back up, let people talk on, and put the backup in the database's place."""
    epochs = {device.epoch for device in talk.devices}
    await _run(supervisor, "backup", str(copy))
    await talk.until_acknowledged(words)
    supervisor.server.stop()
    await _run(supervisor, "restore", str(copy))
    supervisor.note("restore")
    await supervisor.start()
    probe = Device("Probe/1", supervisor.server.port, talk.history)
    async with probe.socket():
        assert probe.epoch not in epochs, "the epoch is the old one"
    await talk.until_acknowledged(words)
