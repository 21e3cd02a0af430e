"""Bytes that go to many sockets: the kernel sends one copy of them to all (ADR 0021).

`write` has it copy them for each. From a file in memory it takes the pages themselves.
"""

import os
import sys
from collections.abc import Iterable
from typing import Any, Protocol

SHARED_FROM = 12 * 1024
"""Bytes from which pages cost less than a copy of what is on them."""
READERS_FROM = 8
"""Sockets from which a file is worth making."""


class Socket(Protocol):
    """What is used of a transport (asyncio)."""

    def write(self, data: bytes | memoryview) -> None:
        """Take bytes for the client, at once and without limit."""
        ...

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait for the client here."""
        ...

    def get_extra_info(self, name: str) -> Any:  # noqa: ANN401 - whatever there is
        """Return the `socket`, for one."""
        ...


def is_worth_sharing(data: bytes, readers: int) -> bool:
    """Tell whether `write_shared` is quicker than a `write` each."""
    return len(data) >= SHARED_FROM and readers >= READERS_FROM


def write_shared(data: bytes, sockets: Iterable[Socket]) -> None:
    """Write the same bytes to sockets, in order with all else that they are written."""
    file = _put_in_memory(data)
    if file is None:
        for socket in sockets:
            socket.write(data)
        return
    view, size, send = memoryview(data), len(data), os.sendfile
    try:
        for socket in sockets:
            sent = 0
            plain = socket.get_extra_info("socket")
            if plain is not None and not socket.get_write_buffer_size():
                try:
                    sent = send(plain.fileno(), file, 0, size)
                except OSError:
                    # It is full, or closed, or the system can't do that with it.
                    sent = 0
            if sent < size:
                # The transport waits for the rest, or meets what went wrong.
                socket.write(view[sent:])
    finally:
        # What is under way keeps its pages. They are never written to again.
        os.close(file)


def _put_in_memory(data: bytes) -> int | None:
    """Return the descriptor of a nameless file that holds `data`, if there can be."""
    if sys.platform != "linux":
        return None
    try:
        file = os.memfd_create("batch")
    except OSError:
        return None
    try:
        if os.write(file, data) == len(data):
            return file
    except OSError:
        pass
    os.close(file)
    return None
