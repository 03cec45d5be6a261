"""Whether the metadata that the settings declare for packages are what the lock file records."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, canonicalize_version

from locksync.documents import Table
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.errors import refuse_unknown
from locksync.tools.uv_export.lowering import parse_requirement
from locksync.tools.uv_export.markers import are_equal, parse_condition
from locksync.tools.uv_export.pythons import parse_pythons
from locksync.tools.uv_export.specifiers import spelt

KEYS = frozenset(
    (
        *("name", "version", "requires-dist", "requires-python"),
        *("provides-extra", "provides-extras"),
    )
)


def check_dependency_metadata(facts: Facts) -> Iterator[str]:
    """Compare the metadata that the settings declare for packages."""
    locked = list(facts.manifest.tables("dependency-metadata"))
    known = facts.lock.names.union(canonicalize_name(entry.string("name")) for entry in locked)
    given = [
        entry
        for entry in facts.settings.tables("dependency-metadata")
        if canonicalize_name(entry.string("name")) in known
    ]
    if not (_all_in(given, locked) and _all_in(locked, given)):
        yield facts.of_root("dependency-metadata has changed")


def _all_in(ones: list[Table], others: list[Table]) -> bool:
    return all(any(_are_same(one, other) for other in others) for one in ones)


def _are_same(one: Table, other: Table) -> bool:
    """Whether two entries declare the same. Raises UndecidableError."""
    if _subject(one) != _subject(other):
        return False
    first, second = (_requirements(entry) for entry in (one, other))
    return len(first) == len(second) and all(map(_is_same, first, second))


def _subject(entry: Table) -> tuple[object, ...]:
    refuse_unknown(entry, KEYS)
    extras = (*entry.strings("provides-extra"), *entry.strings("provides-extras"))
    return (
        canonicalize_name(entry.string("name")),
        canonicalize_version(entry.string("version", "")),
        spelt(parse_pythons(entry.string("requires-python", ""))),
        tuple(map(canonicalize_name, extras)),
    )


def _requirements(entry: Table) -> list[Requirement]:
    return [parse_requirement(text) for text in entry.strings("requires-dist")]


def _is_same(one: Requirement, other: Requirement) -> bool:
    first, second = (
        (canonicalize_name(item.name), frozenset(map(canonicalize_name, item.extras)), item.url)
        for item in (one, other)
    )
    conditions = (parse_condition(one.marker), parse_condition(other.marker))
    return (
        first == second
        and spelt(one.specifier) == spelt(other.specifier)
        and are_equal(*conditions, SpecifierSet())
    )
