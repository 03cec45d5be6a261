"""Environment markers as conditions, compared by the environments in which they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import product
from math import prod
from typing import NamedTuple, TypeVar

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from locksync.requirements.markers import Formula, comparisons, formula
from locksync.tools.uv_export.atoms import Atom, Release, around, parse_atom
from locksync.tools.uv_export.errors import UndecidableError

OS_NAMES: Mapping[object, str] = {"win32": "nt", "linux": "posix", "darwin": "posix"}
"""The values of sys_platform that stand for those of platform_system, with their os_name."""
KNOWN = {*OS_NAMES, *OS_NAMES.values()}
ANY = SpecifierSet()
T = TypeVar("T")
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


Given = Sequence[tuple[Condition, T]]
"""Things, each with the condition under which it is given."""


def are_equal(one: Condition, other: Condition, pythons: SpecifierSet) -> bool:
    """Whether two conditions hold in the same environments of the allowed Pythons.

    Raises UndecidableError.
    """
    if not (one.comparisons or other.comparisons):
        return one.holds({}) == other.holds({})
    return agree([(one, True)], [(other, True)], pythons, lambda ones, others: ones == others)


def agree(
    ones: Given[T],
    others: Given[T],
    pythons: SpecifierSet,
    are_alike: Callable[[Sequence[T], Sequence[T]], bool],
) -> bool:
    """Whether what two sides give is alike in every environment of the allowed Pythons.

    Raises UndecidableError.
    """
    differs = False
    is_possible = False
    for outcomes, sense in _environments((*ones, *others), pythons):
        here, there = _given(ones, outcomes), _given(others, outcomes)
        is_possible |= bool(here or there) and sense is not Sense.NONE
        if not are_alike(here, there):
            differs = True
            if sense is Sense.SOME:
                return False
    # uv takes a condition that cannot hold as false, but only if it can hold nowhere at all.
    if differs and is_possible:
        raise UndecidableError("it has markers that name several properties of a platform")
    return True


def can_hold(condition: Condition, pythons: SpecifierSet = ANY) -> bool:
    """Whether there is an environment in which a condition holds. Raises UndecidableError."""
    environments = _environments([(condition, True)], pythons)
    return any(condition.holds(outcomes) for outcomes, _ in environments)


def names_extra(condition: Condition) -> bool:
    """Whether a condition asks for an extra."""
    return any(parse_atom(text).variable == "extra" for text in condition.comparisons)


def _given(given: Given[T], outcomes: Mapping[str, bool]) -> list[T]:
    return [value for condition, value in given if condition.holds(outcomes)]


def _environments(
    given: Given[T], pythons: SpecifierSet
) -> Iterator[tuple[Mapping[str, bool], Sense]]:
    """The outcomes of all comparisons wherever they differ, and whether there is such a place."""
    texts = {text for condition, _ in given for text in condition.comparisons}
    atoms = {text: parse_atom(text) for text in sorted(texts)}
    axes = _axes(atoms.values(), pythons)
    if prod(map(len, axes.values())) > MOST_ENVIRONMENTS:
        raise UndecidableError("its markers are too long to compare")
    for point in product(*axes.values()):
        environment = dict(zip(axes, point, strict=True))
        outcomes = {text: atom.outcome(environment) for text, atom in atoms.items()}
        yield outcomes, _sense(environment)


class Sense(Enum):
    """Whether the properties of a platform go together."""

    SOME = "yes"
    NONE = "no, and uv knows it"
    PERHAPS = "uv may know it"


def _sense(environment: Mapping[str, object]) -> Sense:
    platform, name = environment.get("sys_platform"), environment.get("os_name")
    if environment.get("platform_system") and (platform or name):
        return Sense.PERHAPS
    if not platform or not name or OS_NAMES.get(platform) == name:
        return Sense.SOME
    return Sense.NONE if {platform, name} <= KNOWN else Sense.PERHAPS


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
