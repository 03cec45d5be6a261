"""Environment markers as PDM spells them, which leaves that to the library dep-logic."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from dep_logic.markers import BaseMarker, MarkerExpression, MarkerUnion, MultiMarker, parse_marker
from packaging.markers import InvalidMarker, Marker
from packaging.version import InvalidVersion, Version

from locksync.documents import MalformedError, shown
from locksync.tools.shared.refusals import UntoldError

OF_PYTHON = ("python_version", "python_full_version")
OPERATORS = ("<", "<=", ">", ">=", "==", "!=", "~=", "in", "not in")
MOST_ALTERNATIVES = 12
MOST_CONDITIONS = 250
"""Beyond these sizes, dep-logic can take minutes. Markers of real lock files stay below ten."""


class _Size(NamedTuple):
    """How many parts a marker has when it is multiplied out."""

    alternatives: int
    conditions: int


def read_marker(text: str) -> BaseMarker:
    """The marker that a text stands for. Raises MalformedError and UntoldError."""
    try:
        # dep-logic reads the same member.
        size = _size(Marker(text)._markers)
    except InvalidMarker as error:
        raise MalformedError(f"{shown(text)} is not a marker") from error
    if size.alternatives > MOST_ALTERNATIVES or size.conditions > MOST_CONDITIONS:
        raise UntoldError(f"how to spell the marker {shown(text)}")
    try:
        marker = parse_marker(text)
        python = marker.only(*OF_PYTHON)
    except (ValueError, TypeError, AssertionError) as error:
        raise MalformedError(f"{shown(text)} is not a marker") from error
    if not python.is_any() and not _is_read(python):
        raise UntoldError(f"which versions of Python the marker {shown(text)} stands for")
    return marker


def _size(parsed: object) -> _Size:
    """The size of what packaging has parsed: a comparison, or a list of them and of words."""
    if not isinstance(parsed, list):
        return _Size(1, 1)
    groups: list[list[_Size]] = [[]]
    for item in parsed:
        if item == "or":
            groups.append([])
        elif item != "and":
            groups[-1].append(_size(item))
    return _Size(
        alternatives=sum(prod(size.alternatives for size in group) for group in groups),
        conditions=prod(sum(size.conditions for size in group) for group in groups),
    )


def _is_read(python: BaseMarker) -> bool:
    """Whether PDM can turn a marker of Python versions into a specifier."""
    if isinstance(python, MarkerExpression):
        versions = python.value.replace(",", " ").split()
        return python.op in OPERATORS and bool(versions) and all(map(_is_plain, versions))
    if isinstance(python, MultiMarker | MarkerUnion):
        return all(map(_is_read, python.markers))
    return False


def _is_plain(version: str) -> bool:
    try:
        return Version(version).base_version == version
    except InvalidVersion:
        return False
