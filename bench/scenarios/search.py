"""Searching among millions of messages, over HTTP, as a page would: each kind timed."""

import http.client
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.figures import Figures, say, show_table
from bench.filling import SINCE, SPAN, WELL_READ, Filled
from bench.goals import Goal
from bench.peers.chinwag import Chinwag
from bench.scenarios.history import summarize_times
from bench.servers import choose_cores, pinned, serving
from chinwag.ids import from_text, to_text
from chinwag.store.driver import sqlite
from chinwag.store.files import DATABASE
from chinwag.store.search_file import FILE

GOAL_MS = 50.0
QUERIES, WARM = 200, 20
CHECKED = 5
SAMPLE = 100_000
COMMON = 100
MOST_WAIT_SECONDS = 3_600.0
_WORD = re.compile(r"[a-z0-9]{3,}")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
Query = dict[str, str]


class Searcher:
    """Somebody who searches, over one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, **query: Any) -> dict[str, Any] | None:  # noqa: ANN401 - what JSON holds
        """Return what is found; None if the search is not ready.

        Raises:
            RuntimeError: It was refused.
        """
        path = f"/api/search?{urlencode(query)}"
        self._line.request("GET", path, headers=self._headers)
        answer = self._line.getresponse()
        body = answer.read()
        if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
            return None
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        found: dict[str, Any] = json.loads(body)
        return found

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def find_all(self, q: str) -> set[tuple[str, int]]:
        """Return where all is that is found, page by page."""
        hits: set[tuple[str, int]] = set()
        before: dict[str, Any] = {}
        while True:
            page = self.ask(q=q, limit=50, **before)
            assert page is not None
            hits |= {(hit["room"], hit["event"]["seq"]) for hit in page["hits"]}
            if not page.get("before"):
                return hits
            before = {"before": page["before"]}


def measure(data: Path, filled: Filled, *, queries: int = QUERIES) -> Figures:
    """Wait until the index is there, search in each way, and time each answer."""
    words = _Words(data, filled)
    core, own_core = choose_cores()
    with (
        serving(Chinwag(), core=core, data=data) as server,
        pinned(own_core),
        closing(Searcher(server.port, filled.reader)) as searcher,
    ):
        waited = _wait_for_index(searcher, words.rare()["q"])
        times = {
            name: _time(searcher, ask, queries) for name, ask in words.kinds().items()
        }
        wrong = _check(searcher, words, data, filled)
        memory = server.read_memory()
    return {
        "messages": filled.messages,
        "waited_seconds": waited,
        "index_mib": (data / FILE).stat().st_size / 2**20,
        "rss_mib": memory / 2**20,
        "ms": {name: summarize_times(each) for name, each in times.items()},
        "wrong": wrong,
    }


def _wait_for_index(searcher: Searcher, word: str) -> float:
    begun = time.monotonic()
    while time.monotonic() < begun + MOST_WAIT_SECONDS:
        found = searcher.ask(q=word)
        if found is not None and found["complete"]:
            return time.monotonic() - begun
        time.sleep(1.0)
    raise RuntimeError("The index was not complete in time.")


def _time(searcher: Searcher, ask: Callable[[], Query], queries: int) -> list[float]:
    times: list[float] = []
    for n in range(WARM + queries):
        query = ask()
        begun = time.perf_counter()
        searcher.ask(**query)
        if n >= WARM:
            times.append((time.perf_counter() - begun) * 1_000)
    return times


class _Words:
    """What to look for, drawn from what was said in the largest room."""

    def __init__(self, data: Path, filled: Filled) -> None:
        self._dice = random.Random(1)  # noqa: S311 - the same queries every time
        self._filled = filled
        texts = list(_read_texts(data, filled.rooms[0]))
        self._texts = [_WORD.findall(text.casefold()) for text in texts]
        counts = Counter(word for words in self._texts for word in words)
        self._common = [word for word, _ in counts.most_common(COMMON)]
        fewest = min(counts.values())
        self._rare = sorted(word for word in counts if counts[word] == fewest)
        self._unspaced = sorted(
            {pair for text in texts for pair in _UNSPACED.findall(text)}
        )

    def rare(self) -> Query:
        """Return a word that hardly anybody says."""
        return {"q": self._dice.choice(self._rare)}

    def common(self) -> Query:
        """Return a word that everybody says."""
        return {"q": self._dice.choice(self._common)}

    def _two_common(self) -> Query:
        return {"q": " ".join(self._dice.sample(self._common, 2))}

    def _phrase(self) -> Query:
        words: Sequence[str] = ()
        while len(words) < 2:
            words = self._dice.choice(self._texts)
        place = self._dice.randrange(len(words) - 1)
        return {"q": f'"{words[place]} {words[place + 1]}"'}

    def _prefix(self) -> Query:
        return {"q": self._dice.choice(self._rare)[:3] + "*"}

    def _in_one_room(self) -> Query:
        return self.common() | {
            "room": self._dice.choice(self._filled.rooms[:WELL_READ])
        }

    def _by_somebody(self) -> Query:
        number = self._dice.randint(1, 100)
        return {"q": f'{self.common()["q"]} from:"Person {number}"'}

    def _in_time(self, key: str) -> Query:
        seconds = (SINCE + self._dice.randrange(SPAN)) / 1_000
        day = time.strftime("%Y-%m-%d", time.gmtime(seconds))
        return {"q": f"{self.common()['q']} {key}:{day}"}

    def kinds(self) -> dict[str, Callable[[], Query]]:
        """Return each way to search."""
        unspaced: dict[str, Callable[[], Query]] = {}
        if self._unspaced:
            unspaced["Chinese, Japanese"] = lambda: {
                "q": self._dice.choice(self._unspaced)
            }
        return {
            "rare": self.rare,
            "common": self.common,
            "two common": self._two_common,
            "phrase": self._phrase,
            "prefix": self._prefix,
            "in one room": self._in_one_room,
            "by somebody": self._by_somebody,
            "before a day": lambda: self._in_time("before"),
            "after a day": lambda: self._in_time("after"),
        } | unspaced


def _read_texts(data: Path, room: str) -> Iterator[str]:
    with closing(sqlite.connect(data / DATABASE)) as database:
        rows = database.execute(
            "SELECT json_extract(body, '$.text') FROM events"
            " WHERE room = ? AND kind = 'message' LIMIT ?",
            (from_text(room), SAMPLE),
        )
        yield from (text for (text,) in rows if text is not None)


def _check(searcher: Searcher, words: _Words, data: Path, filled: Filled) -> int:
    """Look for some words in every text, too; return how many were found otherwise."""
    rare = sorted({words.rare()["q"] for _ in range(CHECKED)})
    expected: dict[str, set[tuple[str, int]]] = {word: set() for word in rare}
    whole = {word: re.compile(rf"(?<![^\W_]){word}(?![^\W_])") for word in rare}
    like = " OR ".join(["body LIKE ?"] * len(rare))
    rooms = [from_text(room) for room in filled.rooms[:WELL_READ]]
    here = ", ".join("?" * len(rooms))
    with closing(sqlite.connect(data / DATABASE)) as database:
        rows: Iterator[tuple[int, int, str | None]] = database.execute(
            "SELECT room, seq, json_extract(body, '$.text') FROM events"  # noqa: S608 - only holes
            f" WHERE room IN ({here}) AND kind = 'message' AND ({like})",
            [*rooms, *(f"%{word}%" for word in rare)],
        )
        for room, seq, text in rows:
            folded = (text or "").casefold()
            for word in rare:
                if whole[word].search(folded):
                    expected[word].add((to_text(room), seq))
    return sum(searcher.find_all(word) != expected[word] for word in rare)


def show(figures: Figures) -> bool:
    """Print the table; return whether the goals are met, and all was found."""
    show_table(
        ("search", "p50 ms", "p99 ms", "most ms"),
        [
            (name, *(f"{each[part]:.1f}" for part in ("p50", "p99", "most")))
            for name, each in figures["ms"].items()
        ],
    )
    slowest = max(figures["ms"], key=lambda name: figures["ms"][name]["p99"])
    met = Goal(f"p99 ms, {slowest}", GOAL_MS).judge(figures["ms"][slowest]["p99"])
    say(
        f"{figures['messages']:,} messages, an index of {figures['index_mib']:,.0f} MiB"
        f" waited for {figures['waited_seconds']:.0f} s; {figures['rss_mib']:.0f} MiB"
        f" of memory; {figures['wrong']} of {CHECKED} looked up in full were wrong.\n"
    )
    return met and not figures["wrong"]
