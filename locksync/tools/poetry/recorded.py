"""What a lock file records of a local package, and what it would record of its manifest now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import locksync.tools.poetry.loading  # isort: skip
import locksync.tools.poetry.markers  # noqa: F401  # isort: skip
from poetry.core.constraints.version import VersionConstraint, parse_constraint
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.directory_dependency import DirectoryDependency
from poetry.core.packages.project_package import ProjectPackage
from poetry.core.packages.vcs_dependency import VCSDependency
from poetry.core.version.markers import BaseMarker

from locksync.documents import Table
from locksync.requirements.limits import MOST_REQUIREMENTS
from locksync.requirements.markers import holds_alike
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.packages import extra_requirement, read_package
from locksync.tools.shared.project import told_change

MOST_PAIRS = 2**12
"""How many pairs of requirements on one package are compared. Real ones have a few."""


class Required(NamedTuple):
    """A requirement, as far as a lock file records it."""

    source: tuple[object, ...]
    extras: frozenset[str]
    is_optional: bool
    constraint: VersionConstraint
    marker: BaseMarker


class Recorded(NamedTuple):
    """What there is to record of a package, but for its version, which no export shows."""

    requirements: Mapping[str, list[Required]]
    extras: Mapping[str, Mapping[str, list[Required]]]
    """What each extra requires."""
    python: str


def recorded_then(locked: LockedPackage, table: Table, absolute: Callable[[str], str]) -> Recorded:
    """What the lock file records. Raises ValueError."""
    package = read_package(locked, table, absolute)
    extras = table.table("extras")
    if sum(len(extras.strings(name)) for name in extras.values) > MOST_REQUIREMENTS:
        raise ValueError("there are too many requirements")
    return Recorded(
        _by_name(package.requires),
        {
            canonicalize_name(name): _by_name(map(extra_requirement, extras.strings(name)))
            for name in extras.values
        },
        locked.python,
    )


def recorded_now(document: Table, python: str, root: str) -> Recorded:
    """What poetry would record of a manifest, in the directory `root`. Raises ValueError."""
    project = document.table("project").values
    tool_poetry = document.table("tool").table("poetry").values
    configured: dict[str, Any] = {
        "project": project,
        "tool_poetry": tool_poetry,
        "dependency_groups": document.table("dependency-groups").values,
    }
    package = ProjectPackage(str(project.get("name") or tool_poetry.get("name") or "local"), "0")
    package.root_dir = Path(root)
    Factory._configure_package_dependencies(package, **configured)
    return Recorded(
        _by_name(package.requires),
        {name: _by_name(found) for name, found in package.extras.items()},
        python,
    )


def _by_name(dependencies: Iterable[Dependency]) -> Mapping[str, list[Required]]:
    found: dict[str, list[Required]] = {}
    for one in dependencies:
        required = Required(
            _source(one),
            frozenset(one.extras),
            one.is_optional(),
            parse_constraint("*") if one.is_direct_origin() else one.constraint,
            one.marker.without_extras(),
        )
        found.setdefault(one.name, []).append(required)
    return found


def _source(dependency: Dependency) -> tuple[object, ...]:
    """Where it comes from, if not from an index, as far as a lock file says."""
    url = dependency.source_url
    if isinstance(dependency, DirectoryDependency):
        return "directory", url, dependency.develop
    if isinstance(dependency, VCSDependency):
        return "vcs", url, dependency.reference, dependency.directory
    return dependency.source_type, url if dependency.is_direct_origin() else None


def changes(then: Recorded, now: Recorded) -> Iterator[str]:
    """What has changed, in a few words each."""
    for name in dict.fromkeys((*now.requirements, *then.requirements)):
        before, after = then.requirements.get(name, []), now.requirements.get(name, [])
        left = _unmatched(before, after, _is_same)
        # What is optional is recorded only where an extra that somebody wants requires it.
        if left is None or not all(one.is_optional for one in left):
            yield told_change(name, before, after)
    for name in dict.fromkeys((*now.extras, *then.extras)):
        if not _are_same_extra(then.extras.get(name), now.extras.get(name)):
            yield told_change(f"the extra {name}", name in then.extras, name in now.extras)
    if parse_constraint(then.python) != parse_constraint(now.python):
        yield f"Python is {'any' if now.python == '*' else now.python} now"


def _unmatched(
    before: list[Required], after: list[Required], is_same: Callable[[Required, Required], bool]
) -> list[Required] | None:
    """What is new, in any order; None where something that was there is not any more.

    Raises ValueError for too many of them.
    """
    if len(before) * len(after) > MOST_PAIRS:
        raise ValueError("there are too many requirements")
    left = list(after)
    for one in before:
        same = next((at for at, other in enumerate(left) if is_same(one, other)), None)
        if same is None:
            return None
        del left[same]
    return left


def _are_same_extra(
    before: Mapping[str, list[Required]] | None, after: Mapping[str, list[Required]] | None
) -> bool:
    if before is None or after is None:
        return before is after
    return before.keys() == after.keys() and all(
        _unmatched(before[name], after[name], _is_same_in_an_extra) == [] for name in before
    )


def _is_same_in_an_extra(one: Required, other: Required) -> bool:
    # Where it comes from is told by a URL that only one machine has.
    return _is_same(one, other._replace(source=one.source, is_optional=one.is_optional))


def _is_same(one: Required, other: Required) -> bool:
    if one._replace(marker=other.marker) != other:
        return False
    # Where it cannot be told, nothing is held against the lock file.
    return one.marker == other.marker or (
        holds_alike(str(one.marker), str(other.marker)) is not False
    )
