"""The single comparisons of environment markers, as uv understands them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.tools.uv_export.errors import UndecidableError

COMPARISON = re.compile(
    r'(?:"(?P<first>[^"]*)"|(?P<left>\w+)) (?P<operator>not in|\S+) (?P<rest>.+)'
)
PYTHON = ("python_version", "python_full_version")
REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# uv treats these as the same: crates/uv-pep508/src/marker/algebra.rs.
SAME = {
    ("platform_system", "Windows"): ("sys_platform", "win32"),
    ("platform_system", "Darwin"): ("sys_platform", "darwin"),
    ("platform_system", "Linux"): ("sys_platform", "linux"),
}
LAST_PATCH = 99

Release = tuple[int, int, int]
Outcome = Callable[[Mapping[str, object]], bool]


class Atom(NamedTuple):
    """A comparison: its axis, the points that matter on that axis, and its outcome at each."""

    variable: str
    axis: str
    points: tuple[object, ...]
    outcome: Outcome


@cache
def parse_atom(text: str) -> Atom:
    """The comparison that a text states. Raises UndecidableError."""
    match = COMPARISON.fullmatch(text)
    if match is None:
        raise UndecidableError(f"the marker {text} cannot be read")
    operator, rest = match["operator"], match["rest"]
    is_reversed = match["first"] is not None
    if is_reversed:
        variable, value = rest, match["first"]
    else:
        variable, value = match["left"], rest.strip('"')
    if variable in (*PYTHON, "implementation_version"):
        if is_reversed:
            operator = REVERSED.get(operator, operator)
        return _version_atom(text, variable, operator, value)
    if is_reversed and operator not in ("==", "!="):
        raise _incomparable(text)
    return _string_atom(text, variable, operator, value)


def _incomparable(text: str) -> UndecidableError:
    return UndecidableError(f"the marker {text} cannot be compared")


def _version_atom(text: str, variable: str, operator: str, value: str) -> Atom:
    if operator in ("in", "not in") and variable in PYTHON:
        return _versions_atom(text, variable, operator, value)
    try:
        specifiers = SpecifierSet(f"{operator}{value}")
        version = Version(value.removesuffix(".*"))
    except ValueError as error:
        raise _incomparable(text) from error
    if operator == "===" or version.is_prerelease or version.is_postrelease or version.local:
        raise _incomparable(text)
    parts = 2 if variable == "python_version" else 3
    axis = "python" if variable in PYTHON else variable

    def outcome(environment: Mapping[str, object]) -> bool:
        release = environment[axis]
        assert isinstance(release, tuple)
        return specifiers.contains(".".join(map(str, release[:parts])), prereleases=True)

    return Atom(variable, axis, tuple(around(version)), outcome)


def _versions_atom(text: str, variable: str, operator: str, value: str) -> Atom:
    """Whether the Python is one of a list."""
    single = "==" if operator == "in" else "!="
    atoms = [_version_atom(text, variable, single, one) for one in value.split()]
    if not atoms:
        raise _incomparable(text)
    points = tuple(dict.fromkeys(point for atom in atoms for point in atom.points))

    def outcome(environment: Mapping[str, object]) -> bool:
        outcomes = [atom.outcome(environment) for atom in atoms]
        return any(outcomes) if operator == "in" else all(outcomes)

    return Atom(variable, "python", points, outcome)


def _string_atom(text: str, variable: str, operator: str, value: str) -> Atom:
    if variable == "extra":
        value = canonicalize_name(value)
    variable, value = SAME.get((variable, value), (variable, value))
    is_positive = operator in ("==", "in")
    if operator in ("==", "!=") and variable != "extra":

        def outcome(environment: Mapping[str, object]) -> bool:
            return (environment[variable] == value) is is_positive

        return Atom(variable, variable, (value, ""), outcome)
    if operator in ("==", "!=", "in", "not in"):
        # Several extras can apply at once, and uv knows no more about containment either.
        kind = "==" if variable == "extra" and operator in ("==", "!=") else "in"
        axis = f"{variable} {kind} {value}"

        def contained(environment: Mapping[str, object]) -> bool:
            return bool(environment[axis]) is is_positive

        return Atom(variable, axis, (True, False), contained)
    raise _incomparable(text)


def around(version: Version) -> Iterator[Release]:
    """Releases on both sides of everything that a comparison with a version tells apart."""
    major, minor, patch = version.major, version.minor, version.micro
    yield from ((major, minor, place) for place in (0, patch, patch + 1, LAST_PATCH))
    yield (major, minor + 1, 0)
    yield (major + 1, 0, 0)
    if patch:
        yield (major, minor, patch - 1)
    if minor:
        yield (major, minor - 1, LAST_PATCH)
