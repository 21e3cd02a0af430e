"""Real conversation to play: a day of a public channel, as it may be said here.

It is looked for where CHINWAG_CORPUS tells, a file or its folder, and else beside the
project. It never comes with the project.
"""

import json
import lzma
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.servers import ROOT

VARIABLE = "CHINWAG_CORPUS"
NAME = "ubuntu-irc.jsonl.xz"
MAX_TEXT = 10_000


@dataclass(frozen=True)
class Saying:
    """One thing that somebody said.

    Attributes:
        minute: When, counted from midnight.
        nick: Who.
        text: What, as the contract keeps it.
    """

    minute: int
    nick: str
    text: str


@dataclass(frozen=True)
class Day:
    """All that was said on a day.

    Attributes:
        name: Its date.
        sayings: What can be said here, in order.
        stripped: How many had control characters, which importers strip.
        left_out: What can't be said at all: nothing is left of it, or it is too long.
    """

    name: str
    sayings: list[Saying]
    stripped: int
    left_out: list[str]

    @property
    def nicks(self) -> list[str]:
        """Who speaks, in the order of their first word."""
        return list(dict.fromkeys(each.nick for each in self.sayings))


def find_corpus(told: Path | None = None) -> Path | None:
    """Return the file, or None where there is none."""
    path = told or Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "data")
    path = path / NAME if path.is_dir() else path
    return path if path.is_file() else None


def read_day(path: Path, name: str | None = None) -> Day:
    """Return a day of the corpus; without a name, the busiest.

    Raises:
        LookupError: There is no such day.
    """
    lines = list(_read_lines(path))
    if name is None:
        name = Counter(line["day"] for line in lines).most_common(1)[0][0]
    sayings: list[Saying] = []
    left_out: list[str] = []
    stripped = 0
    for line in lines:
        if line["day"] != name:
            continue
        text = _speak(line)
        clean = normalize(text)
        stripped += clean != normalize(text, strip=False)
        if not 1 <= len(clean) <= MAX_TEXT:
            left_out.append(f"{line['nick']} at {line['time']}: {line['text'][:60]!r}")
            continue
        hour, minute = map(int, line["time"].split(":"))
        sayings.append(Saying(hour * 60 + minute, line["nick"], clean))
    if not sayings:
        raise LookupError(f"nothing was said on {name}")
    return Day(name, sayings, stripped, left_out)


def read_texts(path: Path) -> list[str]:
    """Return all that can be said here, in order."""
    clean = (normalize(_speak(line)) for line in _read_lines(path))
    return [text for text in clean if 1 <= len(text) <= MAX_TEXT]


def _read_lines(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _speak(line: dict[str, str]) -> str:
    if line["kind"] == "action":
        return f"* {line['nick']} {line['text']}"
    return line["text"]


def normalize(text: str, *, strip: bool = True) -> str:
    """Return `text` as the contract keeps it: NFC, CRLF as LF, trimmed.

    With `strip`, without the control characters that it refuses.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if strip:
        text = "".join(
            letter
            for letter in text
            if letter in "\n\t" or unicodedata.category(letter) != "Cc"
        )
    return text.strip()
