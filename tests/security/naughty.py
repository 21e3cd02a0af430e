"""Strings that have broken programs before: a list, and what can be put together."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

LISTED: list[str] = [
    json.loads(line)
    for line in Path(__file__).with_name("naughty.txt").read_text("ascii").splitlines()
    if not line.startswith("#")
]
CONTROLS = [f"a{chr(n)}b" for n in (*range(1, 32), *range(127, 160))]
NULS = ["\0", "a\0", "\0a", "a\0b", "\0" * 64]
SIZES = [
    *("x" * n for n in (39, 40, 41, 63, 64, 65, 249, 250, 251, 2_047, 2_048)),
    *("\u00e9" * n for n in (40, 41, 64, 65)),
    *("e\u0301" * n for n in (40, 41, 250, 251)),
    *("\U0001fad6" * n for n in (32, 33, 40, 41, 64, 65, 2_048)),
    *("\ufb03" * n for n in (13, 14)),
    *("\ufdfa" * n for n in (1, 2, 3)),
]
TOO_LONG = ["x" * 2_049, "\U0001fad6" * 2_049, "\u0301" * 2_049]

STRINGS: list[str] = list(dict.fromkeys([*LISTED, *CONTROLS, *SIZES]))
"""All that is a string like any other to JSON; `NULS` and `TOO_LONG` are not."""

_INVISIBLE = "\u200b\u200c\u2060\ufeff\u00ad\u202e\u2066\u200e\u061c\u180e\u034f\ue000"
_BASES = (
    "Ada|\uff22\uff4f\uff42|\u0126\u00e9lo\u00efse|\u674e\u5c0f\u9f8d|\u0645\u062d\u0645\u062f"
    "|\U0001f98a|o\u0308mer|\ufb01ona|\u2163|a b"
).split("|")
_ODD = (*range(0x2000, 0x2070), *range(0xFB00, 0xFB50), *range(0xFE00, 0xFE10))
_FOLDED = (*range(0x3300, 0x3400), *range(0xFF00, 0xFFF0), *range(0x1D400, 0x1D500))


def names() -> Iterator[str]:
    """Names: plain and folded, hidden, turned round, heaped up, and just too long."""
    for base in _BASES:
        for hidden in _INVISIBLE:
            yield from (
                hidden + base,
                base + hidden,
                base[0] + hidden + base[1:],
                hidden,
            )
        for size in (1, 2, 39, 40, 41, 80):
            yield (base * size)[:size]
            yield base[0] + "\u0301" * size
            yield "\u0301" * size + base
        for blank in "\u00a0\u2003\u3000\t\n\r\u2028\u0085":
            yield from (f"{blank}{base}{blank}", f"{base}{blank}{base}")
    for number in (
        *range(0x2000, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xFB00, 0xFB50),
    ):
        yield f"A{chr(number)}a"
    for number in (
        *range(0xFF00, 0xFFF0),
        *range(0x1D400, 0x1D500),
        *range(0x3300, 0x3400),
    ):
        yield chr(number)
    for number in range(0x300, 0x370):
        yield f"A{chr(number)}da"
    yield from STRINGS


NAMES: list[str] = list(dict.fromkeys(names()))


def fold(name: str) -> str:
    """Return a name as it is kept (the contract: NFKC, trimmed)."""
    return unicodedata.normalize("NFKC", name).strip()


_JOINERS = "\u200d\ufe0f"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SEEM_BLANK = "\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"


def hides(name: str) -> bool:
    """Tell whether a folded name holds what nobody sees, joiners of emoji aside."""
    return any(
        letter not in _JOINERS
        and (
            unicodedata.category(letter) in _HIDDEN
            or letter in _SEEM_BLANK
            or "\ufe00" <= letter <= "\ufe0e"
            or "\U000e0100" <= letter <= "\U000e01ef"
        )
        for letter in name
    )


def tidy(text: str) -> str:
    """Return a message as it is kept (the contract: CRLF to LF, NFC, trimmed)."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def controls(text: str) -> bool:
    """Tell whether a control character other than LF and TAB is in it."""
    return any(
        unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text
    )
