"""Each row of the scorecard runs, in small: so that it does not rot."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import figures, filling
from bench.blocking import asking
from bench.compiling import find_compiler
from bench.disk import slow_disk
from bench.figures import interleave, summarize
from bench.load import Load
from bench.peers import Crowd
from bench.peers.ceiling import Ceiling
from bench.peers.chinwag import NO_RATES, Chinwag
from bench.peers.demo import Demo
from bench.peers.library import LIBRARIES, Library
from bench.scenarios import (
    durable,
    flood,
    history,
    hot_room,
    idle,
    latency,
    many_rooms,
    memory,
    price,
    search,
    slow_readers,
    storm,
)
from bench.servers import serving
from chinwag.ids import RoomId
from chinwag.store.search_index import SearchIndex

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


def test_idle_connections_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "THOUSANDS", Crowd(rooms=2, members=10, senders=0))
    monkeypatch.setattr(idle, "SETTLE_SECONDS", 0.1)
    seen = idle.measure([Chinwag(), Demo()], seconds=0.5)
    idle.show(seen)
    assert seen["runs"]["chinwag"][0]["connections"] == 20


def test_many_rooms_are_measured_beside_a_bare_loop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(many_rooms, "ROOMS", 5)
    monkeypatch.setattr(many_rooms, "DELIVERIES", 400)
    peers = [Chinwag(), *([Ceiling()] if Ceiling().missing() is None else [])]
    seen = many_rooms.measure(peers, QUICK, rounds=1)
    many_rooms.show(seen)
    assert seen["summary"]["chinwag"]["cpu_us_per_delivery"]["median"] > 0
    assert len(peers) == 1 or "times bare C" in capsys.readouterr().out


def test_a_store_that_forgets_is_measured_beside_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hot_room, "CROWD", Crowd(rooms=1, members=20, senders=5))
    seen = price.measure(QUICK, rounds=1)
    price.show(seen)
    assert all(run["deliveries"] > 0 for (run,) in seen["runs"].values())


def test_readers_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_readers, "CROWD", Crowd(rooms=1, members=20, senders=5))
    monkeypatch.setattr(slow_readers, "STOPPED", 3)
    seen = slow_readers.measure(Chinwag(), rounds=1, seconds=0.5)
    slow_readers.show(seen)
    assert {run["void"] for (run,) in seen["runs"].values()} == {False}


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


@pytest.mark.parametrize("peer", LIBRARIES, ids=lambda peer: peer.name)
def test_a_peer_that_is_here_delivers_everything(peer: Library) -> None:
    if missing := peer.missing():
        pytest.skip(f"NOT MEASURED HERE: {peer.name}: {missing}")
    outcome = hot_room.run_once(peer, Crowd(rooms=1, members=10, senders=5), QUICK)
    assert outcome["deliveries"] > 0


def test_what_is_filled_reads_as_the_product_would_have_written_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    filled = filling.fill(data, 3_000, seed=3)
    assert list_not_indexed(data, "filled-3") == set()
    with serving(Chinwag(), data=data) as server:
        for room, head, token in zip(
            filled.rooms, filled.heads, filled.founders, strict=True
        ):
            read_whole(server.port, room, head, token)
    seen = history.measure(data, filled, rounds=2, pages=3)
    history.show(seen)
    assert "newest" in capsys.readouterr().out
    with pytest.raises(FileExistsError):
        filling.fill(data, 10)


def list_not_indexed(data: Path, epoch: str) -> set[RoomId]:
    """Return the rooms of which the search index does not know all."""
    with closing(SearchIndex(data, epoch)) as index:
        return index.list_behind()


def read_whole(port: int, room: str, head: int, token: str) -> None:
    """Read a room to its end: every event is there, and changes are folded in."""
    log: list[dict[str, Any]] = []
    with asking(port, token=token) as asker:
        while len(log) < head:
            ask = {"type": "history", "id": 2, "room": room, "after": len(log)}
            page = json.loads(asker.ask(json.dumps(ask).encode()))["result"]
            assert page["head"] == head
            log.extend(page["events"])
        me = json.loads(asker.ask(b'{"type":"me","id":3}'))["result"]
    assert [event["seq"] for event in log] == list(range(1, head + 1))
    (own,) = [each for each in me["rooms"] if each["id"] == room]
    assert own["unread"] == 0
    assert own["messages"] == sum(event["kind"] == "message" for event in log)
    for event in log:
        if event["kind"] == "edited":
            target = log[int(event["target"]) - 1]
            assert (target["text"], target["changed"]) == (event["text"], event["seq"])
        elif event["kind"] == "deleted":
            assert log[event["target"] - 1]["deleted"]
        elif event["kind"] == "reacted":
            assert log[event["target"] - 1]["reactions"][0]["people"] == [event["by"]]


def test_a_storm_is_weathered_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if find_compiler() is None:
        pytest.skip("there is no C compiler")
    crowd = Crowd(rooms=3, members=4, senders=1)
    monkeypatch.setattr(storm, "CROWD", crowd)
    monkeypatch.setattr(storm, "IN_TEN_ROOMS", replace(crowd, each=3))
    monkeypatch.setattr(storm, "SETTLE_SECONDS", 0.2)
    seen = storm.measure(rounds=1, missed=5)
    storm.show(seen)
    assert "times the demo's handshakes: goal at least 2" in capsys.readouterr().out
    (ten,) = seen["runs"]["chinwag, ten rooms"]
    assert ten["messages"] == 12 * 3 * 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"deliveries": 119},
        {"disordered": 1},
        {"rooms": {"least": 2, "most": 3}},
        {"messages_in_each": {"least": 4, "most": 6}},
    ],
)
def test_who_comes_back_to_less_or_more_is_seen(wrong: dict[str, Any]) -> None:
    crowd = Crowd(rooms=2, members=4, senders=1, each=3)
    whole = {"deliveries": 120, "disordered": 0, "seconds": 1.0, "shaken_seconds": 1.0}
    whole |= {"rooms": {"least": 3, "most": 3}, "cpu": 0.1, "server_cpu": 0.5}
    whole |= {"messages_in_each": {"least": 5, "most": 5}}
    whole |= {"in_ms": {"p50": 1.0, "p99": 1.0}}
    assert storm.judge_coming(Chinwag(), whole, crowd, 5)["messages"] == 120
    with pytest.raises(hot_room.Incomplete):
        storm.judge_coming(Chinwag(), whole | wrong, crowd, 5)


def test_durable_messages_are_measured_beside_a_commit_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(durable, "ONE_BY_ONE_SECONDS", 0.2)
    data = tmp_path / "data"
    filled = filling.fill(data, 500)
    durable.show(durable.measure(data, filled, QUICK, rounds=1))
    assert "one by one" in capsys.readouterr().out


def test_a_disk_can_be_made_slower(tmp_path: Path) -> None:
    if find_compiler() is None:
        pytest.skip("there is no C compiler")
    data = tmp_path / "data"
    seen = durable.run_one_by_one(data, 0.5, slow_disk(20))
    # Each COMMIT waits for one sync at least.
    assert 5 < seen["a_second"] <= 50


def test_searching_is_timed_and_looked_up_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WARM", 1)
    data = tmp_path / "data"
    filled = filling.fill(data, 3_000, seed=3)
    seen = search.measure(data, filled, queries=3)
    search.show(seen)
    assert seen["wrong"] == 0
    assert {"rare", "common", "phrase", "in one room"} <= set(seen["ms"])
    assert "3,000 messages" in capsys.readouterr().out


def test_what_is_not_found_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    filled = filling.fill(data, 300, seed=3)

    def find_another(_: search.Searcher, word: str) -> set[tuple[str, int]]:
        return {(word, 1)}

    monkeypatch.setattr(search.Searcher, "find_all", find_another)
    assert search.measure(data, filled, queries=1)["wrong"] > 0
