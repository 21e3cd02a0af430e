"""What a server asked of the system, call by call: what it wrote, synced and sent.

A trace is strace's log, read back. The order of its lines is the order in which calls
began and ended, over all threads; a call that took a while has two lines.
"""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = "openat,close,pwrite64,write,writev,sendto,sendmsg,ftruncate,rename,unlink"
ATTACH_SECONDS = 5.0
_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)", re.DOTALL)
_FILE = re.compile(r"(?:AT_FDCWD|(\d+))<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_UNFINISHED = " <unfinished ...>"


@dataclass(frozen=True)
class Call:
    """One call of the system.

    Attributes:
        name: Which one.
        begin: The line of the log at which it began.
        end: The line at which it was over; of a call that never was, beyond all.
        number: The descriptor that it is about, or -1.
        path: The file of that descriptor.
        texts: All bytes that are its arguments.
        rest: What follows in its arguments, as strace writes it.
        result: What it returned.
    """

    name: str
    begin: int
    end: int
    number: int
    path: str
    texts: tuple[bytes, ...]
    rest: str
    result: int

    @property
    def data(self) -> bytes:
        """What was written of what it was to write."""
        return b"".join(self.texts)[: max(0, self.result)]


def trace(
    pid: int, log: Path, *calls: str, options: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Let strace write down the calls of a process and its threads, from now on."""
    log.write_bytes(b"")
    strace = subprocess.Popen(
        [
            *("strace", "-f", "-qq", "-o", log, "-e", "signal=none"),
            *("-e", f"trace={','.join(calls)}", *options, "-p", str(pid)),
        ],
        stderr=subprocess.DEVNULL,
    )
    wait_for_tracer(pid, strace)
    return strace


def wait_for_tracer(pid: int, strace: subprocess.Popen[bytes]) -> None:
    """Return when no call of the process escapes any more."""
    status = Path(f"/proc/{pid}/status")
    deadline = time.monotonic() + ATTACH_SECONDS
    while "TracerPid:\t0\n" in status.read_text("ascii"):
        if time.monotonic() > deadline or strace.poll() is not None:
            raise AssertionError("strace does not attach")
        time.sleep(0.002)


def read_trace(log: Path) -> list[Call]:
    """Return all calls of a log, in the order in which they began."""
    with log.open(encoding="ascii", errors="replace") as lines:
        return sorted(_read(lines), key=lambda call: call.begin)


def _read(lines: Iterator[str]) -> Iterator[Call]:
    begun: dict[str, tuple[int, str]] = {}
    number = 0
    for number, line in enumerate(lines):
        found = _LINE.match(line)
        if found is None:
            continue
        thread, said = found.groups()
        begin = number
        if resumed := _RESUMED.match(said):
            begin, start = begun.pop(thread, (number, ""))
            said = start + resumed[1]
        if said.endswith(_UNFINISHED):
            begun[thread] = (number, said.removesuffix(_UNFINISHED))
        elif call := _call(said, begin, number):
            yield call
    for begin, said in begun.values():
        # Nobody knows how much of it was done: all of it, as far as we are concerned.
        whole = 2**31 - 1
        if call := _call(f"{said}) = {whole}", begin, number + whole):
            yield call


def _call(said: str, begin: int, end: int) -> Call | None:
    found = _CALL.match(said)
    if found is None or found[3] == "?":
        return None
    name, arguments, result = found.groups()
    file = _FILE.match(arguments)
    texts = tuple(_bytes(text) for text in _TEXT.findall(arguments))
    return Call(
        name=name,
        begin=begin,
        end=end,
        number=int(file[1]) if file is not None and file[1] else -1,
        path=_bytes(file[2]).decode() if file is not None else "",
        texts=texts,
        rest=arguments.rpartition('"')[2],
        result=int(result),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
