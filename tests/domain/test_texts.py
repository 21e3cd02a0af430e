"""What people may type, letter by letter."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.domain.texts import (
    MAX_CMID,
    MAX_EMOJI,
    MAX_NAME,
    MAX_TEXT,
    MAX_TOPIC,
    MOST_MARKS,
    clean_cmid,
    clean_emoji,
    clean_name,
    clean_text,
    clean_topic,
)
from chinwag.errors import BadRequest, Refusal, TooLarge

CONTROLS = [
    chr(n) for n in [*range(0x20), *range(0x7F, 0xA0)] if chr(n) not in "\t\n\r"
]
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200e\u200f"
    "\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u206f\u2800\u3164\ufe00\ufeff\uffa0"
    "\ufff9\U000e0001\U000e0020\U000e0100\ue000\U000f0000"
)
Clean = Callable[[str], str]


def test_a_text_is_composed_trimmed_and_has_one_kind_of_line_end() -> None:
    assert clean_text("  Cafe\u0301\r\nau lait\t ") == "Caf\u00e9\nau lait"


def test_a_text_keeps_its_inner_blanks_tabs_and_lines() -> None:
    assert clean_text("a\n\n\tb  c") == "a\n\n\tb  c"


def test_a_text_keeps_what_only_looks_alike() -> None:
    assert clean_text("\ufb01ne \u2460") == "\ufb01ne \u2460"


@pytest.mark.parametrize("text", ["", " ", "\n\t \r\n", "\u3000\u00a0"])
def test_a_text_of_nothing_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest, match=r"^text: "):
        clean_text(text)


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\U0001f600"])
def test_a_text_is_measured_in_code_points(letter: str) -> None:
    assert clean_text(letter * MAX_TEXT) == letter * MAX_TEXT
    with pytest.raises(TooLarge, match="10,000"):
        clean_text(letter * (MAX_TEXT + 1))


def test_a_text_is_measured_after_it_was_composed_and_trimmed() -> None:
    assert len(clean_text(" " * 99 + "e\u0301" * MAX_TEXT)) == MAX_TEXT


@pytest.mark.parametrize("letter", CONTROLS, ids=lambda letter: f"{ord(letter):02x}")
def test_a_control_character_in_a_text_is_refused(letter: str) -> None:
    with pytest.raises(BadRequest, match="control"):
        clean_text(f"a{letter}b")


def test_a_lone_carriage_return_is_refused() -> None:
    with pytest.raises(BadRequest, match="control"):
        clean_text("a\rb")


@pytest.mark.parametrize(
    "marks", ["\u0300\u0327", "\u0f71\u0f72", "\u0f73", "\u0344", "\u0f81"]
)
@pytest.mark.parametrize("clean", [clean_text, clean_name, clean_topic, clean_emoji])
def test_a_heap_of_marks_is_refused_at_once(clean: Clean, marks: str) -> None:
    began = time.perf_counter()
    with pytest.raises(BadRequest, match="marks"):
        clean("a" + marks * (131_000 // len(marks)))
    assert time.perf_counter() - began < 0.5


def test_letters_with_many_marks_are_a_text() -> None:
    text = unicodedata.normalize("NFC", ("a" + "\u0323\u0301" * (MOST_MARKS // 2)) * 9)
    assert clean_text(text) == text


@given(st.text(max_size=60))
def test_what_was_cleaned_once_is_clean(text: str) -> None:
    for clean in (clean_text, clean_name, clean_topic, clean_emoji):
        try:
            once = clean(text)
        except Refusal:
            continue
        assert clean(once) == once


def test_a_name_is_folded_and_trimmed() -> None:
    assert clean_name(" \uff21da\u3000Lovelace ") == "Ada Lovelace"


@pytest.mark.parametrize(
    "name", ["Zo\u00eb", "\u0938\u094d\u200d\u0935", "\u5f20\u4f1f", "Ada \u2764\ufe0f"]
)
def test_names_of_all_the_world_are_kept(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["\U0001f469\u200d\U0001f680", "\U0001f3f3\ufe0f\u200d\U0001f308", "1\ufe0f\u20e3"],
)
def test_an_emoji_of_several_parts_is_a_name(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("letter", INVISIBLE, ids=lambda letter: f"{ord(letter):04x}")
@pytest.mark.parametrize("name", ["A{}da", "{}\u200b", "A\u0301{}e", "{}"])
def test_an_invisible_letter_in_a_name_is_refused(name: str, letter: str) -> None:
    with pytest.raises(BadRequest, match=r"^name: "):
        clean_name(name.format(letter))


@pytest.mark.parametrize(
    "name", ["Ada\u200d", "\u200dAda", "A\u200dda", "Ada\ufe0f", "\ufe0f", "\u200d"]
)
def test_a_joiner_that_joins_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match=r"^name: "):
        clean_name(name)


@pytest.mark.parametrize("letter", ["\n", "\r\n", "\t", *CONTROLS])
def test_a_name_is_one_line(letter: str) -> None:
    with pytest.raises(BadRequest, match=r"^name: "):
        clean_name(f"Ada{letter}Eve")


def test_a_name_has_one_to_forty_code_points() -> None:
    assert clean_name("\U0001f600" * MAX_NAME)
    with pytest.raises(TooLarge, match="40"):
        clean_name("a" * (MAX_NAME + 1))
    with pytest.raises(BadRequest, match="empty"):
        clean_name("  ")


def test_a_name_is_measured_after_it_was_folded() -> None:
    # One letter that stands for eighteen.
    with pytest.raises(TooLarge):
        clean_name("\ufdfa" * 3)


def test_a_topic_may_be_empty_and_longer() -> None:
    assert clean_topic(" ") == ""
    assert clean_topic("a" * MAX_TOPIC) == "a" * MAX_TOPIC
    with pytest.raises(TooLarge, match="topic"):
        clean_topic("a" * (MAX_TOPIC + 1))


@pytest.mark.parametrize("cmid", ["", "a" * (MAX_CMID + 1), "a\nb", "a\x00", "\u200b"])
def test_a_cmid_is_one_to_sixty_four_printable_characters(cmid: str) -> None:
    with pytest.raises(BadRequest, match=r"^cmid: "):
        clean_cmid(cmid)
    assert clean_cmid("\U0001f600" * MAX_CMID)


@pytest.mark.parametrize(
    "emoji",
    [
        "\U0001f44d",
        "\U0001f44d\U0001f3fd",
        "\u2764\ufe0f",
        "\U0001f1e9\U0001f1ea",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    ],
)
def test_an_emoji_is_a_reaction(emoji: str) -> None:
    assert clean_emoji(f" {emoji} ") == emoji


@pytest.mark.parametrize(
    "emoji", ["", " ", "ok", "\U0001f44d\x00", "a b", "\U0001f44d" * (MAX_EMOJI + 1)]
)
def test_a_word_is_no_reaction(emoji: str) -> None:
    with pytest.raises(BadRequest, match=r"^emoji: "):
        clean_emoji(emoji)
