"""Conjunctions of comparisons, simplified as poetry-core simplifies them.

As of poetry-core 2.5.0, `MultiMarker.of` in src/poetry/core/version/markers.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class NotPlainError(Exception):
    """Only poetry-core can tell what becomes of a marker or version."""


class Bound(NamedTuple):
    """A comparison of python_version with a version like "3.9"."""

    operator: str
    """One of ">=", "<" and "=="."""
    text: str

    @property
    def version(self) -> tuple[int, int, int]:
        """The version in numbers."""
        major, minor, patch = (*map(int, self.text.split(".")), 0, 0)[:3]
        return major, minor, patch

    @property
    def is_full(self) -> bool:
        """Whether it names more than a minor version."""
        return self.text.count(".") > 1

    def __str__(self) -> str:
        name = "python_full_version" if self.is_full else "python_version"
        return f'{name} {self.operator} "{self.text}"'


class Others(NamedTuple):
    """Comparisons of other variables, at least one of which has to hold."""

    texts: tuple[str, ...]
    names: frozenset[str]

    def __str__(self) -> str:
        text = " or ".join(self.texts)
        return f"({text})" if len(self.texts) > 1 else text


Conjunction = list["Bound | Others"]
"""Terms that all have to hold, in the order of the text."""


def both(one: Conjunction, other: Conjunction) -> Conjunction:
    """The conjunction of two conjunctions."""
    is_single = len(one) == 1 and not _is_union(one[0])
    if is_single and (len(other) > 1 or any(map(_is_union, other))):
        one, other = other, one  # As `SingleMarker.intersect` does.
    return drawn_together((*one, *other))


def _is_union(item: Bound | Others) -> bool:
    # poetry-core takes several values of one variable for a single marker.
    return isinstance(item, Others) and len(item.names) > 1


def drawn_together(items: Iterable[Bound | Others]) -> Conjunction:
    """The conjunction with as few bounds as possible. Merged bounds stand where the first stood."""
    before, found = None, [*items]
    while found != before:
        before, found = found, []
        for item in before:
            if isinstance(item, Bound):
                _draw_in(item, found)
            elif item not in found:
                if any(isinstance(known, Others) and known.names & item.names for known in found):
                    raise NotPlainError
                found.append(item)
    return found


def _draw_in(bound: Bound, found: Conjunction) -> None:
    for position, known in enumerate(found):
        if isinstance(known, Bound) and (narrower := _narrower(known, bound)):
            found[position] = narrower
            return
    found.append(bound)


def _narrower(one: Bound, other: Bound) -> Bound | None:
    """The one bound that says the same as two, None if there is none."""
    operators = {one.operator: one, other.operator: other}
    if len(operators) == 1:
        return _narrower_of_a_kind(one, other)
    if "==" in operators:
        exact = operators["=="]
        lower, upper = operators.get(">=", exact), operators.get("<")
        if (
            one.is_full
            or other.is_full
            or exact.version < lower.version
            or (upper and exact.version >= upper.version)
        ):
            raise NotPlainError
        return exact
    lower, upper = operators[">="], operators["<"]
    if lower.version >= upper.version:
        raise NotPlainError  # It never holds.
    major, minor, _ = lower.version
    is_next = upper.version == (major, minor + 1, 0)
    if not is_next or (lower.is_full and upper.is_full):
        return None
    if lower.is_full or upper.is_full or "." not in lower.text:
        raise NotPlainError
    return Bound("==", lower.text)


def _narrower_of_a_kind(one: Bound, other: Bound) -> Bound:
    if one.operator == "==" and one.version != other.version:
        raise NotPlainError  # It never holds.
    narrower = max if one.operator == ">=" else min
    found = narrower(one, other, key=lambda bound: bound.version)
    if one.version == other.version and one.is_full != other.is_full:
        raise NotPlainError
    if one != other and found.is_full and found.version[2] == 0:
        raise NotPlainError  # poetry-core makes a minor version of it.
    return found
