"""A day of real conversation in the page: complete, in order, each word once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.corpus import find_corpus, read_day
from bench.replay import Replay, replay
from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest

CORPUS = find_corpus()
TURNS = 400
PATIENT_TURNS = 40
SHOWN = """
(() => [...document.querySelectorAll(".message[data-seq]")].map((message) => [
    Number(message.dataset.seq), message.querySelector(".words").textContent,
]))()
"""


def read_from_the_newest_up(guest: Guest) -> dict[int, str]:
    """Return what one sees who scrolls up until nothing new comes, by `seq`."""
    seen: dict[int, str] = {}
    last_new = 0
    for turn in range(TURNS):
        known = len(seen)
        shown: list[tuple[int, str]] = guest.page.evaluate(SHOWN)
        seqs = [seq for seq, _ in shown]
        assert seqs == sorted(set(seqs))
        seen.update(shown)
        last_new = turn if len(seen) > known else last_new
        if turn - last_new > PATIENT_TURNS:
            break
        guest.scroll(-3000)
        guest.page.wait_for_timeout(25)
    return seen


def in_the_end(result: Replay) -> list[str]:
    """Return the texts of the log, in its order, without what a page can't show."""
    return [text.replace("\n", " ").strip() for _, _, text in result.late.heard]


@pytest.mark.skipif(CORPUS is None, reason="there is no corpus of conversation here")
def test_the_busiest_day_stands_in_the_page_as_it_was_said(
    server: Server, invite: Invite
) -> None:
    assert CORPUS is not None
    day = read_day(CORPUS)
    ada = invite("Ada")
    link = ada.start_room(server.url)
    with ThreadPoolExecutor(1) as thread:
        # It plays while the page is open; a page that is told so much keeps up.
        playing = thread.submit(
            lambda: asyncio.run(replay(server.port, day, readers=3, link=link))
        )
        while not playing.done():
            ada.page.wait_for_timeout(200)
        result = playing.result()
    assert result.faults() == []
    newest = result.late.heard[-1][2]
    ada.page.get_by_text(newest, exact=True).last.wait_for()
    seen = read_from_the_newest_up(ada)
    texts = [seen[seq].replace("\n", " ").strip() for seq in sorted(seen)]
    assert len(texts) == result.posted
    assert texts == in_the_end(result)
