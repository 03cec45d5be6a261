"""Draw a stopped commit as a terminal: what the demonstration prints, on standard input, as SVG.

python3 examples/demo.py | python3 docs/make_picture.py > docs/failing-commit.svg
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import escape

FIRST, LAST = "$ git commit --quiet -a", "$ git show"
"""What the lines of the demonstration start with, between which the picture is."""
TITLE = "A commit that locksync stops, repairs and lets through"
COLUMN, LINE, MARGIN, BAR = 8.4, 20, 24, 36
COLORS = (
    (r"^\$ (.*)", "#ffffff"),
    (r"^(#.*)", "#8b949e"),
    (r"(Failed)$", "#ff7b72"),
    (r"(Passed)$", "#7ee787"),
    (r"(LS\d{3})$", "#ff7b72"),
    (r"^(?:.*\. )?Stage \w+:  (.*)", "#56d4dd"),
)
"""The group of the first pattern that is found in a line is drawn in its colour."""


def main() -> None:
    """Print the picture of what is read."""
    sys.stdout.write(draw(select(sys.stdin.read())))


def select(text: str) -> list[str]:
    """The lines from the commit that is stopped to the one that is let through."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(FIRST))
    last = next(number for number, line in enumerate(lines) if line.startswith(LAST))
    picked = "\n".join(lines[first:last])
    return re.sub(r"\n{3,}", "\n\n", picked).rstrip().split("\n")


def draw(lines: list[str]) -> str:
    """The lines in a terminal, as SVG."""
    width = round(max(map(len, lines)) * COLUMN) + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN + BAR
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img">',
            f"<title>{TITLE}</title>",
            *_window(width, height),
            '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" '
            'fill="#c9d1d9">',
            *_texts(lines),
            "</g>",
            "</svg>",
            "",
        )
    )


def _window(width: int, height: int) -> Iterator[str]:
    """A terminal with its title. The border sets it off from a page that is as dark."""
    edge = f'x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"'
    yield f'<rect {edge} fill="#161b22" stroke="#484f58"/>'
    yield f'<line x1="0" y1="{BAR}" x2="{width}" y2="{BAR}" stroke="#484f58"/>'
    yield (
        f'<text x="{width / 2:.0f}" y="{BAR - 13}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="13" fill="#e6edf3">{TITLE}</text>'
    )


def _texts(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if line:
            # Of a given length, because the fonts of readers differ.
            length = f'textLength="{len(line) * COLUMN:.0f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{MARGIN}" y="{BAR + MARGIN + number * LINE - 5}" xml:space="preserve"'
            yield f"<text {place} {length}>{_painted(line)}</text>"


def _painted(line: str) -> str:
    for pattern, color in COLORS:
        if found := re.search(pattern, line):
            start, end = found.span(1)
            before, middle, after = map(_escaped, (line[:start], line[start:end], line[end:]))
            return f'{before}<tspan fill="{color}">{middle}</tspan>{after}'
    return _escaped(line)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


if __name__ == "__main__":
    main()
