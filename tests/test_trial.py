"""`chinwag bench`: what it makes of what people heard, and a trial of a real server."""

import http.server
import json
import socket
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from typing_extensions import override

from chinwag import cli
from chinwag.trial import TrialFailed, conclude, find_socket
from chinwag.trial.judging import Ear, Step, plan, sum_up
from tests.running import running

LATE, SOON = 300.0, 20.0


def step(people: int, p99_ms: float, *, lost: int = 0, doubled: int = 0) -> Step:
    return Step(people, 10, 10 * people - lost, lost, doubled, p99_ms / 2, p99_ms)


def ears_that_heard(*heard: list[int]) -> list[Ear]:
    ears: list[Ear] = []
    for seqs in heard:
        ear = Ear()
        ear.begin(1.0)
        for seq in seqs:
            ear.hear(seq, said_at=2.0, now=2.0 + seq / 100)
        ears.append(ear)
    return ears


def test_what_everybody_heard_is_timed() -> None:
    seen = sum_up(ears_that_heard([1, 2], [1, 2]), 2)
    assert (seen.deliveries, seen.lost, seen.doubled) == (4, 0, 0)
    assert (seen.p50_ms, seen.p99_ms) == (pytest.approx(20), pytest.approx(20))
    assert seen.holds(20.1)
    assert not seen.holds(19.9)


@pytest.mark.parametrize(
    ("heard", "lost", "doubled"),
    [([1], 1, 0), ([1, 2, 2], 0, 1), ([2, 1], 1, 1), ([], 2, 0)],
    ids=["lost", "twice", "out of order", "nothing"],
)
def test_a_fault_at_one_person_is_seen(
    heard: list[int], lost: int, doubled: int
) -> None:
    seen = sum_up(ears_that_heard([1, 2], heard), 2)
    assert (seen.lost, seen.doubled) == (lost, doubled)
    assert not seen.holds(LATE)


def test_what_was_said_before_does_not_count() -> None:
    ear = Ear()
    ear.begin(10.0)
    ear.hear(1, said_at=9.0, now=11.0)
    assert ear.delays == []


def test_a_step_in_which_nothing_was_taken_holds_nobody() -> None:
    assert not sum_up(ears_that_heard([]), 0).holds(LATE)


def test_the_last_step_is_what_was_asked_for() -> None:
    assert plan(2) == [2]
    assert plan(100) == [10, 30, 100]
    assert plan(120) == [10, 30, 100, 120]


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([step(10, SOON)], "Holds 10 people at p99 20 ms here. More were not tried."),
        ([step(10, SOON), step(30, LATE)], "With 30 it was 300 ms, over 250."),
        ([step(10, SOON), step(30, SOON, lost=3)], "3 deliveries were lost"),
        ([step(10, SOON), step(30, SOON, doubled=2)], "2 came twice"),
        ([step(10, LATE)], "Not even 10 people are held within 250 ms here."),
    ],
)
def test_it_ends_in_a_sentence(steps: list[Step], sentence: str) -> None:
    assert sentence in conclude(steps, 250.0)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:2428", "ws://127.0.0.1:2428/ws"),
        ("http://localhost", "ws://localhost/ws"),
        ("https://[::1]:443/", "wss://[::1]:443/ws"),
    ],
)
def test_this_machine_is_tried(url: str, address: str) -> None:
    assert find_socket(url, elsewhere=False) == address


@pytest.mark.parametrize("url", ["http://chat.example", "http://192.0.2.1:2428"])
def test_another_machine_has_to_be_ours(url: str) -> None:
    with pytest.raises(TrialFailed, match="--elsewhere"):
        find_socket(url, elsewhere=False)
    assert find_socket(url, elsewhere=True).startswith("ws://")


@pytest.mark.parametrize("url", ["127.0.0.1:2428", "ftp://localhost", "http://"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(TrialFailed, match="is no URL"):
        find_socket(url, elsewhere=True)


def test_a_running_chinwag_is_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path / "data") as server:
        told = ["bench", "--url", server.url, "--people", "12", "--seconds", "1"]
        assert cli.main(told) == 0
        table = capsys.readouterr().out
        assert cli.main([*told, "--json"]) == 0
        seen = json.loads(capsys.readouterr().out)
    assert "Holds 12 people at p99" in table
    assert [each["people"] for each in seen["steps"]] == [10, 12]
    assert all(each["deliveries"] == 10 * each["people"] for each in seen["steps"])


def test_who_is_too_fast_for_the_limits_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = {"CHINWAG_RATE_JOINS": "5/3", "CHINWAG_RATE_CONNECTIONS": "10/4"}
    with running(tmp_path / "data", environment=limits) as server:
        told = ["bench", "--url", server.url, "--people", "8", "--seconds", "1"]
        assert cli.main(told) == 0
    assert "Holds 8 people at p99" in capsys.readouterr().out


def test_nobody_there_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        port: int = there.getsockname()[1]
    assert cli.main(["bench", "--url", f"http://127.0.0.1:{port}"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("No Chinwag talks to us at ws://127.0.0.1")


@pytest.fixture
def stranger() -> Generator[int]:
    """Return the port of a server of something else."""

    class Quiet(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_error(404)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Quiet) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


def test_another_server_is_told_in_a_sentence(
    stranger: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", "--url", f"http://127.0.0.1:{stranger}"]) == 1
    assert "That is no Chinwag: it answers 404." in capsys.readouterr().err
