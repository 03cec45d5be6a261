"""Which packages each dependency group and extra of a project brings in, markers aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from locksync.documents import Table
from locksync.tools.poetry.lock import MOST_LOCKS, lock_version
from locksync.tools.poetry.manifest import Manifest

if TYPE_CHECKING:
    from poetry.core.packages.dependency import Dependency

MAIN = canonicalize_name("main")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")

Offers = Mapping[tuple[NormalizedName, str], Collection[NormalizedName]]
"""The names that each extra of each package brings in."""


class Selection(NamedTuple):
    """A set of dependency groups and extras of a project."""

    groups: tuple[NormalizedName, ...]
    extras: tuple[NormalizedName, ...]


class Contents(NamedTuple):
    """The packages that each group and each extra brings in."""

    groups: Mapping[NormalizedName, frozenset[NormalizedName]]
    extras: Mapping[NormalizedName, frozenset[NormalizedName]]

    def by(self, selection: Selection) -> frozenset[NormalizedName]:
        """The names of the packages that a selection brings in."""
        names = [self.groups[group] for group in selection.groups]
        if MAIN in selection.groups:
            names += [self.extras[extra] for extra in selection.extras]
        return frozenset().union(*names)


@lru_cache(MOST_LOCKS)
def read_contents(lock: Table, document: Table, manifest: Manifest, root: str) -> Contents:
    """What the groups and extras of a project bring in. `root` is its absolute path.

    Raises ValueError for a malformed lock file or manifest.
    """
    offered = _offered(lock)
    needed: dict[NormalizedName, set[NormalizedName]] = {}
    groups: dict[NormalizedName, set[NormalizedName]] = {name: set() for name in manifest.groups}
    groups.setdefault(MAIN, set())
    optional: set[NormalizedName] = set()
    for package in lock.tables("package"):
        name = canonicalize_name(package.string("name"))
        needed.setdefault(name, set()).update(_needed(package, offered))
        if package.boolean("optional", default=False):
            optional.add(name)
        for group in map(canonicalize_name, package.strings("groups")):
            if group in groups and not (name in optional and group == MAIN):
                groups[group].add(name)
    if lock_version(lock) != "2.1":
        groups = {
            group: _closure(
                _required(_direct(document, group, manifest, root), offered, optional), needed
            )
            for group in groups
        }
    extras = {canonicalize_name(name): set[NormalizedName]() for name in manifest.extras}
    locked = lock.table("extras")
    for extra in locked.values:
        if canonicalize_name(extra) in extras:
            extras[canonicalize_name(extra)] = _closure(_names(locked.strings(extra)), needed)
    return Contents(
        {name: frozenset(names) for name, names in groups.items()},
        {name: frozenset(names) for name, names in extras.items()},
    )


def _offered(lock: Table) -> Offers:
    """What each extra of each package brings in."""
    return {
        (canonicalize_name(package.string("name")), extra): frozenset(_names(extras.strings(extra)))
        for package in lock.tables("package")
        for extras in [package.table("extras")]
        for extra in extras.values
    }


def _names(requirements: Iterable[str]) -> Iterator[NormalizedName]:
    """The names that texts such as "flask (>=3)" begin with."""
    matches = (NAME.match(text) for text in requirements)
    return (canonicalize_name(match[0]) for match in matches if match)


def _needed(package: Table, offered: Offers) -> Iterator[NormalizedName]:
    """The names that a package needs if none of its extras is asked for."""
    dependencies = package.table("dependencies")
    for name, value in dependencies.values.items():
        for item in value if isinstance(value, list) else [value]:
            details = Table(item if isinstance(item, dict) else {}, dependencies.at(name))
            if details.boolean("optional", default=False):
                continue
            yield canonicalize_name(name)
            for extra in details.strings("extras"):
                yield from offered.get((canonicalize_name(name), extra), ())


def _direct(
    document: Table, group: NormalizedName, manifest: Manifest, root: str
) -> tuple[Dependency, ...]:
    """The dependencies of a group of the project."""
    if group not in manifest.groups:
        return ()
    from locksync.tools.poetry.walk import read_requirements

    return read_requirements(document, frozenset((group,)), manifest.python, root).dependencies


def _required(
    dependencies: Iterable[Dependency], offered: Offers, optional: Collection[NormalizedName]
) -> Iterator[NormalizedName]:
    """The names that dependencies need if no extra of the project is asked for."""
    for dependency in dependencies:
        if not (dependency.is_optional() and dependency.name in optional):
            yield dependency.name
            for extra in dependency.extras:
                yield from offered.get((dependency.name, extra), ())


def _closure(
    names: Iterable[NormalizedName], needed: Mapping[NormalizedName, Iterable[NormalizedName]]
) -> set[NormalizedName]:
    found: set[NormalizedName] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in needed and name not in found:
            found.add(name)
            waiting.extend(needed[name])
    return found
