"""A disk after a power cut: what was synced is there, of the rest whatever pleases it.

Made from a trace up to some line. Writes that no sync has covered are dropped, kept in
part, kept out of order, or torn within: a disk keeps sectors of 512 bytes, or not.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from tests.faults.traces import Call

SECTOR = 512
MOODS = ("dropped", "kept", "cut off", "reordered", "torn")
SYNCS = {"fsync", "fdatasync"}
# The write-ahead log's index is not written but mapped, and made anew after a crash.
UNCOUNTED = "-shm"
_NUMBERS = re.compile(r"\d+")


@dataclass
class _Write:
    """Bytes at a place, or, with no bytes, the file's new length."""

    offset: int
    data: bytes | None
    end: int


@dataclass
class _File:
    """What is on the disk of it, what may be, and how long it seems to be."""

    disk: bytearray = field(default_factory=bytearray)
    waiting: list[_Write] = field(default_factory=list[_Write])
    size: int = 0

    def put(self, write: _Write) -> None:
        self.waiting.append(write)
        if write.data is None:
            self.size = write.offset
        else:
            self.size = max(self.size, write.offset + len(write.data))

    def sync(self, begin: int) -> None:
        """Write down what was written before a sync began."""
        for write in self.waiting:
            if write.end < begin:
                _apply(self.disk, write)
        self.waiting = [write for write in self.waiting if write.end >= begin]


@dataclass
class _Rename:
    """A name that is given to a file, or taken away."""

    name: str
    file: _File | None
    end: int


def _apply(disk: bytearray, write: _Write) -> None:
    if write.data is None:
        del disk[write.offset :]
        disk.extend(bytes(write.offset - len(disk)))
        return
    disk.extend(bytes(max(0, write.offset - len(disk))))
    disk[write.offset : write.offset + len(write.data)] = write.data


class Disk:
    """A data directory, as the calls of a trace leave it."""

    def __init__(self, data: Path) -> None:
        self._root = str(data)
        self._names: dict[str, _File] = {}
        self._disk_names: dict[str, _File] = {}
        self._waiting: list[_Rename] = []

    def replay(self, calls: Sequence[Call], cut: int) -> None:
        """Do what was begun up to a line; a sync counts once it is over."""
        for call in calls:
            if call.begin > cut:
                return
            if call.result >= 0 and (call.name not in SYNCS or call.end <= cut):
                self._do(call)

    def _do(self, call: Call) -> None:
        match call.name:
            case "openat":
                self._open(call)
            case "rename":
                old, new = (PurePath(text.decode()) for text in call.texts)
                if str(old.parent) == self._root:
                    file = self._names.pop(old.name)
                    self._name(new.name, file, call.end)
                    self._name(old.name, None, call.end)
            case "unlink":
                path = PurePath(call.texts[0].decode())
                if str(path.parent) == self._root:
                    self._name(path.name, None, call.end)
            case "fsync" | "fdatasync" if call.path == self._root:
                self._sync_names(call.begin)
            case _:
                self._do_to_file(call)

    def _open(self, call: Call) -> None:
        path = PurePath(call.texts[0].decode())
        if str(path.parent) != self._root or path.name.endswith(UNCOUNTED):
            return
        if "O_CREAT" in call.rest and path.name not in self._names:
            self._name(path.name, _File(), call.end)
        elif "O_TRUNC" in call.rest:
            self._names[path.name].put(_Write(0, None, call.end))

    def _name(self, name: str, file: _File | None, end: int) -> None:
        self._waiting.append(_Rename(name, file, end))
        if file is None:
            self._names.pop(name, None)
        else:
            self._names[name] = file

    def _sync_names(self, begin: int) -> None:
        for rename in self._waiting:
            if rename.end < begin:
                _rename(self._disk_names, rename)
        self._waiting = [each for each in self._waiting if each.end >= begin]

    def _do_to_file(self, call: Call) -> None:
        path = PurePath(call.path)
        file = self._names.get(path.name)
        if file is None or str(path.parent) != self._root:
            return
        match call.name:
            case "pwrite64":
                offset = int(_NUMBERS.findall(call.rest)[-1])
                file.put(_Write(offset, call.data, call.end))
            case "write":
                file.put(_Write(file.size, call.data, call.end))
            case "ftruncate":
                size = int(_NUMBERS.findall(call.rest)[-1])
                file.put(_Write(size, None, call.end))
            case "fsync" | "fdatasync":
                file.sync(call.begin)
            case _:
                pass

    def lose_power(self, mood: str, dice: random.Random) -> Mapping[str, bytes]:
        """Return what the files are when the power is back."""
        names = dict(self._disk_names)
        # A file system keeps the order of its own entries.
        kept = {"dropped": 0, "kept": len(self._waiting)}
        most = kept.get(mood, dice.randint(0, len(self._waiting)))
        for rename in self._waiting[:most]:
            _rename(names, rename)
        return {name: _survive(file, mood, dice) for name, file in names.items()}


def _rename(names: dict[str, _File], rename: _Rename) -> None:
    if rename.file is None:
        names.pop(rename.name, None)
    else:
        names[rename.name] = rename.file


def _survive(file: _File, mood: str, dice: random.Random) -> bytes:
    disk = bytearray(file.disk)
    chance = dice.choice((0.1, 0.5, 0.9))
    stop = dice.randint(0, len(file.waiting))
    for n, write in enumerate(file.waiting):
        match mood:
            case "kept":
                _apply(disk, write)
            case "cut off" if n < stop:
                _apply(disk, write)
            case "cut off" if n == stop and write.data:
                sectors = dice.randint(0, len(write.data) // SECTOR)
                _apply(disk, _Write(write.offset, write.data[: sectors * SECTOR], 0))
            case "reordered" if dice.random() < chance:
                _apply(disk, write)
            case "torn":
                _tear(disk, write, chance, dice)
            case _:
                pass
    return bytes(disk)


def _tear(disk: bytearray, write: _Write, chance: float, dice: random.Random) -> None:
    if write.data is None:
        if dice.random() < chance:
            _apply(disk, write)
        return
    start = 0
    while start < len(write.data):
        stop = min(len(write.data), start + SECTOR - (write.offset + start) % SECTOR)
        if dice.random() < chance:
            _apply(disk, _Write(write.offset + start, write.data[start:stop], 0))
        start = stop
