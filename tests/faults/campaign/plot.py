"""A picture of a campaign: what was acknowledged over time, and which faults made.

It is drawn for light and for dark pages alike.
"""

from collections.abc import Sequence

WIDTH, HEIGHT = 800, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 10, 30, 40
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333; }
  .axis { stroke: #888; stroke-width: 1; }
  .acks { fill: #2563eb; }
  .faults { fill: #dc2626; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .acks { fill: #7aa7ff; }
    .faults { fill: #ff7b72; }
  }
"""

PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
  aria-label="{title}">
<style>{style}</style>
{bars}
<line class="axis" x1="{left}" y1="{base}" x2="{right}" y2="{base}"/>
<text x="{left}" y="18">{title}</text>
<text x="{margin}" y="{top}" text-anchor="end">{most}</text>
<text x="{margin}" y="{base}" text-anchor="end">0</text>
<text x="{left}" y="{bottom}">0 min</text>
<text x="{right}" y="{bottom}" text-anchor="end">{end}</text>
</svg>
"""


def plot(moments: Sequence[Sequence[int]], seconds: int) -> str:
    """Return an SVG of moments, each with its faults and acknowledgements."""
    most = max((acks for _, acks in moments), default=0) or 1
    worst = max((faults for faults, _ in moments), default=0) or 1
    wide = WIDTH - LEFT - RIGHT
    high = HEIGHT - TOP - BOTTOM
    step = wide / max(1, len(moments))
    base = HEIGHT - BOTTOM
    bars = [
        f'<rect class="{kind}" x="{LEFT + n * step:.2f}" y="{y:.1f}" '
        f'width="{max(step - 0.3, 0.3):.2f}" height="{tall:.1f}"/>'
        for n, (faults, acks) in enumerate(moments)
        for kind, y, tall in (
            ("acks", base - acks / most * high, acks / most * high),
            ("faults", base + 2, faults / worst * 14),
        )
        if tall
    ]
    minutes = len(moments) * seconds / 60
    return PICTURE.format(
        width=WIDTH,
        height=HEIGHT,
        style=STYLE,
        bars="\n".join(bars),
        left=LEFT,
        right=WIDTH - RIGHT,
        base=base,
        title=f"Messages acknowledged in {seconds} s (blue), "
        f"faults made (red, at most {worst})",
        margin=LEFT - 6,
        top=TOP + 10,
        most=f"{most:,}",
        bottom=HEIGHT - 8,
        end=f"{minutes:.0f} min of playing",
    )
