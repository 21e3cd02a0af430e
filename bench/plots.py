"""Pictures of what was measured: `bench/results/*.json` as SVG.

They are drawn for light and for dark pages alike, and never measure anything.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from bench.figures import RESULTS
from bench.servers import ROOT

PICTURES = ROOT / "docs" / "pictures"
WIDTH, ROW, LEFT, RIGHT, TOP, BOTTOM = 800, 26, 190, 110, 34, 26
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333; }
  .title { font-weight: 600; }
  .ours { fill: #2563eb; }
  .others { fill: #9ca3af; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .ours { fill: #7aa7ff; }
    .others { fill: #6b7280; }
  }
"""
PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
  aria-label="{title}">
<style>{style}</style>
<text class="title" x="10" y="20">{title}</text>
{bars}
<text x="10" y="{bottom}">{foot}</text>
</svg>
"""
Summary = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Bar:
    """One line of a picture: what it is of, how long it is, and what it says."""

    name: str
    value: float
    label: str


def draw_bars(title: str, bars: Sequence[Bar], foot: str) -> str:
    """Return an SVG of bars, ours in a colour of their own, the longest full width."""
    longest = max((bar.value for bar in bars), default=0) or 1
    wide = WIDTH - LEFT - RIGHT
    drawn: list[str] = []
    for place, bar in enumerate(bars):
        top, long = TOP + place * ROW, max(1.0, bar.value / longest * wide)
        kind = "ours" if bar.name.startswith("chinwag") else "others"
        drawn.append(
            f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">'
            f"{escape(bar.name)}</text>"
            f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{long:.1f}" '
            f'height="{ROW - 8}"/>'
            f'<text x="{LEFT + long + 6:.1f}" y="{top + 14}">'
            f"{escape(bar.label)}</text>"
        )
    height = TOP + len(bars) * ROW + BOTTOM
    return PICTURE.format(
        width=WIDTH,
        height=height,
        title=escape(title),
        style=STYLE,
        bars="\n".join(drawn),
        bottom=height - 8,
        foot=escape(foot),
    )


def list_speeds(summary: Summary) -> list[Bar]:
    """Return the hot room's deliveries a second of server CPU, the fastest first."""
    speeds = {
        name: float(each["deliveries_per_cpu_second"]["median"])
        for name, each in summary.items()
    }
    demo = speeds.get("demo")
    return [
        Bar(
            name,
            speed,
            f"{speed / demo:.1f} x demo" if demo else f"{speed / 1e6:.2f} million",
        )
        for name, speed in sorted(speeds.items(), key=lambda each: -each[1])
    ]


def list_waits(summary: Summary) -> list[Bar]:
    """Return how long words take at each rate, at the 99th part."""
    return [
        Bar(
            name, float(each["p99_ms"]["median"]), f"{each['p99_ms']['median']:,.1f} ms"
        )
        for name, each in summary.items()
    ]


def list_weights(summary: Summary) -> list[Bar]:
    """Return the memory of an idle connection."""
    return [
        Bar(name, float(weight), f"{weight:.1f} KiB")
        for name, each in summary.items()
        for weight in (each["kib_per_connection"]["median"],)
    ]


AXES = {
    "rate": "posts a second",
    "messages": "messages before",
    "connections": "quiet people",
}


def list_growth(axes: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Bar]:
    """Return what a post costs the server as one thing after the other grows."""
    return [
        Bar(
            f"{point[axis]:,.0f} {AXES.get(axis, axis)}",
            float(point["cpu_us_per_post"]),
            f"{point['cpu_us_per_post']:,.0f} µs",
        )
        for axis, points in axes.items()
        for point in points
        # Bytes are varied for rooms of two sizes.
        if axis != "bytes" or point["members"] == points[0]["members"]
    ]


@dataclass(frozen=True)
class Plot:
    """Which part of which results make which picture."""

    title: str
    bars: Callable[[Any], list[Bar]]
    part: str = "summary"
    foot: str = "Medians."


PLOTS = {
    "hot-room": Plot(
        "Hot room: deliveries a second of server CPU (longer is better)", list_speeds
    ),
    "latency": Plot(
        "Latency: post to delivery, 99th part, ms (shorter is better)", list_waits
    ),
    "memory-thousands-1": Plot(
        "Idle connection: memory, KiB (shorter is better)", list_weights
    ),
    "growth": Plot(
        "What grows with what: µs of server CPU a post (shorter is better)",
        list_growth,
        part="axes",
        foot="One run.",
    ),
}


def tell_origin(machine: Mapping[str, Any]) -> str:
    """Return when, where and with which version it was measured."""
    day = str(machine["date"]).partition("T")[0]
    return (
        f"{day}, {machine['processor']}, {machine['cores']} cores, {machine['commit']}"
    )


def draw_all(results: Path = RESULTS, pictures: Path = PICTURES) -> list[Path]:
    """Draw each picture whose results are there; return where they are."""
    pictures.mkdir(parents=True, exist_ok=True)
    drawn: list[Path] = []
    for name, plot in PLOTS.items():
        source = results / f"{name}.json"
        if not source.exists():
            continue
        seen = json.loads(source.read_text(encoding="utf-8"))
        path = pictures / f"{name}.svg"
        foot = f"{plot.foot} {tell_origin(seen['machine'])}"
        picture = draw_bars(plot.title, plot.bars(seen[plot.part]), foot)
        path.write_text(picture, encoding="utf-8")
        drawn.append(path)
    return drawn
