"""The chart of the times of one project, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.page import Case

TITLE = "How long a check takes, beside the command whose output it checks"
X_LABEL = "median wall time, on a logarithmic scale (shorter is better)"
Y_LABEL = "what is exported, and what is timed"
SERIES = {
    "warm": ("locksync, warm", "#1b9e77"),
    "cold": ("locksync, cold", "#7570b3"),
    "tool": ("the command", "#d95f02"),
}
STYLE = """\
<style>
text { fill: #1f2328 }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.grid { stroke: #d1d9e0 }
.quiet { fill: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.paper { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #3d444d }
.quiet { fill: #9198a1 }
}
</style>"""
"""The paper is opaque: it can be read where the page around it has the other theme."""
WIDTH, LEFT, RIGHT, TOP = 760, 145, 695, 98
CASE, ROW, FOOT = 92, 20, 40


class Axis(NamedTuple):
    """A logarithmic axis of seconds, in whole decades."""

    first: int
    last: int

    def x(self, seconds: float) -> float:
        """Where a time is."""
        part = (math.log10(seconds) - self.first) / (self.last - self.first)
        return LEFT + (RIGHT - LEFT) * part

    def ticks(self) -> Iterator[float]:
        """1, 2 and 5 of each decade."""
        for decade in range(self.first, self.last):
            yield from (digit * 10.0**decade for digit in (1, 2, 5))
        yield 10.0**self.last


def render_chart(cases: Sequence[Case]) -> str:
    """A line for each time, in a block for each case."""
    bottom = TOP + CASE * len(cases)
    height = bottom + FOOT
    axis = _axis(cases)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" font-family="sans-serif" '
            'font-size="13">',
            f"<title>{TITLE}</title>",
            STYLE,
            f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" '
            'rx="8"/>',
            f'<text x="20" y="34" font-size="17" font-weight="bold">{TITLE}</text>',
            f'<text class="quiet" x="20" y="64">{Y_LABEL}</text>',
            *_blocks(cases, axis),
            *_scale(axis, bottom),
            f'<text class="quiet" x="{(LEFT + RIGHT) / 2:.0f}" y="{bottom + 22}" '
            f'text-anchor="middle">{X_LABEL}</text>',
            "</svg>\n",
        )
    )


def _axis(cases: Sequence[Case]) -> Axis:
    times = [getattr(case, kind).median for case in cases for kind in SERIES]
    return Axis(math.floor(math.log10(min(times))), math.ceil(math.log10(max(times))))


def _scale(axis: Axis, y: int) -> Iterator[str]:
    for seconds in axis.ticks():
        yield (
            f'<text class="quiet" x="{axis.x(seconds):.1f}" y="{y}" text-anchor="middle" '
            f'font-size="12">{_shown(seconds)}</text>'
        )


def _blocks(cases: Sequence[Case], axis: Axis) -> Iterator[str]:
    for number, case in enumerate(cases):
        top = TOP + CASE * number
        yield f'<text x="20" y="{top}" font-weight="bold">{case.name}</text>'
        yield from _grid(axis, top + 8, top + 68)
        for row, kind in enumerate(SERIES):
            yield from _line(kind, getattr(case, kind).median, axis, top + 18 + ROW * row)


def _grid(axis: Axis, top: int, bottom: int) -> Iterator[str]:
    for x in map(axis.x, axis.ticks()):
        yield f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'


def _line(kind: str, seconds: float, axis: Axis, y: int) -> Iterator[str]:
    name, color = SERIES[kind]
    x = axis.x(seconds)
    yield f'<text x="{LEFT - 10}" y="{y + 5}" text-anchor="end">{name}</text>'
    yield f'<rect x="{LEFT}" y="{y - 6}" width="{x - LEFT:.1f}" height="12" fill="{color}"/>'
    yield f'<text x="{x + 7:.1f}" y="{y + 5}">{_shown(seconds)}</text>'


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"
