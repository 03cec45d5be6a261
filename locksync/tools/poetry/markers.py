"""Markers as poetry-core computes with them: their text in an export is its work."""

from __future__ import annotations

import re
from functools import cache

from poetry.core.constraints.version import parse_marker_version_constraint
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version import markers
from poetry.core.version.markers import (
    AnyMarker,
    BaseMarker,
    MarkerUnion,
    MultiMarker,
    SingleMarker,
    union,
)

from locksync.documents import shown

ANY_PYTHON = "~2.7 || >=3.4"
"""What poetry takes "*" to mean for a project."""


# The tokens of a marker that is spelt as poetry spells it; any other is left to poetry-core.
TOKEN = re.compile(
    r"""[ ]*(?:
        (?P<name>extra|os_name|sys_platform|platform_(?:machine|python_implementation|release|system
            |version)|python_(?:full_)?version|implementation_(?:name|version))
        [ ](?P<operator>===?|[<>!~]=|[<>]|not[ ]in|in)[ ]"(?P<value>[^"\\]*)"
        |(?P<word>and|or|[()])
    )[ ]*""",
    re.VERBOSE,
)


@cache
def parse_marker(text: str) -> BaseMarker:
    """The marker that a text stands for, "*" for always. Raises ValueError."""
    if text in ("", "*"):
        return AnyMarker()
    tokens = _tokens(text)
    marker = _disjunction(tokens)
    if marker is not None and not tokens:
        return union(marker)
    # poetry-core lets the errors of the parser that it brings along through. Loading that parser
    # costs more than all markers of most lock files.
    from lark import UnexpectedInput  # type: ignore[import-not-found]

    try:
        return markers.parse_marker(text)
    except UnexpectedInput as error:
        raise ValueError(f"{shown(text)} is not a marker") from error


def _tokens(text: str) -> list[re.Match[str]]:
    """The tokens of a marker, the last first; none where there is anything else in it."""
    tokens = []
    end = 0
    while match := TOKEN.match(text, end):
        tokens.append(match)
        end = match.end()
    return tokens[::-1] if end == len(text) else []


def _disjunction(tokens: list[re.Match[str]]) -> BaseMarker | None:
    """The marker that the last tokens spell, which it takes; None where they spell none.

    Put together as `_compact_markers` of poetry-core 2.5.0 does, in
    src/poetry/core/version/markers.py, which leaves all simplification to the end.
    """
    groups: list[list[BaseMarker]] = [[]]
    while True:
        if not tokens:
            return None
        item: BaseMarker | None = None
        token = tokens.pop()
        if token["name"]:
            item = SingleMarker(token["name"], f"{token['operator']} {token['value']}")
        elif token["word"] == "(":
            item = _disjunction(tokens)
            if not tokens or tokens.pop()["word"] != ")":
                return None
        if item is None:
            return None
        groups[-1].append(item)
        if not tokens or tokens[-1]["word"] not in ("and", "or"):
            break
        if tokens.pop()["word"] == "or":
            groups.append([])
    return MarkerUnion(*(group[0] if len(group) == 1 else MultiMarker(*group) for group in groups))


@cache
def python_marker(versions: str) -> BaseMarker:
    """The marker of Python versions in poetry's spelling. Raises ValueError."""
    constraint = parse_marker_version_constraint(versions)
    if constraint.is_empty():
        raise ValueError(f"no Python version is in {versions!r}")
    return parse_marker(create_nested_marker("python_version", constraint))


def project_marker(versions: str) -> BaseMarker:
    """The marker of the Python versions that a project supports. Raises ValueError."""
    return python_marker(ANY_PYTHON if versions == "*" else versions)
