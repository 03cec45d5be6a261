"""Environment markers as PDM spells them: by the library dep-logic, which it takes them from."""

from __future__ import annotations

import re

from dep_logic.markers import BaseMarker, MarkerExpression, MarkerUnion, MultiMarker, parse_marker

from locksync.documents import MalformedError, shown

OF_PYTHON = ("python_version", "python_full_version")
OPERATORS = ("<", "<=", ">", ">=", "==", "!=", "~=", "in", "not in")
VERSIONS = re.compile(r"\d+(?:\.\d+)*(?:[, ]+\d+(?:\.\d+)*)*")
MOST_COMPARISONS = 40
"""Markers are multiplied out: each further comparison can double the work."""


def read_marker(text: str) -> BaseMarker:
    """The marker that a text stands for. Raises MalformedError."""
    if len(re.findall(r"\b(?:and|or)\b", text)) >= MOST_COMPARISONS:
        raise MalformedError(f"the marker {shown(text)} has too many parts")
    try:
        marker = parse_marker(text)
        python = marker.only(*OF_PYTHON)
    except (ValueError, TypeError, AssertionError) as error:
        raise MalformedError(f"{shown(text)} is not a marker") from error
    if not python.is_any() and not _is_read(python):
        raise MalformedError(f"PDM cannot read the versions of Python in the marker {shown(text)}")
    return marker


def _is_read(python: BaseMarker) -> bool:
    """Whether PDM makes a specifier of a marker of Python versions alone."""
    if isinstance(python, MarkerExpression):
        return python.op in OPERATORS and bool(VERSIONS.fullmatch(python.value))
    if isinstance(python, MultiMarker | MarkerUnion):
        return all(map(_is_read, python.markers))
    return False
