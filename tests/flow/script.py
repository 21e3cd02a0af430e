"""Conversations in plain text: how a line is read, and how what is heard is compared.

    eve > {"type":"ping","id":1}           eve says this; lines that follow each other
    ada > {"type":"ping","id":2}           at once arrive together, as one batch
    eve < {"type":"reply","id":1,"result":{}}    the next frame that eve hears
    ada < nothing                          ada has heard nothing more

`$name` is whatever stands there the first time, and the same from then on. `…` is any
value; `{"a":1,…}` has other fields, too; `[…]` is any array. A line that begins with
blanks continues the one above it. Nothing that is heard may be left out.
"""

import json
import re
from typing import Any

import msgspec

Json = Any
ANY = "…"

_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")')
_REST = re.compile(r"([{,]\s*)…(?=\s*\})")
_NAME = re.compile(r"\$([a-z_0-9]+)")


class Line(msgspec.Struct, frozen=True):
    """One line of a conversation, and where it stands."""

    number: int
    text: str


def read_lines(text: str) -> list[Line]:
    """Return the lines that say something, continued ones joined."""
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.startswith("#"):
            continue
        if raw[0].isspace():
            last = lines.pop()
            lines.append(Line(last.number, f"{last.text} {raw.strip()}"))
        else:
            lines.append(Line(number, raw.strip()))
    return lines


def read_expected(text: str) -> Json:
    """Return what a `<` line expects, as JSON with `…` in it."""
    parts = _STRINGS.split(text)
    # Every other part is a string; outside of them `…` has a meaning.
    for index in range(0, len(parts), 2):
        rest = _REST.sub(rf'\1"{ANY}":0', parts[index])
        parts[index] = re.sub(rf'(?<!"){ANY}(?!")', f'"{ANY}"', rest)
    return json.loads("".join(parts))


class Known:
    """What the `$names` of a conversation stand for."""

    def __init__(self) -> None:
        self._values: dict[str, Json] = {}

    def fill_in(self, text: str) -> str:
        """Return a `>` line with all names replaced; a number loses its quotes."""

        def whole(found: re.Match[str]) -> str:
            return json.dumps(self._values[found[1]], ensure_ascii=False)

        text = re.sub(rf'"{_NAME.pattern}"', whole, text)
        return _NAME.sub(lambda found: str(self._values[found[1]]), text)

    def differ(self, want: Json, got: Json, path: str = "$") -> str | None:
        """Return where `got` is not what is wanted, or None. New names are learnt."""
        if want in (ANY, [ANY]):
            return None
        if isinstance(want, str):
            return self._differ_text(want, got, path)
        if isinstance(want, dict) and isinstance(got, dict):
            return self._differ_object(want, got, path)  # pyright: ignore[reportUnknownArgumentType] - it is JSON
        if isinstance(want, list) and isinstance(got, list):
            return self._differ_array(want, got, path)  # pyright: ignore[reportUnknownArgumentType] - it is JSON
        same = want == got and type(want) is type(got)  # pyright: ignore[reportUnknownArgumentType] - it is JSON
        return None if same else f"{path} is {got!r}"

    def _differ_text(self, want: str, got: Json, path: str) -> str | None:
        name = _NAME.fullmatch(want)
        if name is not None:
            known = self._values.setdefault(name[1], got)
            return None if known == got else f"{path} is {got!r}, not {known!r}"
        filled = _NAME.sub(lambda found: str(self._values[found[1]]), want)
        return None if filled == got else f"{path} is {got!r}, not {filled!r}"

    def _differ_object(
        self, want: dict[str, Json], got: dict[str, Json], path: str
    ) -> str | None:
        want = {self.fill_in(key): value for key, value in want.items()}
        others = want.pop(ANY, None) is not None
        missing, strange = want.keys() - got.keys(), got.keys() - want.keys()
        if missing:
            return f"{path} lacks {sorted(missing)}"
        if strange and not others:
            return f"{path} has {sorted(strange)}, too"
        for key, value in want.items():
            found = self.differ(value, got[key], f"{path}.{key}")
            if found is not None:
                return found
        return None

    def _differ_array(self, want: list[Json], got: list[Json], path: str) -> str | None:
        if len(want) != len(got):
            return f"{path} has {len(got)} elements"
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            found = self.differ(one, other, f"{path}[{index}]")
            if found is not None:
                return found
        return None
