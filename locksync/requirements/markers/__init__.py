"""Whether two environment markers hold in the same environments, however they are spelt.

What a marker is: PEP 508. When it holds: `packaging.markers.Marker.evaluate`, which is asked
about each comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import prod
from typing import NamedTuple

from locksync.requirements.markers.formulas import (
    Formula,
    Joined,
    comparisons,
    formula,
    parse_formula,
)

__all__ = ["Formula", "can_hold", "comparisons", "covers", "formula", "holds_alike"]

# Some 10 ms. Real markers have a few hundred points.
MOST_POINTS = 1 << 19
MOST_COMPARISONS = 100
"""How many comparisons two markers may have. Real ones have twenty."""


class _Axis(NamedTuple):
    """Comparisons that look at the same part of an environment, and what they come to."""

    comparisons: tuple[str, ...]
    points: tuple[tuple[bool, ...], ...]
    """The different outcomes that the comparisons can have together."""


@cache
def holds_alike(first: str, second: str, python: str = "") -> bool | None:
    """Whether two markers hold in the same environments; None where that cannot be told.

    "" always holds. Of the versions of Python, those that a `requires-python` allows count; all
    do where it is "" or no specifier.

    Some versions count only where a comparison is about them, as no tool that takes one variable
    for another, or turns a comparison round, minds them: pre-releases (that of 3.13 has the
    `python_version` 3.13, and is older than 3.13.0), and builds between releases, such as 3.12.4+.

    It cannot be told for what is no marker, what `packaging` refuses to compare, and markers that
    tell too many environments apart. Two of these are the same if they are the same text.
    """
    if first == second:
        return True
    try:
        left, right = _spelt(first), _spelt(second)
        return True if left == right else _holds_alike(left, right, python)
    except (ValueError, RecursionError):
        return None


@cache
def can_hold(marker: str, python: str = "") -> bool | None:
    """Whether a marker holds in any environment at all; None where that cannot be told.

    `python` is as in `holds_alike`.
    """
    never = "python_version < '0'"
    same = holds_alike(marker, never, python)
    return None if same is None else not same


def covers(wide: str, narrow: str, python: str = "") -> bool | None:
    """Whether a marker holds wherever another does; None where that cannot be told."""
    if not wide or wide == narrow:
        return True
    return holds_alike(f"({wide}) or ({narrow})" if narrow else "", wide, python)


def _spelt(marker: str) -> str:
    """The marker with the spacing and quotes of `packaging`. Raises ValueError for none."""
    from packaging.markers import Marker

    return str(Marker(marker)) if marker.strip() else ""


def _holds_alike(left: str, right: str, python: str) -> bool | None:
    from locksync.requirements.markers.environments import find_axes

    one, other = set(comparisons(left)), set(comparisons(right))
    if len(one | other) > MOST_COMPARISONS:
        return None
    axes, undefined = find_axes(sorted(one | other), python)
    # What cannot be compared makes all of its marker fail, wherever in it that stands.
    if undefined & one != undefined & other:
        return None
    grid = [_Axis(names, tuple(dict.fromkeys(points))) for names, points in axes]
    size = prod(len(axis.points) for axis in grid)
    if size > MOST_POINTS:
        return None
    sets = _sets(grid, size)
    return _points(parse_formula(left), sets, size) == _points(parse_formula(right), sets, size)


def _sets(grid: Sequence[_Axis], size: int) -> dict[str, int]:
    """The points of the grid at which each comparison is true: one bit for each."""
    sets: dict[str, int] = {}
    step = 1
    for axis in grid:
        run = (1 << step) - 1
        for place, comparison in enumerate(axis.comparisons):
            true = (number for number, outcomes in enumerate(axis.points) if outcomes[place])
            row = sum(run << number * step for number in true)
            sets[comparison] = _repeated(row, step * len(axis.points), size)
        step *= len(axis.points)
    return sets


def _repeated(row: int, width: int, size: int) -> int:
    """Bits side by side until there are enough of them."""
    while width < size:
        row |= row << width
        width *= 2
    return row & ((1 << size) - 1)


def _points(part: Joined | str, sets: dict[str, int], size: int) -> int:
    """The points of the grid at which a part of a marker holds."""
    if isinstance(part, str):
        return sets[part]
    points = (1 << size) - 1 if part.word == "and" else 0
    for operand in part.operands:
        found = _points(operand, sets, size)
        points = points & found if part.word == "and" else points | found
    return points
