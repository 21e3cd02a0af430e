"""What is not documented does not ship."""

import inspect
import re
from collections.abc import Iterable

import pytest

from chinwag import config, errors
from chinwag.domain.events import KINDS
from chinwag.protocol.close import REASONS, Close
from scripts.generate import manuals, schemas, wire
from tests.meta.conftest import ROOT

REFERENCE = ROOT / "docs/reference"

COMMANDS = [f"### Command `{wire.Shape(cls).tag}`" for cls in wire.COMMANDS]
PUSHES = [f"### Push `{wire.Shape(cls).tag}`" for cls in wire.ALL_PUSHES]
RESULTS = [f"### Result `{cls.__name__}`" for cls in wire.RESULTS]
EVENTS = [f"### Event `{kind}`" for kind in KINDS]
FAILURES = [f"| `{refusal.code}` | {refusal.status} |" for refusal in errors.REFUSALS]
CLOSES = [f"| {close.value} |" for close in Close]
SETTINGS = [
    word for row in config.ROWS for word in (f"`{row.flag} ", row.variable, row.name)
]
VERBS = [f"## `chinwag {verb}" for verb in manuals.verbs_of_line()]
METRICS = [f"| `{name}` | {kind} |" for name, kind, _ in manuals.list_metrics()]
ROUTES = [
    f"| `{method.upper()} {path}` |"
    for path, methods in schemas.describe_http()["paths"].items()
    for method in methods
]
STATUSES = [f"| {kind.exit_status} |" for kind in manuals.start_errors()]

PAGES = {
    "protocol.md": [*COMMANDS, *PUSHES, *RESULTS, *EVENTS, *FAILURES, *CLOSES, *ROUTES],
    "settings.md": SETTINGS,
    "cli.md": [*VERBS, *STATUSES],
    "metrics.md": METRICS,
}


def missing(page: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in page]


@pytest.mark.parametrize("name", PAGES)
def test_everything_has_its_place_in_the_reference(name: str) -> None:
    assert PAGES[name]
    page = (REFERENCE / name).read_text(encoding="utf-8")
    assert missing(page, PAGES[name]) == []


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for name, words in PAGES.items() for word in words]
)
def test_whatever_is_left_out_of_the_reference_is_missed(name: str, word: str) -> None:
    page = (REFERENCE / name).read_text(encoding="utf-8")
    assert word in missing(page.replace(word, ""), PAGES[name])


@pytest.mark.parametrize(
    "thing",
    [
        *wire.COMMANDS,
        *wire.RESULTS,
        *wire.ALL_PUSHES,
        *wire.BODIES,
        *errors.REFUSALS,
        *manuals.start_errors(),
    ],
    ids=lambda thing: thing.__name__,
)
def test_everything_has_words_of_its_own(thing: type) -> None:
    words = inspect.cleandoc(vars(thing).get("__doc__") or "")
    # A struct without a docstring gets its signature for one.
    assert re.match(r"[A-Z`].*[.?:]", words), f"{thing.__name__} says nothing"
    assert not words.startswith(f"{thing.__name__}(")


def test_every_close_code_has_its_reason() -> None:
    assert set(REASONS) == set(Close)
    assert all(reason.endswith(".") for reason in REASONS.values())
