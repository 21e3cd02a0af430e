"""Whoever was away is told all that was missed, once and in order: P5."""

from pathlib import Path

import pytest

from tests.faults.absences import miss, restore_in_the_midst
from tests.faults.conftest import Length
from tests.faults.figures import tell
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.storm import Weather, storm
from tests.faults.supervisor import Supervisor

AWAY = {"post": 30, "edit": 2, "delete": 1, "react": 2, "leave": 1, "away": 8}
MISSED = 10_000

pytestmark = pytest.mark.timeout(3_600)


async def test_whoever_comes_back_is_told_what_was_missed_without_a_gap(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int, length: Length
) -> None:
    times = length.of(500, campaign=20_000)
    weather = Weather(seed=seed, people=8, rooms=4, members=4, rate=40, mix=AWAY)
    await supervisor.start()
    async with storm(supervisor.server, history, weather) as talk:
        # Some start from the newest after a while; the others want all.
        for device in talk.devices[::3]:
            device.most = 20
        await talk.until(lambda: talk.resumed >= times / 2, patience=3_000)
        await supervisor.restart()
        await talk.until(lambda: talk.resumed >= times, patience=3_000)
        await talk.finish()
    tell(judge(history, tmp_path))
    opened = list(history.of("opened"))
    assert sum(record["reset"] for record in opened) > times / 100
    assert sum(record["after"] is not None for record in opened) >= times


async def test_ten_thousand_missed_events_are_caught_up_with_soon(
    supervisor: Supervisor, history: History
) -> None:
    await supervisor.start()
    seconds, reader = await miss(supervisor, history, MISSED)
    told = [
        event["seq"]
        for record in history.of("delivered")
        if record["device"] == reader.name
        for event in record["events"]
    ]
    tell(f"{MISSED} missed events were there after {seconds:.2f} s")
    assert told == list(range(1, MISSED + 3))
    assert seconds < 10


async def test_a_restored_backup_is_another_epoch_and_all_start_from_what_is_there(
    supervisor: Supervisor, history: History, tmp_path: Path, seed: int
) -> None:
    await supervisor.start()
    async with storm(supervisor.server, history, Weather(seed=seed)) as talk:
        await talk.until_acknowledged(200)
        await restore_in_the_midst(supervisor, talk, tmp_path / "copy.db", words=300)
        await talk.finish()
    assert_views_are_whole(history)


def assert_views_are_whole(history: History) -> None:
    """See that what devices were told after the restoring is what the log has."""
    records = history.records
    begin = max(
        n for n, record in enumerate(records) if record.get("fault") == "restore"
    )
    logs = {log["room"]: log["events"] for log in history.of("log")}
    heads: dict[tuple[str, str], int] = {}
    for record in records[begin:]:
        key = record["device"], record.get("room", "")
        if record["what"] == "opened":
            if record["after"]:
                assert key in heads, f"{key} went on from before the restoring"
            heads[key] = record["from"] - 1
        elif record["what"] == "delivered":
            for event in record["events"]:
                assert event["seq"] == heads[key] + 1
                heads[key] = event["seq"]
                kept = logs[record["room"]][event["seq"] - 1]
                assert (event["at"], event["by"]) == (kept["at"], kept["by"])
