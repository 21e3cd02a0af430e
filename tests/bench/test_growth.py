"""Lines are fitted right, and what grows with what is measured, in small."""

from itertools import count
from pathlib import Path

import pytest

from bench import filling
from bench.fitting import fit, solve
from bench.load import Load
from bench.scenarios import growth
from bench.servers import Server

QUICK = Load(rate=100, warm_up=0.1, seconds=1.5, quiet=0.1)


def test_a_plane_is_found_whatever_the_orders_of_its_columns() -> None:
    rows = [[1.0, m, b, m * b] for m in (1, 10, 1_000) for b in (40, 600, 9_600)]
    parts = [250.0, 1.5, 0.02, 0.0004]
    values = [sum(p * cell for p, cell in zip(parts, r, strict=True)) for r in rows]
    found = fit(rows, values)
    assert found.parts == pytest.approx(parts, rel=1e-6)
    assert found.worst < 1e-9


def test_a_residual_tells_how_far_a_value_is_above_its_line() -> None:
    found = fit([[1.0]] * 3, [90.0, 90.0, 120.0])
    (level,) = found.parts
    assert found.residuals == pytest.approx([90 / level - 1] * 2 + [120 / level - 1])
    assert found.worst == pytest.approx(120 / level - 1)


def test_what_never_varied_can_not_be_told_apart() -> None:
    with pytest.raises(ValueError, match="too few"):
        fit([[1.0, 5.0], [1.0, 5.0]], [3.0, 3.1])


def test_equations_are_solved_even_where_a_first_cell_is_zero() -> None:
    assert solve([[0.0, 2.0], [3.0, 1.0]], [4.0, 5.0]) == pytest.approx([1.0, 2.0])


def make_point(**told: float) -> growth.Figures:
    base = {"members": 10, "rooms": 1, "bytes": 150, "void": False}
    return base | {"cpu_us_per_post": 100 + told.get("rooms", 1)} | told


def test_the_knee_is_where_the_cost_has_doubled_and_void_points_do_not_count() -> None:
    rooms = [make_point(rooms=each) for each in (1, 10, 100, 1_000)]
    rooms.append(make_point(rooms=500, cpu_us_per_post=9_999) | {"void": True})
    empty: list[growth.Figures] = []
    axes = {"members": empty, "bytes": empty, "rooms": rooms}
    models = growth.model(axes | {"messages": empty, "connections": empty})
    assert models["rooms"]["knee"] == pytest.approx(100)
    assert models["rooms"]["us"] == pytest.approx({"a post": 100.0, "of rooms": 1.0})
    assert "missing" in models["members and bytes"]


def test_each_axis_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, few in (
        *(("MEMBERS", (2, 20)), ("ROOMS", (1, 3)), ("SIZES", (40, 2_000))),
        *(("SIZE_MEMBERS", (2,)), ("RATES", (50,)), ("CONNECTIONS", (10, 30))),
    ):
        monkeypatch.setattr(growth, name, few)
    monkeypatch.setattr(growth, "SETTLE_SECONDS", 0.3)
    monkeypatch.setattr(growth, "QUIET_BUSY", 0.2)
    data = tmp_path / "data"
    seen = growth.measure(QUICK, data=[(data, filling.fill(data, 500))])
    growth.show(seen)
    axes = seen["axes"]
    assert [each["connections"] for each in axes["connections"]] == [10, 30]
    assert [each["messages"] for each in axes["messages"]] == [500]
    assert all(p["posts"] > 0 for points in axes.values() for p in points)
    assert "by connections" in capsys.readouterr().out


def test_a_server_that_never_rests_is_not_waited_for_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = count()

    def read_more(_: Server) -> float:
        return float(next(turns))

    monkeypatch.setattr(Server, "read_cpu", read_more)
    monkeypatch.setattr(growth, "SETTLE_SECONDS", 0.01)
    monkeypatch.setattr(growth, "QUIET_PATIENCE", 0.05)
    with pytest.raises(TimeoutError):
        growth.wait_until_quiet(Server(0, 0, Path()))
