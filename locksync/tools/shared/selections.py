"""Guessing which groups, categories or extras of a lock file an output holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

MOST_IN_FULL = 6
"""Up to this many parts, every set of them is tried. There are two to the power of them."""


def subsets(parts: Sequence[str], likely: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Sets of the parts, the small ones first.

    Of a few parts, every set. Of many parts, no part, each part, each pair, all parts and all but
    one; before these, the likely parts, together and with each of them left out.
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


def count_words(words: Iterable[str]) -> int:
    """How many options, groups and extras the words of a command name."""
    return sum(len(re.findall(r"[^\s,]+", word)) for word in words)
