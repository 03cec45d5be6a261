"""Environment markers as conditions, compared by the environments in which they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import NamedTuple

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.requirements.markers import Formula, comparisons, formula

COMPARISON = re.compile(
    r'(?:"(?P<first>[^"]*)"|(?P<left>\w+)) (?P<operator>not in|\S+) (?P<rest>.+)'
)
PYTHON = ("python_version", "python_full_version")
REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# uv takes these for one another: crates/uv-pep508/src/marker/algebra.rs.
SAME = {
    ("platform_system", "Windows"): ("sys_platform", "win32"),
    ("platform_system", "Darwin"): ("sys_platform", "darwin"),
    ("platform_system", "Linux"): ("sys_platform", "linux"),
}
PLATFORM = frozenset(("os_name", "sys_platform", "platform_system"))
"""Variables whose values exclude one another in ways that uv knows of."""
LAST_PATCH = 99
MOST_ENVIRONMENTS = 20_000

Release = tuple[int, int, int]
Outcome = Callable[[Mapping[str, object]], bool]


class UndecidableError(Exception):
    """What cannot be told without uv; the message says why."""


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
    """The condition that a marker stands for. Raises ValueError for a text that is none."""
    if not marker:
        return ALWAYS
    text = str(Marker(marker) if isinstance(marker, str) else marker)
    return Condition(formula(text), frozenset(comparisons(text)))


def are_equal(one: Condition, other: Condition, pythons: SpecifierSet) -> bool:
    """Whether two conditions hold in the same environments, for the Pythons that are allowed.

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
    atoms = {text: _parse_comparison(text) for text in one.comparisons | other.comparisons}
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
    """Whether a condition combines variables of which uv knows more than is known here."""
    variables = {_parse_comparison(text).variable for text in condition.comparisons}
    return len(PLATFORM & variables) > 1


class _Atom(NamedTuple):
    """A comparison: the axis it is about, the points that matter there and its outcome."""

    variable: str
    axis: str
    points: tuple[object, ...]
    outcome: Outcome


@cache
def _parse_comparison(text: str) -> _Atom:
    match = COMPARISON.fullmatch(text)
    if match is None:
        raise UndecidableError(f"the marker {text} cannot be read")
    operator, rest = match["operator"], match["rest"]
    if match["first"] is not None:
        variable, value = rest, match["first"]
        is_reversed = True
    else:
        variable, value = match["left"], rest.strip('"')
        is_reversed = False
    if variable in (*PYTHON, "implementation_version"):
        if is_reversed:
            operator = REVERSED.get(operator, operator)
        return _version_atom(text, variable, operator, value)
    if is_reversed and operator not in ("==", "!="):
        raise UndecidableError(f"the marker {text} cannot be compared")
    return _string_atom(text, variable, operator, value)


def _version_atom(text: str, variable: str, operator: str, value: str) -> _Atom:
    try:
        specifiers = SpecifierSet(f"{operator}{value}")
        version = Version(value.removesuffix(".*"))
    except ValueError as error:
        raise UndecidableError(f"the marker {text} cannot be compared") from error
    if operator == "===" or version.is_prerelease or version.is_postrelease or version.local:
        raise UndecidableError(f"the marker {text} cannot be compared")
    parts = 2 if variable == "python_version" else 3
    axis = "python" if variable in PYTHON else variable

    def outcome(environment: Mapping[str, object]) -> bool:
        release = environment[axis]
        assert isinstance(release, tuple)
        return specifiers.contains(".".join(map(str, release[:parts])), prereleases=True)

    return _Atom(variable, axis, tuple(_around(version)), outcome)


def _string_atom(text: str, variable: str, operator: str, value: str) -> _Atom:
    if variable == "extra":
        value = canonicalize_name(value)
    variable, value = SAME.get((variable, value), (variable, value))
    is_positive = operator in ("==", "in")
    if operator in ("==", "!=") and variable != "extra":

        def outcome(environment: Mapping[str, object]) -> bool:
            return (environment[variable] == value) is is_positive

        return _Atom(variable, variable, (value, ""), outcome)
    if operator in ("==", "!=", "in", "not in"):
        # Several extras can be asked for at once, and of containment uv knows no more either.
        kind = "==" if variable == "extra" and operator in ("==", "!=") else "in"
        axis = f"{variable} {kind} {value}"

        def contained(environment: Mapping[str, object]) -> bool:
            return bool(environment[axis]) is is_positive

        return _Atom(variable, axis, (True, False), contained)
    raise UndecidableError(f"the marker {text} cannot be compared")


def _axes(atoms: Iterable[_Atom], pythons: SpecifierSet) -> dict[str, list[object]]:
    points: dict[str, dict[object, None]] = {}
    for atom in atoms:
        points.setdefault(atom.axis, {}).update(dict.fromkeys(atom.points))
    axes = {axis: list(values) for axis, values in points.items()}
    if "python" in axes:
        bounds = [
            point for part in pythons for point in _around(Version(part.version.rstrip(".*")))
        ]
        values: list[Release] = sorted({*bounds, *_releases(axes["python"])})
        allowed = [
            index
            for index, release in enumerate(values)
            if pythons.contains(".".join(map(str, release)), prereleases=True)
        ]
        # uv looks at the lowest and the highest Python that is allowed, and at no gaps between.
        axes["python"] = [*values[allowed[0] : allowed[-1] + 1]] if allowed else [*values]
    return axes


def _releases(points: Iterable[object]) -> Iterator[Release]:
    yield from (point for point in points if isinstance(point, tuple))


def _around(version: Version) -> Iterator[Release]:
    """Releases on both sides of all that a comparison with a version can tell apart."""
    major, minor, patch = version.major, version.minor, version.micro
    yield from ((major, minor, place) for place in (0, patch, patch + 1, LAST_PATCH))
    yield (major, minor + 1, 0)
    yield (major + 1, 0, 0)
    if patch:
        yield (major, minor, patch - 1)
    if minor:
        yield (major, minor - 1, LAST_PATCH)
