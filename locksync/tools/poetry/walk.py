"""The packages of an export, found by walking the dependencies.

Lock files before version 2.1 need it. Follows poetry-plugin-export 1.10.1, which calls it a walk
too: `get_project_dependency_packages` in src/poetry_plugin_export/walker.py. The text of a marker
depends on the order of the steps that led to it, so the order here is poetry's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import locksync.tools.poetry.loading  # noqa: F401  # isort: skip
from poetry.core.constraints.version import Version
from poetry.core.constraints.version.util import constraint_regions
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package
from poetry.core.packages.project_package import ProjectPackage
from poetry.core.version.markers import AnyMarker, BaseMarker, SingleMarker

from locksync.documents import Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.lock import MOST_LOCKS, locked_packages
from locksync.tools.poetry.markers import marker_text, project_marker
from locksync.tools.poetry.packages import read_package
from locksync.tools.poetry.render import ExportedPackage
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


MOST_REQUIREMENTS = 64
"""How many sets of requirements are kept: a search tries the same groups for many files."""


class Requirements(NamedTuple):
    """What a project requires of the packages in its lock file."""

    project: NormalizedName
    dependencies: tuple[Dependency, ...]


@lru_cache(MOST_REQUIREMENTS)
def read_requirements(
    document: Table, groups: frozenset[NormalizedName], python: str, root: str
) -> Requirements:
    """The requirements of some dependency groups of a pyproject.toml that poetry accepts.

    `root` is the absolute path of the project. poetry-core looks there to tell a required file
    from a required directory. Raises ValueError.
    """
    project = document.table("project").values
    tool_poetry = document.table("tool").table("poetry").values
    name = str(project.get("name") or tool_poetry.get("name") or "non-package-mode")
    package = ProjectPackage(name, "0")
    package.root_dir = Path(root)
    configured: dict[str, Any] = {
        "project": project,
        "tool_poetry": tool_poetry,
        "dependency_groups": document.table("dependency-groups").values,
    }
    Factory._configure_package_dependencies(package, **configured)
    marker = project_marker(python)
    required = package.with_dependency_groups(groups, only=True).all_requires
    return Requirements(
        package.name,
        tuple(
            _with_marker(dependency, dependency.marker.intersect(marker)) for dependency in required
        ),
    )


class _Locked:
    """The packages of a lock file. No walk changes them."""

    def __init__(self, lock: Table, places: Mapping[str, str]) -> None:
        """Raises ValueError for malformed packages."""
        self.records = locked_packages(lock, with_groups=False)
        self.packages = [
            read_package(package, table, places.__getitem__)
            for package, table in zip(self.records, lock.tables("package"), strict=True)
        ]
        self._regions: dict[NormalizedName, Sequence[BaseMarker]] = {}

    @cached_property
    def listed(self) -> Mapping[NormalizedName, Sequence[Package]]:
        """The packages of each name, in the order of the lock file."""
        found: dict[NormalizedName, list[Package]] = {}
        for package in self.packages:
            found.setdefault(package.name, []).append(package)
        return found

    @cached_property
    def by_name(self) -> Mapping[NormalizedName, Sequence[Package]]:
        """The packages of each name, the newest first."""
        return {
            name: sorted(same, key=lambda package: package.version, reverse=True)
            for name, same in self.listed.items()
        }

    def regions(self, name: NormalizedName) -> Sequence[BaseMarker]:
        """The ranges of Python versions that the locked versions of a package divide them into."""
        if name not in self._regions:
            self._regions[name] = tuple(_python_regions(self.by_name.get(name, [])))
        return self._regions[name]


@lru_cache(MOST_LOCKS)
def _read_locked(lock: Table, places: tuple[tuple[str, str], ...]) -> _Locked:
    return _Locked(lock, dict(places))


def walk(
    requirements: Requirements,
    lock: Table,
    extras: Collection[NormalizedName],
    places: tuple[tuple[str, str], ...],
) -> Iterator[ExportedPackage]:
    """The packages that the requirements and extras need, directly or not.

    `places` are the absolute paths, without links, of "." and of the paths in the lock file.
    Raises RefusedError where poetry gives up, and ValueError for malformed input.
    """
    locked = _read_locked(lock, places)
    optional = _required_by_extras(lock, extras, locked.packages)
    selected = [
        dependency
        for dependency in requirements.dependencies
        if _is_selected(dependency, locked.listed, optional)
    ]
    records = dict(zip(locked.packages, locked.records, strict=True))
    for package, dependency in _walk(selected, locked, requirements.project).items():
        record = records[package.without_features()]
        yield ExportedPackage(record, marker_text(dependency.marker), package.features)


def _walk(
    dependencies: list[Dependency], locked: _Locked, project: NormalizedName
) -> dict[Package, Dependency]:
    """The packages that are needed, with their extras, and the dependency that each one meets."""
    needed: dict[Package, Dependency] = {}
    visited: set[tuple[Dependency, BaseMarker]] = set()
    waiting = list(dependencies)
    for requirement in waiting:  # The loop appends more.
        if (requirement, requirement.marker) in visited or requirement.name == project:
            continue
        visited.add((requirement, requirement.marker))
        package = _locked_for(requirement, locked.by_name.get(requirement.name, []), needed)
        if requirement.extras:
            package = package.with_features(requirement.extras)
        dependency = package.to_dependency()
        dependency.marker = dependency.marker.intersect(requirement.marker)
        dependency.constraint = requirement.constraint
        waiting.extend(_transitive(package, dependency.marker, locked))
        if package in needed:
            needed[package].marker = needed[package].marker.union(dependency.marker)
        else:
            needed[package] = dependency
    return needed


def _transitive(package: Package, marker: BaseMarker, locked: _Locked) -> Iterator[Dependency]:
    """The requirements of a package under a marker, one for each range of Python versions."""
    for dependency in package.requires:
        if dependency.is_optional() and not any(
            dependency in package.extras.get(extra, ()) for extra in package.features
        ):
            continue
        base = dependency.marker.intersect(marker).without_extras()
        if base.is_empty():
            continue
        for region in locked.regions(dependency.name):
            narrowed = region.intersect(base)
            if not narrowed.is_empty():
                yield _with_marker(dependency, narrowed)


def _with_marker(dependency: Dependency, marker: BaseMarker) -> Dependency:
    clone = dependency.clone()
    clone.marker = marker
    return clone


def _python_regions(packages: Iterable[Package]) -> Iterator[BaseMarker]:
    for region in constraint_regions([package.python_constraint for package in packages]):
        marker: BaseMarker = AnyMarker()
        if region.min is not None:
            marker = marker.intersect(_bound(">=" if region.include_min else ">", region.min))
        if region.max is not None:
            marker = marker.intersect(_bound("<=" if region.include_max else "<", region.max))
        yield marker


def _bound(operator: str, version: Version) -> BaseMarker:
    name = "python_full_version" if version.precision > 2 else "python_version"
    return SingleMarker(name, f"{operator} {version}")


def _locked_for(
    requirement: Dependency, candidates: Sequence[Package], needed: Mapping[Package, Dependency]
) -> Package:
    """The locked package that meets a requirement, preferably one that is already needed."""
    overlapping = [
        package
        for package in candidates
        if package in needed and not needed[package].marker.intersect(requirement.marker).is_empty()
    ]
    compatible = [
        package
        for package in candidates
        if package.python_constraint.allows_all(requirement.python_constraint)
        and requirement.constraint.allows(package.version)
        and (requirement.source_type is None or requirement.is_same_source_as(package))
    ]
    if overlapping:
        compatible = [package for package in compatible if package in overlapping]
    if len(overlapping) > 1 or not compatible:
        reason = f"the lock file has no package for {requirement}"
        raise RefusedError(reason, relock=())
    return compatible[0]


def _required_by_extras(
    lock: Table, extras: Collection[NormalizedName], packages: Iterable[Package]
) -> set[NormalizedName]:
    """The names of the packages that the extras need, according to `[extras]` of the lock file."""
    by_name = {package.name: package for package in packages}
    locked = lock.table("extras")
    waiting = [
        canonicalize_name(name)
        for extra in locked.values
        if canonicalize_name(extra) in extras
        for name in locked.strings(extra)
    ]
    found: set[NormalizedName] = set()
    while waiting:
        package = by_name.get(waiting.pop())
        if package is not None and package.name not in found:
            found.add(package.name)
            waiting.extend(dependency.name for dependency in package.requires)
    return found


def _is_selected(
    dependency: Dependency,
    by_name: Mapping[NormalizedName, Sequence[Package]],
    optional: Collection[NormalizedName],
) -> bool:
    """Whether a locked package meets a dependency.

    If that package is optional, an extra has to need it.
    """
    allowed = [
        package
        for package in by_name.get(dependency.name, [])
        if dependency.constraint.allows(package.version)
    ]
    stable = [
        package
        for package in allowed
        if not package.is_prerelease()
        or dependency.allows_prereleases()
        or package.is_direct_origin()
    ]
    if dependency.allows_prereleases() is not False:
        stable = stable or allowed
    return bool(stable) and (not stable[0].optional or stable[0].name in optional)
