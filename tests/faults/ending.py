"""How tasks are ended that may not notice that they are."""

import asyncio
from collections.abc import Sequence


async def end_tasks(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are gone.

    A group of tasks that is just failing swallows a cancellation before Python 3.13:
    a device that loses its socket at that moment would live on for ever.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.5)
