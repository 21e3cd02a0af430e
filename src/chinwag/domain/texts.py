"""What people may type: how it is cleaned, and when it is refused."""

import re
import unicodedata

from chinwag.errors import BadRequest, TooLarge

MAX_TEXT = 10_000
"""Code points in a message."""
MAX_NAME = 40
"""Code points in a person's or a room's name."""
MAX_TOPIC = 250
"""Code points in a room's topic."""
MAX_CMID = 64
"""Characters in a client's own id of a message."""
MAX_EMOJI = 32
"""Code points in a reaction; a family of flags needs about a dozen."""

MOST_MARKS = 100
"""Combining marks in a row; the longest in any language are a third of that."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# They are no marks by themselves, and fall apart into nothing but marks.
_MARKS_INSIDE = {"\u0f73", "\u0f75", "\u0f81"}
_FEW = 256
"""Code points that are put in order in no time, whatever they are."""
# Joiners hold emoji and some scripts together; everything else that is invisible
# only serves to make two names look alike.
_ZERO_WIDTH_JOINER, _VARIATION_SELECTOR, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_SIGNS = {"So", "Sk", "Sm"}
_JOINABLE = _SIGNS | {"Mn", "Mc"}
_SELECTORS = re.compile(
    "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0e\U000e0100-\U000e01ef]"
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANK_LETTERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}


def clean_text(text: str) -> str:
    """Return `text` as it is kept, or raise why it can't be.

    NFC, CRLF as LF, trimmed; 1 to `MAX_TEXT` code points without control characters
    but LF and TAB.

    Raises:
        BadRequest: Nothing is left, or a control character is in it.
        TooLarge: It is too long.
    """
    text = text.replace("\r\n", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", _check_marks(text, field="text"))
    text = text.strip()
    if not text:
        raise BadRequest("text: say something first.")
    if len(text) > MAX_TEXT:
        raise TooLarge(f"text: at most {MAX_TEXT:,} characters.")
    if has_controls(text):
        raise BadRequest("text: control characters can't be sent.")
    return text


def has_controls(text: str) -> bool:
    """Tell whether `text` holds a control character other than LF and TAB."""
    return _CONTROLS.search(text) is not None


def _check_marks(text: str, *, field: str) -> str:
    """Return `text`, or refuse it where normalising would take for ever.

    Marks in a row are put in order one by one: a frame full of them would keep
    everybody waiting for seconds (UAX #15, section 13, knows the same cure).
    """
    in_a_row = 0
    for letter in text if len(text) > _FEW else "":
        marks = unicodedata.combining(letter) or letter in _MARKS_INSIDE
        in_a_row = in_a_row + 1 if marks else 0
        if in_a_row > MOST_MARKS:
            raise BadRequest(f"{field}: too many marks on one letter.")
    return text


def clean_name(name: str, *, field: str = "name") -> str:
    """Return a person's or room's name as it is kept, or raise why it can't be.

    NFKC, trimmed, one line, nothing invisible, 1 to `MAX_NAME` code points.
    """
    return _clean_line(name, field=field, most=MAX_NAME, least=1)


def clean_topic(topic: str) -> str:
    """Return a topic as it is kept: like a name, longer, and possibly empty."""
    return _clean_line(topic, field="topic", most=MAX_TOPIC, least=0)


def _clean_line(text: str, *, field: str, most: int, least: int) -> str:
    line = unicodedata.normalize("NFKC", _check_marks(text, field=field)).strip()
    if len(line) < least:
        raise BadRequest(f"{field}: must not be empty.")
    if len(line) > most:
        raise TooLarge(f"{field}: at most {most} characters.")
    if any(map(_is_invisible, line, f" {line}", f"{line[1:]} ")):
        raise BadRequest(f"{field}: one line, without invisible characters.")
    return line


def _is_invisible(letter: str, before: str, after: str) -> bool:
    """Tell whether nobody sees a letter between its neighbours."""
    if letter == _ZERO_WIDTH_JOINER:
        # It joins the parts of an emoji, or letters after a mark that asks for it.
        return unicodedata.category(before) not in _JOINABLE or after == " "
    if letter == _VARIATION_SELECTOR:
        return unicodedata.category(before) not in _SIGNS and after != _KEYCAP
    return (
        unicodedata.category(letter) in _INVISIBLE
        or letter in _BLANK_LETTERS
        or _SELECTORS.match(letter) is not None
    )


def clean_cmid(cmid: str) -> str:
    """Return the `cmid`, or raise: 1 to `MAX_CMID` printable characters."""
    if not 1 <= len(cmid) <= MAX_CMID or not cmid.isprintable():
        raise BadRequest(f"cmid: 1 to {MAX_CMID} printable characters.")
    return cmid


def clean_emoji(emoji: str) -> str:
    """Return the reaction, or raise: a few signs, at least one of them no letter.

    Emoji are not told apart from other signs here: the set grows every year, and an
    older server must not refuse what a newer phone sends.
    """
    emoji = unicodedata.normalize("NFC", _check_marks(emoji, field="emoji")).strip()
    if not 1 <= len(emoji) <= MAX_EMOJI:
        raise BadRequest(f"emoji: 1 to {MAX_EMOJI} characters.")
    if any(letter.isspace() or has_controls(letter) for letter in emoji):
        raise BadRequest("emoji: an emoji, without blanks.")
    if not any(
        unicodedata.category(letter) in {"So", "Sk", "Sm", "Me", "Po"}
        for letter in emoji
    ):
        raise BadRequest("emoji: an emoji, not a word.")
    return emoji
