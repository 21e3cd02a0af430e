"""What people may ask of the search, and how words are told apart.

Words are all wanted, `"two words"` stand side by side, `tea*` begins a word, and
`-milk` is not there; `from:`, `before:` and `after:` take a name and days (UTC).
"""

import re
from datetime import UTC, datetime

import msgspec

from chinwag.errors import BadRequest
from chinwag.ids import Millis, PersonId, RoomId, Seq

MAX_QUERY = 200
"""Code points in what is asked."""
MOST_TERMS = 10
MOST_HITS = 50

_PIECE = re.compile(
    r'(?P<no>-)?(?:(?P<key>from|before|after):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
_DAY = ("%Y-%m-%d", "%Y-%m", "%Y")
# Scripts that are written without blanks: each letter is a word of its own.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff"
    "\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_SHORTEST_START = 2


class Query(msgspec.Struct, frozen=True):
    """What is looked for.

    Attributes:
        wanted: Words and phrases that are all there; a `*` ends what begins a word.
        unwanted: Such that are not.
        names: Those of whom one wrote it, or the start of their names.
        since: The earliest time.
        until: The time before which it was.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    since: Millis | None = None
    until: Millis | None = None


class Place(msgspec.Struct, frozen=True):
    """Where a page of hits ended: newest first, and by room where times agree."""

    at: Millis
    room: RoomId
    seq: Seq


class SearchAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks for what.

    Attributes:
        person: Who asks; only rooms of theirs are looked into.
        query: What is looked for.
        room: The only room to look into, if not all.
        before: Where to go on.
        limit: How many hits at most.
    """

    person: PersonId
    query: Query
    room: RoomId | None = None
    before: Place | None = None
    limit: int = 20


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, newest first.

    Attributes:
        hits: A JSON array of objects with `room` and `event`.
        people: A JSON array of everybody whom the events mention.
        before: Where the next page begins; None: this is the last.
        complete: Whether all was looked through that had been said by then.
    """

    hits: str
    people: str
    before: Place | None
    complete: bool = True


def read_query(text: str) -> Query:
    """Return what `text` asks for, or raise `BadRequest` with why it asks nothing."""
    if len(text) > MAX_QUERY:
        raise BadRequest(f"q: at most {MAX_QUERY} characters.")
    wanted, unwanted, names = list[str](), list[str](), list[str]()
    days: dict[str, Millis] = {}
    for piece in _PIECE.finditer(text.replace("\0", " ")):
        key = (piece["key"] or "").lower()
        word = piece["phrase"] if piece["word"] is None else piece["word"]
        if key == "from":
            names.append(word.strip())
        elif key:
            days[key] = _read_day(word, key)
        else:
            term = _make_term(word, whole=piece["word"] is None)
            (unwanted if piece["no"] else wanted).append(term)
    wanted, unwanted, names = (
        list(filter(None, each)) for each in (wanted, unwanted, names)
    )
    if len(wanted) + len(unwanted) + len(names) > MOST_TERMS:
        raise BadRequest(f"q: at most {MOST_TERMS} words.")
    if not wanted and not names:
        raise BadRequest("q: give a word to look for.")
    return Query(
        tuple(wanted),
        tuple(unwanted),
        tuple(names),
        since=days.get("after"),
        until=days.get("before"),
    )


def _make_term(word: str, *, whole: bool) -> str:
    """Return a word or phrase without what no word has; empty if nothing is left."""
    letters = sum(letter.isalnum() for letter in word)
    begins = word.endswith("*") and not whole and letters >= _SHORTEST_START
    bare = word.rstrip("*").strip()
    return f"{bare}*" if letters and begins else bare if letters else ""


def _read_day(text: str, key: str) -> Millis:
    for form in _DAY:
        try:
            day = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return Millis(int(day.timestamp() * 1_000))
    raise BadRequest(f"q: {key}: takes a day such as 2026-11-30.")


def spread(text: str) -> str:
    """Return `text` with blanks between letters of scripts that have none."""
    return text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text)


def to_match(query: Query, people: tuple[str, ...] = ()) -> str:
    """Return it as SQLite's full-text search reads it (FTS5, section 3).

    Everything that was typed is quoted, and so nothing of it is syntax.

    Args:
        query: What is looked for.
        people: The outside ids of those of whom one wrote it; empty: anybody.
    """
    parts: list[str] = []
    if query.wanted:
        words = " AND ".join(map(_quote, query.wanted))
        without = "".join(f" NOT {_quote(term)}" for term in query.unwanted)
        parts.append(f"text : (({words}){without})")
    if people:
        parts.append(f"author : ({' OR '.join(map(_quote, people))})")
    return " AND ".join(parts)


def _quote(term: str) -> str:
    bare = term.removesuffix("*")
    start = " *" if bare != term else ""
    return f'"{spread(bare).replace(chr(34), " ").strip()}"{start}'


def to_cursor(place: Place) -> str:
    """Return a place as an opaque text for clients."""
    return f"{place.at}.{place.room:x}.{place.seq}"


def read_cursor(text: str) -> Place:
    """Return the place that such a text stands for, or raise `BadRequest`."""
    found = re.fullmatch(r"(\d{1,15})\.([0-9a-f]{1,16})\.(\d{1,15})", text, re.ASCII)
    if found is None:
        raise BadRequest("before: give what an answer told as its `before`.")
    at, room, seq = found.groups()
    return Place(Millis(int(at)), RoomId(int(room, 16)), Seq(int(seq)))
