"""A day of conversation arrives complete, in order, exactly once."""

import json
import lzma
from collections.abc import Generator
from pathlib import Path

import pytest

from bench.corpus import VARIABLE, find_corpus, normalize, read_day
from bench.peers.chinwag import Chinwag
from bench.replay import Reader, Replay, replay
from bench.servers import Server, serving

CORPUS = find_corpus()
QUIET_DAY = "1848-03-17"
LOUD_DAY = "1848-03-18"


def line(day: str, nick: str, text: str, kind: str = "message") -> str:
    said = {"day": day, "time": "09:30", "nick": nick, "kind": kind, "text": text}
    return json.dumps(said) + "\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "talk.jsonl.xz"
    odd = [
        line(LOUD_DAY, "ada", "cafe\u0301 \x02bold\x02"),
        line(LOUD_DAY, "|bob|", "waves", kind="action"),
        line(LOUD_DAY, "eve", "\x01\x02"),
        line(LOUD_DAY, "eve", "  two\r\nlines  "),
    ]
    usual = [line(LOUD_DAY, f"nick{n % 7}", f"word {n}") for n in range(120)]
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines([line(QUIET_DAY, "ada", "Anybody?"), *odd, *usual])
    return path


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    with serving(Chinwag()) as started:
        yield started


def test_the_busiest_day_is_found_and_made_fit(corpus: Path) -> None:
    day = read_day(corpus)
    assert day.name == LOUD_DAY
    assert [each.text for each in day.sayings[:3]] == [
        "caf\u00e9 bold",
        "* |bob| waves",
        "two\nlines",
    ]
    assert day.stripped == 2
    assert len(day.left_out) == 1
    assert len(day.sayings) == 123


def test_a_day_on_which_nobody_spoke_is_an_error(corpus: Path) -> None:
    with pytest.raises(LookupError, match="1848-03-19"):
        read_day(corpus, "1848-03-19")


def test_only_controls_are_stripped() -> None:
    assert normalize("a\tb\n\x00c\x9f ") == "a\tb\nc"


async def test_a_made_up_day_arrives_whole(server: Server, corpus: Path) -> None:
    links: list[str] = []
    day = read_day(corpus)
    result = await replay(server.port, day, readers=3, on_link=links.append)
    assert result.faults() == []
    assert result.posted == 123
    assert len(result.late.heard) == 123
    assert links == [result.link]


async def test_one_at_a_time_everybody_hears_the_day_in_its_order(
    server: Server, corpus: Path
) -> None:
    day = read_day(corpus)
    result = await replay(server.port, day, readers=1, window=1)
    assert [each[2] for each in result.late.heard] == [s.text for s in day.sayings]


async def test_a_day_can_be_played_into_a_room_that_is_there(
    server: Server, corpus: Path
) -> None:
    day = read_day(corpus, QUIET_DAY)
    first = await replay(server.port, day, readers=1)
    again = await replay(server.port, day, readers=1, link=first.link, speed=1e6)
    assert first.faults() == []
    assert again.link == first.link
    assert len(again.late.heard) == 2


@pytest.mark.parametrize(
    ("seqs", "heard", "fault"),
    [
        ([1, 2], [("p", "a", "Hi"), ("p", "b", "Ho")], None),
        ([1, 3], [("p", "a", "Hi"), ("p", "b", "Ho")], "gaps"),
        ([1, 2], [("p", "b", "Ho"), ("p", "a", "Hi")], "differ"),
        ([1], [("p", "a", "Hi")], "1 of 2"),
        ([1, 2, 3], [("p", "a", "Hi"), ("p", "b", "Ho"), ("p", "b", "Ho")], "3 of 2"),
        ([1, 2], [("p", "a", "Hi"), ("p", "b", "Oh")], "differ"),
    ],
)
def test_what_is_not_whole_is_told(
    corpus: Path, seqs: list[int], heard: list[tuple[str, str, str]], fault: str | None
) -> None:
    whole = [("p", "a", "Hi"), ("p", "b", "Ho")]
    result = Replay(read_day(corpus, QUIET_DAY))
    result.said["p"] = [("a", "Hi"), ("b", "Ho")]
    result.late = Reader([1, 2], whole)
    result.readers = [Reader(seqs, heard)]
    faults = result.faults()
    assert bool(faults) == (fault is not None)
    assert fault is None or any(fault in each for each in faults)


@pytest.mark.skipif(
    CORPUS is None, reason=f"NO REAL CONVERSATION HERE: {VARIABLE} tells where it is"
)
async def test_the_busiest_day_of_a_real_channel_arrives_whole(server: Server) -> None:
    assert CORPUS is not None
    result = await replay(server.port, read_day(CORPUS))
    assert result.faults() == []
    assert len(result.readers) == 20
    assert result.posted > 1_000
