"""Markers that poetry-core computes: their text in an export is its work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from poetry.core.constraints.version import (
    Version,
    VersionConstraint,
    VersionRange,
    parse_marker_version_constraint,
)
from poetry.core.version import markers
from poetry.core.version.markers import (
    AnyMarker,
    BaseMarker,
    EmptyMarker,
    MarkerUnion,
    MultiMarker,
    SingleMarker,
    union,
)

from locksync.documents import shown
from locksync.tools.poetry.effort import limit, refuse_long

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

ANY_PYTHON = "~2.7 || >=3.4"
"""The Python versions of a project that allows "*"."""
# The tokens of a marker in poetry's own spelling. Any other spelling is left to poetry-core.
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
    refuse_long(text)
    tokens = _tokens(text)
    marker = _disjunction(tokens)
    if marker is not None and not tokens:
        return union(marker)
    # poetry-core does not catch the errors of the parser that it brings along. Loading that parser
    # costs more than all markers of most lock files.
    from lark import UnexpectedInput  # type: ignore[import-not-found]

    try:
        return parse_by_grammar(text)
    except UnexpectedInput as error:
        raise ValueError(f"{shown(text)} is not a marker") from error


parse_by_grammar = markers.parse_marker
# When poetry-core simplifies a marker, it parses texts that it has put together itself.
markers.parse_marker = parse_marker
markers._unique_product = limit(markers._unique_product)


def _tokens(text: str) -> list[re.Match[str]]:
    """The tokens of a marker, the last first. None at all if the marker holds anything else."""
    tokens = []
    end = 0
    while match := TOKEN.match(text, end):
        tokens.append(match)
        end = match.end()
    return tokens[::-1] if end == len(text) else []


def _disjunction(tokens: list[re.Match[str]]) -> BaseMarker | None:
    """The marker that the last tokens spell, None if they spell none. Takes these tokens.

    Follows `_compact_markers` of poetry-core 2.5.0, in src/poetry/core/version/markers.py, which
    simplifies only at the end.
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
    return parse_marker(_python_versions(constraint))


def _python_versions(constraint: VersionConstraint) -> str:
    """The text of the marker of a constraint on Python versions.

    Ranges like ">=3.9,<4.0" are written as by `create_nested_marker` of poetry-core 2.5.0, in
    src/poetry/core/packages/utils/utils.py. Loading that module takes a sixth of a check.
    """
    if (
        not isinstance(constraint, VersionRange)
        or constraint.include_max
        or (constraint.min and not constraint.include_min)
    ):
        import locksync.tools.poetry.loading  # noqa: F401  # isort: skip
        from poetry.core.packages.utils.utils import create_nested_marker

        return create_nested_marker("python_version", constraint)
    return " and ".join(
        f'{_python_name(version)} {operator} "{version.stable}"'
        for operator, version in ((">=", constraint.min), ("<", constraint.max))
        if version
    )


def _python_name(version: Version) -> str:
    return "python_full_version" if version.precision >= 3 else "python_version"


def project_marker(versions: str) -> BaseMarker:
    """The marker of the Python versions that a project supports. Raises ValueError."""
    return python_marker(ANY_PYTHON if versions == "*" else versions)


def wanted_marker(markers: Sequence[str], extras: frozenset[NormalizedName]) -> BaseMarker | None:
    """When a package is wanted by any of these markers, None if for other extras only.

    Raises ValueError for invalid markers.
    """
    marker: BaseMarker = EmptyMarker()
    for text in markers:
        marker = marker.union(parse_marker(text))
    try:
        marker = marker.apply({"extra": extras})
    except AssertionError as error:
        # poetry-core expects every comparison of an extra to name a single extra.
        raise ValueError(f"{shown(str(marker))} is not a marker of extras") from error
    return None if marker.is_empty() else marker


def exported_marker(
    project: str, markers: Sequence[str], python: str, extras: frozenset[NormalizedName]
) -> str | None:
    """The text of the marker that an export gives to a package, "" if it always holds.

    None if the package is for other extras. `project` and `python` are the Python versions of the
    project and of the package. `markers` are the package's, one for each group that is exported.
    Raises ValueError for invalid markers.
    """
    marker = wanted_marker(markers, extras)
    if marker is None:
        return None
    marker = project_marker(project).intersect(marker)
    # Another intersection can change the text of a marker. poetry makes none for a package that
    # allows any Python, so none is made here.
    versions = python_marker(python)
    return marker_text(marker if versions.is_any() else marker.intersect(versions))


def marker_text(marker: BaseMarker) -> str:
    """The text of a marker in an export: without extras, and "" if it always holds."""
    marker = marker.without_extras()
    return "" if marker.is_any() or marker.is_empty() else str(marker)
