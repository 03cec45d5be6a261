"""Which parts of a lock file a requirements file may hold: sets of groups, sections or extras."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

MOST_IN_FULL = 6
"""Of more parts than these not every set is tried: there are two to the power of them."""


def subsets(parts: Sequence[str], likely: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Sets of the parts, the small ones first.

    All sets of a few parts. Of many parts: none, each alone, each two, all, all but one, and
    those that are likely, with and without each.
    """
    if len(parts) <= MOST_IN_FULL:
        sizes: Sequence[int] = range(len(parts) + 1)
    else:
        sizes = (0, 1, 2, len(parts) - 1, len(parts))
        chosen = tuple(part for part in parts if part in likely)
        yield chosen
        for part in chosen:
            yield tuple(other for other in chosen if other != part)
    for size in sizes:
        yield from combinations(parts, size)


def misfit(expected: Collection[str], names: Collection[str]) -> int:
    """How many names are on one side only."""
    return len(frozenset(expected) ^ frozenset(names))
