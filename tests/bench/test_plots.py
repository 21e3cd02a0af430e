"""Pictures say what the results say."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.plots import Bar, draw_all, draw_bars, list_speeds

SVG = "{http://www.w3.org/2000/svg}"
MACHINE = {"date": "2026-11-27T09:00:00", "processor": "P", "cores": 2, "commit": "c"}


def widths(picture: str) -> list[float]:
    root = ET.fromstring(picture)  # noqa: S314 - our own picture
    return [float(each.attrib["width"]) for each in root.iter(f"{SVG}rect")]


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    bars = [Bar("chinwag", 60, "60 <"), Bar("demo & more", 15, "15")]
    longest, other = widths(draw_bars("Speed & more", bars, "today"))
    assert longest == 4 * other


def test_speeds_are_told_in_times_of_the_demo_the_fastest_first() -> None:
    speeds = {"demo": 100, "ws": 150, "chinwag": 6_000}
    summary = {
        name: {"deliveries_per_cpu_second": {"median": speed}}
        for name, speed in speeds.items()
    }
    assert [(bar.name, bar.label) for bar in list_speeds(summary)] == [
        ("chinwag", "60.0 x demo"),
        ("ws", "1.5 x demo"),
        ("demo", "1.0 x demo"),
    ]


def test_only_what_was_measured_is_drawn(tmp_path: Path) -> None:
    summary = {
        "chinwag at 20,000/s": {"p99_ms": {"median": 3.25}},
        "demo at 20,000/s": {"p99_ms": {"median": 1.0}},
    }
    seen = {"machine": MACHINE, "summary": summary}
    (tmp_path / "latency.json").write_text(json.dumps(seen), encoding="utf-8")
    (drawn,) = draw_all(tmp_path, tmp_path / "pictures")
    picture = drawn.read_text(encoding="utf-8")
    assert drawn.name == "latency.svg"
    assert "3.2 ms" in picture
    assert "2026-11-27" in picture
    assert len(widths(picture)) == 2


def test_growth_is_drawn_along_each_axis(tmp_path: Path) -> None:
    small = {"members": 10, "bytes": 40, "cpu_us_per_post": 500.0}
    large = {"members": 100, "bytes": 40, "cpu_us_per_post": 1_000.0}
    axes = {"members": [small, large], "bytes": [small, large]}
    seen = {"machine": MACHINE, "axes": axes}
    (tmp_path / "growth.json").write_text(json.dumps(seen), encoding="utf-8")
    (drawn,) = draw_all(tmp_path, tmp_path / "pictures")
    few, many, bytes_few = widths(drawn.read_text(encoding="utf-8"))
    assert many == 2 * few == 2 * bytes_few
