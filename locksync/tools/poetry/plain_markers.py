"""Markers put together without poetry-core, which takes half of a check to load.

Most markers of most lock files are conjunctions: bounds of python_version, comparisons of other
variables, a disjunction of these. poetry-core 2.5.0 makes of their intersection the same
conjunction in the same order, with the bounds drawn together: `MultiMarker.of` and `intersection`
in src/poetry/core/version/markers.py. Any other marker is left to poetry-core.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from locksync.tools.poetry.conjunctions import (
    Bound,
    Conjunction,
    NotPlainError,
    Others,
    both,
    drawn_together,
)
from locksync.tools.poetry.versions import NUMBER, bounds_within, read_bounds

COMPARISON = re.compile(
    r'(?P<name>[a-z_]+) (?P<operator>==|!=|>=|<) "(?P<value>[\w.-]+)"', re.ASCII
)
VERSION = re.compile(rf"{NUMBER}(?:\.{NUMBER})?")
EXTRA = re.compile(r'extra == "[a-z0-9]+(-[a-z0-9]+)*"')
TEXTS = frozenset(
    (
        *("os_name", "sys_platform", "platform_machine", "platform_system"),
        *("implementation_name", "platform_python_implementation"),
    )
)
"""Variables that are compared as texts."""


def plain_marker(
    project: str, markers: Sequence[str], python: str, extras: Collection[str]
) -> str | None:
    """The text of the marker that an export gives to a package, "" if it always holds.

    None if the package is for other extras. `project` and `python` are the Python versions of the
    project and of the package. `markers` are the package's, one for each group that is exported.
    Raises NotPlainError.
    """
    wanted = _union(markers, extras)
    if wanted is None:
        return None
    items = both(drawn_together(read_bounds(project)), drawn_together(wanted))
    items = both(items, drawn_together(bounds_within(python, project)))
    text = " and ".join(map(str, items))
    return text[1:-1] if len(items) == 1 and text.startswith("(") else text


def _union(markers: Sequence[str], extras: Collection[str]) -> Conjunction | None:
    """What the markers together ask for besides extras, None if these are not wanted."""
    # All are read, because poetry refuses a lock file for any that it cannot read.
    found = {text: _for_extras("" if text == "*" else text, extras) for text in markers}
    if "*" in found or "" in found:
        return []
    if len(found) != 1:
        raise NotPlainError
    return found.popitem()[1]


def _for_extras(text: str, extras: Collection[str]) -> Conjunction | None:
    """What a marker asks for besides extras, None if these are not wanted."""
    found: Conjunction = []
    are_wanted = True
    for term in _terms(text):
        first = term[0]
        if first["name"] != "extra":
            found.append(_item(term))
        elif len(term) > 1 or not EXTRA.fullmatch(first[0]):
            raise NotPlainError
        else:
            are_wanted = are_wanted and first["value"] in extras
    return found if are_wanted else None


def _terms(text: str) -> Iterator[list[re.Match[str]]]:
    """The terms of a conjunction. Each is a disjunction, most often of a single comparison."""
    if " and " not in text:
        if text:
            yield [*map(_comparison, text.split(" or "))]
        return
    for part in text.split(" and "):
        is_enclosed = part.startswith("(") and part.endswith(")")
        yield [*map(_comparison, part[1:-1].split(" or ") if is_enclosed else [part])]


def _comparison(text: str) -> re.Match[str]:
    if match := COMPARISON.fullmatch(text):
        return match
    raise NotPlainError


def _item(term: Sequence[re.Match[str]]) -> Bound | Others:
    names = frozenset(comparison["name"] for comparison in term)
    if names == {"python_version"} and len(term) == 1:
        operator, text = term[0]["operator"], term[0]["value"]
        if operator != "!=" and VERSION.fullmatch(text):
            return Bound(operator, text)
    elif names <= TEXTS and _is_kept(term):
        return Others(tuple(comparison[0] for comparison in term), names)
    raise NotPlainError


def _is_kept(term: Sequence[re.Match[str]]) -> bool:
    """Whether poetry-core keeps a disjunction of texts as it is, without simplifying it."""
    if len(term) == 1:
        return term[0]["operator"] in ("==", "!=")
    names = {comparison["name"] for comparison in term}
    is_of_different = len({comparison[0] for comparison in term}) == len(term)
    return (
        is_of_different
        and len(names) in (1, len(term))
        and all(comparison["operator"] == "==" for comparison in term)
    )
