"""Environment markers as PDM spells them: by the library dep-logic, which it takes them from."""

from __future__ import annotations

import re

from dep_logic.markers import BaseMarker, parse_marker

from locksync.documents import MalformedError, shown

PYTHON = r"(?:python_version|python_full_version)"
OPERATOR = r"(?:<=|>=|<|>|==|!=|~=|in|not in)"
VERSIONS = r"\d+(?:\.\d+)*(?:[, ]+\d+(?:\.\d+)*)*"
ANY_OPERATOR = r"(?:not in|in|[<>=!~]+)"
OF_PYTHON = re.compile(rf'{PYTHON} {ANY_OPERATOR} "[^"]*"|"[^"]*" {ANY_OPERATOR} {PYTHON}')
PLAIN = re.compile(rf'{PYTHON} {OPERATOR} "{VERSIONS}"|"{VERSIONS}" {OPERATOR} {PYTHON}')
MOST_COMPARISONS = 40
"""Markers are multiplied out: each further comparison can double the work."""


def read_marker(text: str) -> BaseMarker:
    """The marker that a text stands for. Raises MalformedError."""
    if len(re.findall(r"\b(?:and|or)\b", text)) >= MOST_COMPARISONS:
        raise MalformedError(f"the marker {shown(text)} has too many parts")
    try:
        marker = parse_marker(text)
        _refuse_odd_versions(str(marker))
    except MalformedError:
        raise
    except (ValueError, TypeError, AssertionError) as error:
        raise MalformedError(f"{shown(text)} is not a marker") from error
    return marker


def _refuse_odd_versions(marker: str) -> None:
    """Raise MalformedError for versions of Python that PDM may not be able to read."""
    for comparison in OF_PYTHON.findall(marker):
        if not PLAIN.fullmatch(comparison):
            raise MalformedError(f"{shown(comparison)} compares with no version of Python")
