"""Markers that are put together without poetry-core, which takes half of a check to load.

Most markers of most lock files are conjunctions: bounds of python_version, comparisons of other
variables, a disjunction of these. What poetry-core 2.5.0 makes of their intersection, in
`MultiMarker.of` and `intersection` of src/poetry/core/version/markers.py, is then the same
conjunction in the same order, with the bounds drawn together. Whatever else there is, is left to
poetry-core.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

# In ASCII alone and without leading zeros, which poetry-core takes away.
NUMBER = "(?:0|[1-9][0-9]*)"
COMPARISON = re.compile(
    r'(?P<name>[a-z_]+) (?P<operator>==|!=|>=|<) "(?P<value>[\w.-]+)"', re.ASCII
)
PYTHON = re.compile(
    rf" *(?P<operator>>=|<|[~^](?=[1-9][0-9]*\.)) *(?P<version>{NUMBER}(?:\.{NUMBER}){{0,2}}) *"
)
HOLE = re.compile(rf" *!= *({NUMBER})\.({NUMBER})\.(?:\*|{NUMBER}) *")
RELEASE = re.compile(rf"{NUMBER}(?:\.{NUMBER}){{0,2}}")
VERSION = re.compile(rf"{NUMBER}(?:\.{NUMBER})?")
EXTRA = re.compile(r'extra == "[a-z0-9]+(-[a-z0-9]+)*"')
TEXTS = frozenset(
    (
        *("os_name", "sys_platform", "platform_machine", "platform_system"),
        *("implementation_name", "platform_python_implementation"),
    )
)
"""Variables that are compared as texts."""


class NotPlainError(Exception):
    """A marker is none of those that are put together here."""


class Bound(NamedTuple):
    """A comparison of python_version with a version like "3.9"."""

    operator: str
    """One of ">=", "<" and "=="."""
    text: str

    @property
    def version(self) -> tuple[int, int, int]:
        """The version in numbers."""
        major, minor, patch = (*map(int, self.text.split(".")), 0, 0)[:3]
        return major, minor, patch

    @property
    def is_full(self) -> bool:
        """Whether it says more than a minor version."""
        return self.text.count(".") > 1

    def __str__(self) -> str:
        name = "python_full_version" if self.is_full else "python_version"
        return f'{name} {self.operator} "{self.text}"'


class Others(NamedTuple):
    """Comparisons of other variables, one of which is to hold."""

    texts: tuple[str, ...]
    names: frozenset[str]

    def __str__(self) -> str:
        text = " or ".join(self.texts)
        return f"({text})" if len(self.texts) > 1 else text


Conjunction = list["Bound | Others"]
"""All of which are to hold, in this order."""


def plain_marker(
    project: str, markers: Sequence[str], python: str, extras: Collection[str]
) -> str | None:
    """The text of the marker that an export gives to a package, "" where it always holds.

    None where the package is for other extras. `project` and `python` are the Python versions of
    the project and of the package, `markers` those of the package in the groups that are exported.
    Raises NotPlainError.
    """
    wanted = _union(markers, extras)
    if wanted is None:
        return None
    items = _both(_drawn_together(_versions(project)), _drawn_together(wanted))
    items = _both(items, _drawn_together(_versions_within(python, project)))
    text = " and ".join(map(str, items))
    return text[1:-1] if len(items) == 1 and text.startswith("(") else text


def is_plain_range(versions: str) -> bool:
    """Whether Python versions in poetry's spelling are one range, and not an empty one."""
    try:
        return bool(_drawn_together(_versions(versions)))
    except NotPlainError:
        return False


def plainly_allows(versions: str, version: str) -> bool:
    """Whether versions in poetry's spelling include one like "2.5.1". Raises NotPlainError."""
    if not RELEASE.fullmatch(version):
        raise NotPlainError
    wanted = Bound("==", version).version
    return all(
        bound.version <= wanted if bound.operator == ">=" else wanted < bound.version
        for bound in _versions(versions)
    )


def _union(markers: Sequence[str], extras: Collection[str]) -> Conjunction | None:
    """What one of the markers or another asks for besides extras, None if these are not wanted."""
    # All are read: poetry refuses a lock file for any that it cannot read.
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
    """The terms of a conjunction: disjunctions of comparisons, most often of one alone."""
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
    """Whether there is nothing in a disjunction of texts that could be put more simply."""
    if len(term) == 1:
        return term[0]["operator"] in ("==", "!=")
    names = {comparison["name"] for comparison in term}
    is_of_different = len({comparison[0] for comparison in term}) == len(term)
    return (
        is_of_different
        and len(names) in (1, len(term))
        and all(comparison["operator"] == "==" for comparison in term)
    )


@cache
def _versions(versions: str) -> tuple[Bound, ...]:
    """The bounds of Python versions in poetry's spelling."""
    lower, upper = [], []
    for part in versions.split(","):
        match = PYTHON.fullmatch(part)
        if not match:
            raise NotPlainError
        operator, bound = match["operator"], Bound(">=", match["version"])
        major, minor, _ = bound.version
        if operator == "<":
            upper.append(bound._replace(operator="<"))
            continue
        lower.append(bound)
        zero = ".0" if bound.is_full else ""
        if operator == "^":
            upper.append(Bound("<", f"{major + 1}.0{zero}"))
        elif operator == "~":
            upper.append(Bound("<", f"{major}.{minor + 1}{zero}"))
    if len(lower) > 1 or len(upper) > 1:
        raise NotPlainError
    return (*lower, *upper)


@cache
def _versions_within(versions: str, project: str) -> tuple[Bound, ...]:
    """The bounds of a package's Python versions, as far as the project's do not include them."""
    if versions == "*":
        return ()
    parts = versions.split(",")
    holes = [hole for part in parts if (hole := HOLE.fullmatch(part))]
    bounds = _versions(",".join(part for part in parts if not HOLE.fullmatch(part)))
    around = _versions(project)
    lowest = max((bound.version for bound in around if bound.operator == ">="), default=(0, 0, 0))
    if any((int(hole[1]), int(hole[2])) >= lowest[:2] for hole in holes):
        raise NotPlainError
    if holes and any(bound.is_full and bound.version[2] == 0 for bound in (*around, *bounds)):
        raise NotPlainError  # Around holes, poetry-core makes a minor version of it.
    return bounds


def _both(one: Conjunction, other: Conjunction) -> Conjunction:
    """The conjunction of two."""
    is_single = len(one) == 1 and not _is_union(one[0])
    if is_single and (len(other) > 1 or any(map(_is_union, other))):
        one, other = other, one  # As `SingleMarker.intersect` does.
    return _drawn_together((*one, *other))


def _is_union(item: Bound | Others) -> bool:
    # Several values of one variable are one marker to poetry-core.
    return isinstance(item, Others) and len(item.names) > 1


def _drawn_together(items: Iterable[Bound | Others]) -> Conjunction:
    """The conjunction with as few bounds as there can be, each in the place of the first."""
    before, found = None, [*items]
    while found != before:
        before, found = found, []
        for item in before:
            if isinstance(item, Bound):
                _draw_in(item, found)
            elif item not in found:
                if any(isinstance(known, Others) and known.names & item.names for known in found):
                    raise NotPlainError
                found.append(item)
    return found


def _draw_in(bound: Bound, found: Conjunction) -> None:
    for position, known in enumerate(found):
        if isinstance(known, Bound) and (narrower := _narrower(known, bound)):
            found[position] = narrower
            return
    found.append(bound)


def _narrower(one: Bound, other: Bound) -> Bound | None:
    """The bound that two of them come to, None if it takes both."""
    operators = {one.operator: one, other.operator: other}
    if len(operators) == 1:
        return _narrower_of_a_kind(one, other)
    if "==" in operators:
        exact = operators["=="]
        lower, upper = operators.get(">=", exact), operators.get("<")
        if (
            one.is_full
            or other.is_full
            or exact.version < lower.version
            or (upper and exact.version >= upper.version)
        ):
            raise NotPlainError
        return exact
    lower, upper = operators[">="], operators["<"]
    if lower.version >= upper.version:
        raise NotPlainError  # It never holds.
    major, minor, _ = lower.version
    is_next = upper.version == (major, minor + 1, 0)
    if not is_next or (lower.is_full and upper.is_full):
        return None
    if lower.is_full or upper.is_full or "." not in lower.text:
        raise NotPlainError
    return Bound("==", lower.text)


def _narrower_of_a_kind(one: Bound, other: Bound) -> Bound:
    if one.operator == "==" and one.version != other.version:
        raise NotPlainError  # It never holds.
    narrower = max if one.operator == ">=" else min
    found = narrower(one, other, key=lambda bound: bound.version)
    if one.version == other.version and one.is_full != other.is_full:
        raise NotPlainError
    if one != other and found.is_full and found.version[2] == 0:
        raise NotPlainError  # poetry-core makes a minor version of it.
    return found
