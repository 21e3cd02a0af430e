"""The checker is checked: it flags every kind of broken history, and no sound one."""

from typing import Any

import pytest

from tests.faults.history import History, list_faults


def event(seq: int, number: int, by: str = "ada", text: str = "") -> dict[str, Any]:
    return {
        "seq": seq,
        "at": seq,
        "kind": "message",
        "by": by,
        "cmid": str(number),
        "text": text or f"{by} {number}",
    }


def sound() -> tuple[list[History], list[dict[str, Any]]]:
    """Return two people's history, one of whose messages is in doubt, and the log."""
    joined = {"seq": 1, "at": 1, "kind": "joined", "by": "ada"}
    log = [joined, *(event(seq, seq) for seq in range(2, 6)), event(6, 1, "eve")]
    ada = History(
        "ada", {n: f"ada {n}" for n in range(2, 7)}, {n: n for n in (2, 3, 4)}
    )
    eve = History("eve", {1: "eve 1"}, {1: 6}, {seq: log[seq - 1] for seq in (3, 4)})
    return [ada, eve], log


def test_a_sound_history_has_no_faults() -> None:
    assert list_faults(*sound()) == []


@pytest.mark.parametrize("seq", range(2, 7))
def test_a_message_that_is_missing_is_a_gap(seq: int) -> None:
    histories, log = sound()
    del log[seq - 1]
    assert any(
        fault.startswith("gap") for fault in list_faults(histories, log[:6])
    ) or (seq == 6)
    assert list_faults(histories, log)


@pytest.mark.parametrize("seq", [2, 3, 4, 6])
def test_an_acknowledged_message_that_is_not_there_is_lost(seq: int) -> None:
    histories, log = sound()
    log[seq - 1] = {"seq": seq, "at": seq, "kind": "left", "by": "bob"}
    assert any(fault.startswith("lost") for fault in list_faults(histories, log))


@pytest.mark.parametrize("seq", range(2, 7))
def test_a_message_that_stands_twice_is_a_double(seq: int) -> None:
    histories, log = sound()
    log.append({**log[seq - 1], "seq": 7})
    assert any(fault.startswith("double") for fault in list_faults(histories, log))


def test_a_message_with_another_text_is_lost() -> None:
    histories, log = sound()
    log[2]["text"] = "something else"
    assert any(fault.startswith("lost") for fault in list_faults(histories, log))


@pytest.mark.parametrize("seq", [3, 4])
def test_what_was_seen_and_is_no_more_is_a_phantom(seq: int) -> None:
    histories, log = sound()
    log[seq - 1] = event(seq, seq + 50, "bob")
    assert any(fault.startswith("phantom") for fault in list_faults(histories, log))


def test_a_message_that_nobody_sent_is_a_phantom() -> None:
    histories, log = sound()
    log.append(event(7, 99, "eve"))
    assert any(fault.startswith("phantom") for fault in list_faults(histories, log))


def test_messages_of_one_person_in_another_order_are_disorder() -> None:
    histories, log = sound()
    log[3]["cmid"], log[4]["cmid"] = log[4]["cmid"], log[3]["cmid"]
    assert any(fault.startswith("disorder") for fault in list_faults(histories, log))
