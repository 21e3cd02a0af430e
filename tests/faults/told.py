"""What a server has told its clients, read from what it sent; and what is missing.

Whatever was told must be in the log for ever: replies to posts, and events.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from chinwag.store.driver import sqlite
from tests.faults.frames import TEXT, first_frame
from tests.faults.history import Record
from tests.faults.traces import Call

SENDS = {"write", "writev", "sendto", "sendmsg"}
_END_OF_HEAD = b"\r\n\r\n"
_LIST = "SELECT printf('%x', room), seq, at FROM events"
_HEADS = "SELECT printf('%x', room), head FROM heads"
_ZEROS = re.compile("^0+")


@dataclass
class Told:
    """When (`at`) each event that somebody was told of stands in its room."""

    events: dict[tuple[str, int], int] = field(
        default_factory=dict[tuple[str, int], int]
    )
    replies: int = 0

    def add(self, room: str, seq: int, at: int) -> None:
        """Note an event."""
        self.events[_ZEROS.sub("", room), seq] = at


def read_told(calls: Iterable[Call], cut: int, room: str) -> Told:
    """Return what was sent before a line; replies to posts are of one room."""
    told = Told()
    for frame in _frames(call for call in calls if call.begin <= cut):
        if frame.get("type") == "events":
            for event in frame["events"]:
                told.add(frame["room"], event["seq"], event["at"])
        elif "duplicate" in frame.get("result", {}):
            result = frame["result"]
            told.add(room, result["seq"], result["at"])
            told.replies += 1
    return told


def told_in(records: Iterable[Record]) -> Told:
    """Return what devices were told, as their history has it."""
    told = Told()
    rooms: dict[int, str] = {}
    for record in records:
        if record["what"] == "invoke":
            rooms[record["op"]] = record["command"].get("room", "")
        elif record["what"] == "ok" and "duplicate" in record["result"]:
            result = record["result"]
            told.add(rooms[record["op"]], result["seq"], result["at"])
            told.replies += 1
        elif record["what"] == "delivered":
            for event in record["events"]:
                told.add(record["room"], event["seq"], event["at"])
    return told


def _frames(calls: Iterable[Call]) -> Iterator[dict[str, Any]]:
    streams: dict[int, bytes] = {}
    for call in calls:
        if call.name == "close":
            streams.pop(call.number, None)
        elif call.name in SENDS and call.path.startswith(("socket:", "TCP:")):
            said = streams.get(call.number, b"") + call.data
            while frame := _first_frame(said):
                text, said = frame
                if text.startswith(b"{"):
                    yield msgspec.json.decode(text)
            streams[call.number] = said


def _first_frame(said: bytes) -> tuple[bytes, bytes] | None:
    """Return the first frame of a stream, or its head, and what follows."""
    if said.startswith(b"HTTP/"):
        head, end, rest = said.partition(_END_OF_HEAD)
        return (head, rest) if end else None
    found = first_frame(said)
    if found is None:
        return None
    kind, start, end = found
    return (said[start:end] if kind == TEXT else b"-"), said[end:]


def list_missing(data: Path, told: Told) -> list[str]:
    """Return how a database falls short of what was told; it recovers on the way."""
    try:
        with closing(sqlite.connect(data / "chinwag.db")) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
            kept = {(r, s): at for r, s, at in connection.execute(_LIST)}
            heads = dict(connection.execute(_HEADS).fetchall())
    except sqlite.DatabaseError as error:
        return [f"unreadable: {error}"] if told.events else []
    faults = [] if sound == "ok" else [f"unsound: {sound}"]
    for (room, seq), at in told.events.items():
        if kept.get((room, seq)) != at:
            faults.append(f"missing: {seq} of {room}")
    for room, head in heads.items():
        count = sum(1 for each, _ in kept if each == room)
        if count != head:
            faults.append(f"{count} events of {head} of {room}")
    return faults
