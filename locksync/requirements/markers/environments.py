"""The environments that the comparisons of markers can tell apart.

Variables that depend on one another form an axis: the versions of Python, the platform, the
implementation. The others are an axis each, and so is each extra: several can be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from packaging.markers import Marker, UndefinedComparison
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from locksync.requirements.markers import values

Point = Mapping[str, str]
Outcomes = tuple[bool, ...]
Axis = tuple[tuple[str, ...], Sequence[Outcomes]]
"""Comparisons, and their outcomes in each of the environments that matter to them."""

COMPARISON = re.compile(
    r"(?:(?P<left>\w+)|(?P<first>\"[^\"]*\"|'[^']*')) (?P<operator>not in|\S+) "
    r"(?:(?P<second>\"[^\"]*\"|'[^']*')|(?P<right>\w+))"
)
AXES = {
    "python_version": "python",
    "python_full_version": "python",
    "sys_platform": "platform",
    "platform_system": "platform",
    "os_name": "platform",
    "platform_python_implementation": "implementation",
    "implementation_name": "implementation",
}
SETS = ("extras", "dependency_groups")
MOST_OUTCOMES = 2**15
"""How many outcomes the comparisons of an axis may have. Those of real markers have hundreds."""


class Comparison(NamedTuple):
    """A comparison of a variable with a literal."""

    text: str
    variable: str
    operator: str
    literal: str
    is_reversed: bool
    """Whether the literal comes first."""


def find_axes(comparisons: Iterable[str], python: str) -> tuple[list[Axis], set[str]]:
    """The axes of some comparisons, and those comparisons that `packaging` refuses to make.

    Raises ValueError where they tell too many environments apart.
    """
    grouped: dict[str, list[Comparison]] = {}
    switches: dict[str, list[tuple[str, bool]]] = {}
    undefined: set[str] = set()
    for text in comparisons:
        comparison = _parse(text)
        if comparison is None:
            undefined.add(text)
        elif (switch := _switch(comparison)) is not None:
            switches.setdefault(switch[0], []).append((text, switch[1]))
        else:
            axis = AXES.get(comparison.variable, comparison.variable)
            grouped.setdefault(axis, []).append(comparison)
    axes = [_switch_axis(members) for members in switches.values()]
    for name, members in grouped.items():
        points = _find_points(name, members, python)
        if len(points) * len(members) > MOST_OUTCOMES:
            raise ValueError("it tells too many environments apart")
        columns = {one.text: _outcomes(one, points) for one in members}
        undefined.update(text for text, column in columns.items() if column is None)
        kept = {text: column for text, column in columns.items() if column is not None}
        if kept:
            axes.append((tuple(kept), list(zip(*kept.values(), strict=True))))
    # Whatever they look at: each is taken to be free to come out either way.
    axes.extend(((text,), ((True,), (False,))) for text in sorted(undefined))
    return axes, undefined


@cache
def _parse(text: str) -> Comparison | None:
    match = COMPARISON.fullmatch(text)
    if match is None:
        return None
    operator = match["operator"]
    if match["left"] and match["second"]:
        return Comparison(text, match["left"], operator, match["second"][1:-1], False)
    if match["first"] and match["right"]:
        return Comparison(text, match["right"], operator, match["first"][1:-1], True)
    return None


def _switch(comparison: Comparison) -> tuple[str, bool] | None:
    """What is there or not, where a comparison asks for that, and whether it asks for presence."""
    variable, operator = comparison.variable, comparison.operator
    is_extra = variable == "extra" and operator in ("==", "!=")
    if is_extra or (variable in SETS and comparison.is_reversed and "in" in operator):
        name = canonicalize_name(comparison.literal)
        return f"{variable} {name}", operator in ("==", "in")
    return None


def _switch_axis(members: Sequence[tuple[str, bool]]) -> Axis:
    texts = tuple(text for text, _ in members)
    positive = tuple(is_positive for _, is_positive in members)
    return texts, (positive, tuple(not is_positive for is_positive in positive))


def _find_points(axis: str, members: Sequence[Comparison], python: str) -> Sequence[Point]:
    if axis == "python":
        return _find_pythons(members, python)
    if axis == "platform":
        return _find_platforms(members)
    if axis == "implementation":
        return _find_implementations(members)
    if axis == "implementation_version":
        # It never tells a build that lies between two releases.
        return [{axis: one} for one in values.pythons((), members) if not one.endswith("+")]
    known = values.KNOWN.get(axis, ())
    found = dict.fromkeys((*known, *values.strings(members), *_around_all(axis, members)))
    return [{axis: value} for value in found]


def _around_all(axis: str, members: Sequence[Comparison]) -> Iterator[str]:
    if axis == "platform_release":
        for one in members:
            yield from values.versions_near(one.literal)


def _find_pythons(members: Sequence[Comparison], python: str) -> Sequence[Point]:
    near = [part.version for part in _read_specifiers(python)]
    near.extend(one.literal for one in members if one.variable == "python_version")
    full = [one for one in members if one.variable == "python_full_version"]
    versions = values.pythons(near, full)
    # Nothing could differ in a project that allows no Python at all.
    allowed = [one for one in versions if _is_allowed(one, python)] or versions
    return [
        {"python_version": ".".join(version.split(".")[:2]), "python_full_version": version}
        for version in allowed
    ]


@cache
def _read_specifiers(python: str) -> SpecifierSet:
    try:
        return SpecifierSet(python)
    except InvalidSpecifier:
        return SpecifierSet()


@cache
def _is_allowed(version: str, python: str) -> bool:
    return _read_specifiers(python).contains(version.removesuffix("+"), prereleases=True)


def _find_platforms(members: Sequence[Comparison]) -> Sequence[Point]:
    return values.platforms(*_mentioned(members, ("sys_platform", "platform_system", "os_name")))


def _find_implementations(members: Sequence[Comparison]) -> Sequence[Point]:
    variables = ("platform_python_implementation", "implementation_name")
    return values.implementations(*_mentioned(members, variables))


def _mentioned(members: Sequence[Comparison], variables: Iterable[str]) -> Iterator[list[str]]:
    """The values of each variable that comparisons bring up."""
    for variable in variables:
        yield values.strings([one for one in members if one.variable == variable])


def _outcomes(comparison: Comparison, points: Sequence[Point]) -> Outcomes | None:
    try:
        return tuple(_outcome(comparison, point[comparison.variable]) for point in points)
    except (UndefinedComparison, InvalidVersion, KeyError):
        return None


@cache
def _outcome(comparison: Comparison, value: str) -> bool:
    return _read_marker(comparison.text)({comparison.variable: value})


@cache
def _read_marker(text: str) -> Callable[[dict[str, str]], bool]:
    return Marker(text).evaluate
