"""Markers as poetry-core computes with them: their text in an export is its work."""

from __future__ import annotations

from functools import cache

from poetry.core.constraints.version import parse_marker_version_constraint
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version import markers
from poetry.core.version.markers import BaseMarker

from locksync.documents import shown

ANY_PYTHON = "~2.7 || >=3.4"
"""What poetry takes "*" to mean for a project."""


@cache
def parse_marker(text: str) -> BaseMarker:
    """The marker that a text stands for, "*" for always. Raises ValueError."""
    # poetry-core lets the errors of the parser that it brings along through.
    from lark import UnexpectedInput  # type: ignore[import-not-found]

    try:
        return markers.parse_marker(text)
    except UnexpectedInput as error:
        raise ValueError(f"{shown(text)} is not a marker") from error


@cache
def python_marker(versions: str) -> BaseMarker:
    """The marker of Python versions in poetry's spelling. Raises ValueError."""
    constraint = parse_marker_version_constraint(versions)
    if constraint.is_empty():
        raise ValueError(f"no Python version is in {versions!r}")
    return markers.parse_marker(create_nested_marker("python_version", constraint))


def project_marker(versions: str) -> BaseMarker:
    """The marker of the Python versions that a project supports. Raises ValueError."""
    return python_marker(ANY_PYTHON if versions == "*" else versions)
