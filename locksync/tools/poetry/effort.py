"""How much poetry-core may try before a marker counts as too intricate.

The normal forms of a marker can be exponentially longer than its text. The limits are many times
what the most intricate of thousands of real lock files take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

LONGEST = 2**14
"""The longest text of a marker, in characters."""
MOST_COMPARISONS = 100
"""How many comparisons a marker may have."""
MOST_CLAUSES = 2**11
"""How many clauses one step may put together."""
MOST_EFFORT = 2**18
"""How many pairs of comparisons all steps of an export may look at, roughly."""
_spent = [0]


class TooIntricateError(Exception):
    """Only poetry itself can tell what becomes of a marker, in its own time."""


def start() -> None:
    """Begin the work on one export."""
    _spent[0] = 0


def refuse_long(text: str) -> None:
    """Raise TooIntricateError for a marker with too many comparisons."""
    comparisons = 1 + text.count(" and ") + text.count(" or ")
    if len(text) > LONGEST or comparisons > MOST_COMPARISONS:
        raise TooIntricateError
    _spend(comparisons**2)


def not_long(text: str) -> str:
    """A text about versions. Raises TooIntricateError for one with which poetry-core takes long."""
    if len(text) > LONGEST:
        raise TooIntricateError
    return text


def limit(product: Callable[..., Any]) -> Callable[..., Any]:
    """A function that combines lists, which refuses to make too many combinations."""

    def limited_product(*lists: Sequence[object]) -> Any:
        clauses = prod(map(len, lists))
        if clauses > MOST_CLAUSES:
            raise TooIntricateError
        _spend(clauses * len(lists) ** 2)
        return product(*lists)

    return limited_product


def _spend(effort: int) -> None:
    _spent[0] += effort
    if _spent[0] > MOST_EFFORT:
        raise TooIntricateError
