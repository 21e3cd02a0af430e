"""Each row of the scorecard runs, in small: so that it does not rot."""

import json

import pytest

from bench import figures
from bench.figures import interleave, summarize
from bench.load import Load
from bench.peers import Crowd
from bench.peers.chinwag import NO_RATES, Chinwag
from bench.peers.demo import Demo
from bench.scenarios import flood, hot_room, latency, memory

QUICK = Load(window=2, warm_up=0.2, seconds=0.6, quiet=0.2)


def test_rounds_go_forth_and_back() -> None:
    assert interleave(["a", "b"], 3) == ["a", "b", "b", "a", "a", "b"]


def test_a_summary_tells_the_middle_and_the_ends() -> None:
    assert summarize([3.0, 1.0, 9.0]) == {
        "median": 3.0,
        "least": 1.0,
        "most": 9.0,
        "runs": 3,
    }


@pytest.mark.parametrize("senders", [0, 1, 3, 10])
def test_as_many_post_as_were_asked_for(senders: int) -> None:
    crowd = Crowd(rooms=1, members=10, senders=senders)
    assert sum(crowd.posts(place) for place in range(10)) == senders


def test_a_hot_room_is_measured_beside_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hot_room, "CROWD", Crowd(rooms=1, members=20, senders=5))
    peers = [Chinwag(), Demo(), Demo(compressed=True)]
    seen = hot_room.measure(peers, QUICK, rounds=1)
    hot_room.show(seen)
    told = capsys.readouterr().out
    for peer in peers:
        assert seen["runs"][peer.name][0]["deliveries"] > 0
        assert peer.name in told
    assert seen["summary"]["demo"]["times_the_demo"] == 1.0


def test_a_run_in_which_something_is_lost_is_no_measure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hot_room, "FAULTS", ("posts",))
    with pytest.raises(hot_room.Incomplete, match="demo"):
        hot_room.run_once(Demo(), Crowd(rooms=1, members=3, senders=1), QUICK)


def test_idle_connections_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "WARM", Crowd(rooms=1, members=2, senders=0))
    monkeypatch.setattr(memory, "SETTLE_SECONDS", 0.1)
    crowd = Crowd(rooms=4, members=10, senders=0)
    seen = memory.measure([Chinwag()], rounds=1, crowd=crowd)
    memory.show(seen)
    assert 0 <= seen["summary"]["chinwag"]["kib_per_connection"]["median"] < 200


def test_words_are_timed_at_a_given_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "DELIVERIES", (200,))
    crowd = Crowd(rooms=2, members=4, senders=1)
    seen = latency.measure([Chinwag()], QUICK, crowd=crowd)
    assert latency.show(seen)
    assert seen["summary"]["chinwag at 200/s"]["p99_ms"]["median"] > 0


@pytest.mark.parametrize("rates", [{}, NO_RATES], ids=["rates on", "rates off"])
def test_somebody_chats_while_others_flood(
    monkeypatch: pytest.MonkeyPatch, rates: dict[str, str]
) -> None:
    monkeypatch.setattr(flood, "CALM_SECONDS", 0.5)
    monkeypatch.setattr(flood, "SECONDS", 2.0)
    seen = flood.measure_once(rates, sockets=40)
    flood.show({"in small": seen})
    assert seen["calm_ms"]["ping"]["count"] > 0
    assert seen["flood"]["frames"] > 0


def test_figures_stand_beside_the_machine_that_they_are_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("results")
    monkeypatch.setattr(figures, "RESULTS", folder)
    kept = json.loads(figures.keep("row", {"summary": 1}).read_text())
    assert kept["summary"] == 1
    assert kept["machine"]["versions"]["websockets"]
