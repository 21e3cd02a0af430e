"""Which bugs are planted, and which broken histories are shown to the checker."""

import importlib
import importlib.util
import inspect
from typing import Any

from tests.faults import weakened

Row = tuple[str, object, object]


def list_planted() -> list[Row]:
    """Return the planted bugs, what each does, and what catches it."""
    own: list[Row] = [
        (f"`{name}`", _first_line(function), "power, images or disks")
        for name, function in inspect.getmembers(weakened, inspect.isfunction)
        if function.__module__ == weakened.__name__ and name != "tidy_often"
    ]
    bugs: dict[str, Any] = _find("tests.faults.planted.bugs", "BUGS") or {}
    return own + [
        (f"`{name}`", f"It says {bug.says!r}.", bug.caught_by)
        for name, bug in bugs.items()
    ]


def list_broken() -> list[Row]:
    """Return of each kind of fault how many histories have it, and are flagged."""
    tabulate = _find("tests.faults.broken", "tabulate")
    if tabulate is None:
        return []
    return [(str(row.kind), row.made, row.flagged) for row in tabulate()]


def _find(module: str, name: str) -> Any:  # noqa: ANN401 - whatever that part offers
    """Return something of another part of the proof, or None where that is not."""
    if not _is_there(module):
        return None
    return getattr(importlib.import_module(module), name, None)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]
