"""Requirements as uv.lock records them, and whether two lists of them are the same.

As of uv 0.13.9: `normalize_requirement` in crates/uv-resolver/src/lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.markers import Condition, are_equal, parse_condition
from locksync.tools.uv_export.sources import LOCAL, Source, locked_source

LOCKED_KEYS = frozenset(
    (
        *("name", "extras", "marker", "specifier", "index", "conflict", "git", "url"),
        *("subdirectory", *LOCAL),
    )
)

Subject = tuple[str, frozenset[str], Source]


class LockedRequirement(NamedTuple):
    """A requirement, in a form in which two can be compared."""

    name: str
    extras: frozenset[str]
    source: Source
    condition: Condition

    @property
    def subject(self) -> Subject:
        """Everything but the condition."""
        return (self.name, self.extras, self.source)


def are_same(
    ones: Iterable[LockedRequirement], others: Iterable[LockedRequirement], pythons: SpecifierSet
) -> bool:
    """Whether two lists hold the same requirements. Raises UndecidableError."""
    first, second = _by_subject(ones), _by_subject(others)
    if first.keys() != second.keys():
        return False
    return all(_have_the_same(first[key], second[key], pythons) for key in first)


def _have_the_same(ones: list[Condition], others: list[Condition], pythons: SpecifierSet) -> bool:
    """Whether both lists hold the same conditions. Raises UndecidableError."""
    return all(
        # The likeliest come first.
        any(are_equal(one, other, pythons) for other in sorted(candidates, key=one.is_unlike))
        for wanted, candidates in ((ones, others), (others, ones))
        for one in wanted
    )


def _by_subject(
    requirements: Iterable[LockedRequirement],
) -> Mapping[Subject, list[Condition]]:
    found: dict[Subject, list[Condition]] = {}
    for requirement in requirements:
        found.setdefault(requirement.subject, []).append(requirement.condition)
    return found


def from_lock(entry: Table, root: str) -> LockedRequirement:
    """A requirement of the lock file. Raises UndecidableError and MalformedError."""
    if unknown := sorted(entry.values.keys() - LOCKED_KEYS):
        raise UndecidableError(f"the meaning of {unknown[0]} is not known")
    return LockedRequirement(
        name=canonicalize_name(entry.string("name")),
        extras=frozenset(map(canonicalize_name, entry.strings("extras"))),
        source=locked_source(entry, root),
        condition=parse_condition(entry.string("marker", "")),
    )
