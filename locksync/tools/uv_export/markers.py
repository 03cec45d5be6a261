"""Environment markers as conditions, compared by the environments in which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from locksync.requirements.markers import Formula, comparisons, formula
from locksync.tools.uv_export.atoms import Atom, Release, around, parse_atom
from locksync.tools.uv_export.errors import UndecidableError

PLATFORM = frozenset(("os_name", "sys_platform", "platform_system"))
"""Variables whose values exclude one another in ways that uv knows."""
MOST_ENVIRONMENTS = 20_000


class Condition(NamedTuple):
    """When a requirement applies: a formula of comparisons, as text."""

    holds: Formula
    comparisons: frozenset[str]

    def is_unlike(self, other: Condition) -> bool:
        """Whether another condition makes other comparisons."""
        return self.comparisons != other.comparisons

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            lambda outcomes: self.holds(outcomes) and other.holds(outcomes),
            self.comparisons | other.comparisons,
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(
            lambda outcomes: self.holds(outcomes) or other.holds(outcomes),
            self.comparisons | other.comparisons,
        )

    def __invert__(self) -> Condition:
        return Condition(lambda outcomes: not self.holds(outcomes), self.comparisons)


ALWAYS = Condition(lambda outcomes: True, frozenset())


def parse_condition(marker: Marker | str | None) -> Condition:
    """The condition that a marker states. Raises ValueError for a malformed marker."""
    if not marker:
        return ALWAYS
    text = str(Marker(marker) if isinstance(marker, str) else marker)
    return Condition(formula(text), frozenset(comparisons(text)))


def are_equal(one: Condition, other: Condition, pythons: SpecifierSet) -> bool:
    """Whether two conditions hold in the same environments of the allowed Pythons.

    Raises UndecidableError.
    """
    if not (one.comparisons or other.comparisons):
        return one.holds({}) == other.holds({})
    if _are_equal(one, other, pythons):
        return True
    if any(_names_several_platforms(condition) for condition in (one, other)):
        raise UndecidableError("it has markers that name several properties of a platform")
    return False


def can_hold(condition: Condition) -> bool:
    """Whether there is an environment in which a condition holds. Raises UndecidableError."""
    return not _are_equal(condition, ~ALWAYS, SpecifierSet())


def _are_equal(one: Condition, other: Condition, pythons: SpecifierSet) -> bool:
    atoms = {text: parse_atom(text) for text in one.comparisons | other.comparisons}
    axes = _axes(atoms.values(), pythons)
    if prod(map(len, axes.values())) > MOST_ENVIRONMENTS:
        raise UndecidableError("its markers are too long to compare")
    environments = (dict(zip(axes, point, strict=True)) for point in product(*axes.values()))
    outcomes = (
        {text: atom.outcome(environment) for text, atom in atoms.items()}
        for environment in environments
    )
    return all(one.holds(outcome) == other.holds(outcome) for outcome in outcomes)


def _names_several_platforms(condition: Condition) -> bool:
    """Whether a condition combines variables whose relations only uv knows."""
    variables = {parse_atom(text).variable for text in condition.comparisons}
    return len(PLATFORM & variables) > 1


def _axes(atoms: Iterable[Atom], pythons: SpecifierSet) -> dict[str, list[object]]:
    """For each axis, the points that tell environments apart."""
    points: dict[str, dict[object, None]] = {}
    for atom in atoms:
        points.setdefault(atom.axis, {}).update(dict.fromkeys(atom.points))
    axes = {axis: list(values) for axis, values in points.items()}
    if "python" in axes:
        axes["python"] = [*_python_axis(axes["python"], pythons)]
    return axes


def _python_axis(points: Iterable[object], pythons: SpecifierSet) -> Sequence[Release]:
    """The releases to compare at: uv ignores gaps between the lowest and the highest allowed."""
    bounds = [point for part in pythons for point in around(Version(part.version.rstrip(".*")))]
    values = sorted({*bounds, *(point for point in points if isinstance(point, tuple))})
    allowed = [
        index
        for index, release in enumerate(values)
        if pythons.contains(".".join(map(str, release)), prereleases=True)
    ]
    return values[allowed[0] : allowed[-1] + 1] if allowed else values
