"""Requirements as uv.lock records them, and whether two lists of them are the same.

As of uv 0.13.9: crates/uv-resolver/src/lock/requirements.rs, and normalized_requirements.rs in
crates/uv-configuration/src. Wherever several requirements of a list apply to one package, it is
what they ask for together that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.errors import refuse_unknown
from locksync.tools.uv_export.markers import (
    Condition,
    agree,
    are_equal,
    can_hold,
    names_extra,
    parse_condition,
)
from locksync.tools.uv_export.sources import LOCAL, Source, locked_source
from locksync.tools.uv_export.specifiers import are_alike, is_pin, parse_specifiers, spelt

LOCKED_KEYS = frozenset(
    (
        *("name", "extras", "marker", "specifier", "index", "conflict", "git", "url"),
        *("subdirectory", *LOCAL),
    )
)


class Asked(NamedTuple):
    """The extras and versions that a requirement asks for."""

    extras: frozenset[str]
    specifiers: SpecifierSet

    def is_like(self, other: Asked) -> bool:
        """Whether another requirement asks for the same."""
        return self.extras == other.extras and are_alike(self.specifiers, other.specifiers)


class LockedRequirement(NamedTuple):
    """A requirement, in a form in which two can be compared."""

    name: str
    source: Source
    asked: Asked
    condition: Condition

    @property
    def subject(self) -> tuple[object, ...]:
        """What requirements must have in common to count as one."""
        specifiers = self.asked.specifiers
        return (self.name, self.source, *(spelt(specifiers) if is_pin(specifiers) else ()))


def are_same(
    ones: Iterable[LockedRequirement], others: Iterable[LockedRequirement], pythons: SpecifierSet
) -> bool:
    """Whether two lists hold the same requirements. Raises UndecidableError."""
    first, second = _by_subject(ones), _by_subject(others)
    if first.keys() != second.keys():
        return False
    return all(_ask_for_the_same(first[key], second[key], pythons) for key in first)


Given = Sequence[tuple[Condition, Asked]]


def _by_subject(requirements: Iterable[LockedRequirement]) -> Mapping[object, Given]:
    found: dict[object, list[tuple[Condition, Asked]]] = {}
    for requirement in requirements:
        given = (requirement.condition, requirement.asked)
        found.setdefault(requirement.subject, []).append(given)
    return found


def _ask_for_the_same(ones: Given, others: Given, pythons: SpecifierSet) -> bool:
    """Whether both ask for the same of a package. Raises UndecidableError."""
    if len(ones) == len(others) == 1:
        [(one, asked)], [(other, wanted)] = ones, others
        return asked.is_like(wanted) and are_equal(one, other, pythons)
    # uv combines requirements of several extras only if they have the same marker.
    if not _classes_match(_of_extras(ones), _of_extras(others), pythons):
        return False
    plain, plains = _without_extras(ones), _without_extras(others)
    return agree(plain, plains, pythons, _are_alike) and _are_alike_in_vain(plain, plains, pythons)


def _of_extras(given: Given) -> Given:
    return [pair for pair in given if names_extra(pair[0])]


def _without_extras(given: Given) -> Given:
    return [pair for pair in given if not names_extra(pair[0])]


def _are_alike(ones: Sequence[Asked], others: Sequence[Asked]) -> bool:
    """Whether two lists ask for the same, all together."""
    if not ones or not others:
        return not ones and not others
    return _together(ones).is_like(_together(others))


def _together(asked: Sequence[Asked]) -> Asked:
    first, *rest = asked
    for other in rest:
        first = Asked(first.extras | other.extras, first.specifiers & other.specifiers)
    return first


def _are_alike_in_vain(ones: Given, others: Given, pythons: SpecifierSet) -> bool:
    """Whether the same is asked for under conditions that never hold: uv records it too."""
    vain, vains = (
        [asked for condition, asked in given if not can_hold(condition, pythons)]
        for given in (ones, others)
    )
    return all(
        any(one.is_like(other) for other in candidates)
        for wanted, candidates in (
            (vain, [*vains, *_asked(others)]),
            (vains, [*vain, *_asked(ones)]),
        )
        for one in wanted
    )


def _asked(given: Given) -> Iterator[Asked]:
    return (asked for _, asked in given)


def _classes_match(ones: Given, others: Given, pythons: SpecifierSet) -> bool:
    """Whether the same is asked for under the same conditions. Raises UndecidableError."""
    classes, rest = _classes(ones, pythons), _classes(others, pythons)
    if len(classes) != len(rest):
        return False
    return all(
        any(
            _are_alike(asked, wanted) and are_equal(condition, other, pythons)
            # The likeliest come first.
            for other, wanted in sorted(rest, key=lambda pair: pair[0].is_unlike(condition))
        )
        for condition, asked in classes
    )


def _classes(given: Given, pythons: SpecifierSet) -> Sequence[tuple[Condition, Sequence[Asked]]]:
    """What is asked for, by condition."""
    found: list[tuple[Condition, list[Asked]]] = []
    for condition, asked in given:
        for other, together in found:
            if are_equal(condition, other, pythons):
                together.append(asked)
                break
        else:
            found.append((condition, [asked]))
    return found


def from_lock(entry: Table, root: str) -> LockedRequirement:
    """A requirement of the lock file. Raises UndecidableError and MalformedError."""
    refuse_unknown(entry, LOCKED_KEYS)
    extras = frozenset(map(canonicalize_name, entry.strings("extras")))
    return LockedRequirement(
        name=canonicalize_name(entry.string("name")),
        source=locked_source(entry, root),
        asked=Asked(extras, parse_specifiers(entry.string("specifier", ""))),
        condition=parse_condition(entry.string("marker", "")),
    )
