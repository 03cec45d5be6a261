"""The packages of an export, where they must be found by walking the dependencies.

Lock files before version 2.1. Follows poetry-plugin-export 1.10.1, which calls it a walk too
(`get_project_dependency_packages` in src/poetry_plugin_export/walker.py), on packages read as by
poetry 2.5.1 (`Locker._get_locked_package` in src/poetry/packages/locker.py). How a marker is
written depends on the order of the steps that led to it, so that order is poetry's.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.constraints.version.util import constraint_regions
from poetry.core.factory import Factory
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package
from poetry.core.packages.project_package import ProjectPackage
from poetry.core.version.markers import AnyMarker, BaseMarker, SingleMarker
from poetry.core.version.requirements import InvalidRequirementError

from locksync.documents import Table
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.manifest import RefusedError
from locksync.tools.poetry.markers import marker_text, parse_marker, project_marker
from locksync.tools.poetry.render import ExportedPackage

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

# poetry-core logs what it misses on disk. Without a handler, that would go to standard error.
logging.getLogger("poetry").addHandler(logging.NullHandler())

# Requirements in extras that are read only if they are asked for, and need no grammar: large lock
# files have thousands. The second holds constraints that nothing can be wrong with.
PLAIN_REQUIREMENT = re.compile(
    r"([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?:\[([a-z0-9_-]+(?:,[a-z0-9_-]+)*)\])?"
    r"(?: ?\(((?:(?:[<>!=~]=|[<>])[0-9][0-9a-z.*]{0,40},?){1,40})\))?(?: ; (.+))?",
    re.IGNORECASE,
)
PLAIN_CONSTRAINT = re.compile(r"(?:(?:[<>!=~]=|[<>])[0-9]{1,9}(?:\.[0-9]{1,9}){0,3},?)*")
# Requirements as poetry wrote them before PEP 508, in the extras of old lock files.
OLD_REQUIREMENT = re.compile(r"(.+?)(?:\[(.+?)])?(?:\s+\((.+)\))?")
BOOLEANS = ("optional", "develop", "allow-prereleases")


class Requirements(NamedTuple):
    """What a project requires of the packages in its lock file."""

    project: NormalizedName
    dependencies: tuple[Dependency, ...]


def read_requirements(
    document: Table, groups: Collection[NormalizedName], python: str, root: str
) -> Requirements:
    """The requirements of some dependency groups of a pyproject.toml that poetry accepts.

    `root` is the absolute path of the project: poetry-core looks there whether the path of a
    requirement is a file or a directory. Raises ValueError.
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


def walk(
    requirements: Requirements,
    lock: Table,
    locked: Sequence[LockedPackage],
    extras: Collection[NormalizedName],
    absolute: Callable[[str], str],
) -> Iterator[ExportedPackage]:
    """The packages that the requirements and extras need, directly or not.

    `absolute` gives the absolute path, without links, of a path in the lock file. Raises
    RefusedError where poetry gives up, and ValueError for what is malformed.
    """
    packages = [
        _package(package, table, absolute)
        for package, table in zip(locked, lock.tables("package"), strict=True)
    ]
    by_name: dict[NormalizedName, list[Package]] = {}
    for package in packages:
        by_name.setdefault(package.name, []).append(package)
    optional = _required_by_extras(lock, extras, packages)
    selected = [
        dependency
        for dependency in requirements.dependencies
        if _is_selected(dependency, by_name, optional)
    ]
    for same in by_name.values():
        same.sort(key=lambda package: package.version, reverse=True)
    records = dict(zip(packages, locked, strict=True))
    for package, dependency in _walk(selected, by_name, requirements.project).items():
        record = records[package.without_features()]
        yield ExportedPackage(record, marker_text(dependency.marker), package.features)


def _walk(
    dependencies: list[Dependency],
    by_name: Mapping[NormalizedName, list[Package]],
    project: NormalizedName,
) -> dict[Package, Dependency]:
    """The packages that are needed, with their extras, each as the dependency that it meets."""
    needed: dict[Package, Dependency] = {}
    visited: set[tuple[Dependency, BaseMarker]] = set()
    waiting = list(dependencies)
    for requirement in waiting:  # More are appended on the way.
        if (requirement, requirement.marker) in visited or requirement.name == project:
            continue
        visited.add((requirement, requirement.marker))
        package = _locked_for(requirement, by_name.get(requirement.name, []), needed)
        if requirement.extras:
            package = package.with_features(requirement.extras)
        dependency = package.to_dependency()
        dependency.marker = dependency.marker.intersect(requirement.marker)
        dependency.constraint = requirement.constraint
        waiting.extend(_transitive(package, dependency.marker, by_name))
        if package in needed:
            needed[package].marker = needed[package].marker.union(dependency.marker)
        else:
            needed[package] = dependency
    return needed


def _transitive(
    package: Package, marker: BaseMarker, by_name: Mapping[NormalizedName, list[Package]]
) -> Iterator[Dependency]:
    """The requirements of a package under a marker, one for each range of Python versions."""
    for dependency in package.requires:
        if dependency.is_optional() and not any(
            dependency in package.extras.get(extra, ()) for extra in package.features
        ):
            continue
        base = dependency.marker.intersect(marker).without_extras()
        if base.is_empty():
            continue
        for region in _python_regions(by_name.get(dependency.name, [])):
            narrowed = region.intersect(base)
            if not narrowed.is_empty():
                yield _with_marker(dependency, narrowed)


def _with_marker(dependency: Dependency, marker: BaseMarker) -> Dependency:
    clone = dependency.clone()
    clone.marker = marker
    return clone


def _python_regions(packages: Iterable[Package]) -> Iterator[BaseMarker]:
    """The ranges of Python versions that the locked versions of a package make different."""
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
    """The locked package that meets a requirement, the one already needed if there is one."""
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
        raise RefusedError(reason, relock=True)
    return compatible[0]


def _required_by_extras(
    lock: Table, extras: Collection[NormalizedName], packages: Iterable[Package]
) -> set[NormalizedName]:
    """The names of the packages that the extras need, as `[extras]` of the lock file says."""
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
    by_name: Mapping[NormalizedName, list[Package]],
    optional: Collection[NormalizedName],
) -> bool:
    """Whether a package of the lock file meets it, and an extra asks for that if it is optional."""
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


def _package(locked: LockedPackage, table: Table, absolute: Callable[[str], str]) -> Package:
    source = locked.source
    url = source.url or None
    if source.type in ("directory", "file"):
        url = absolute(source.url)
    package = Package(
        locked.name,
        locked.version,
        source_type=source.type or None,
        source_url=url,
        source_reference=source.reference,
        source_resolved_reference=source.resolved_reference,
        source_subdirectory=source.subdirectory,
    )
    package.optional = table.boolean("optional")
    package.python_versions = locked.python
    package.develop = locked.develop
    extras = table.table("extras")
    package.extras = {
        canonicalize_name(extra): _Extra(extras.strings(extra)) for extra in extras.values
    }
    place = Path(absolute(source.url if source.type == "directory" else "."))
    dependencies = table.table("dependencies")
    for name in dependencies.values:
        for constraint in _constraints(dependencies, name):
            package.add_dependency(Factory.create_dependency(name, constraint, root_dir=place))
    return package


class _Extra(list[Dependency]):
    """The requirements of an extra, the plain ones read when it is first looked into."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._plain: list[re.Match[str]] = []
        for text in texts:
            match = PLAIN_REQUIREMENT.fullmatch(text)
            if match and _is_sound(match[3] or "", match[4] or ""):
                self._plain.append(match)
            else:
                self.append(_extra_requirement(text))

    def __contains__(self, dependency: object) -> bool:
        for name, extras, constraint, marker in map(re.Match.groups, self._plain):
            found = Dependency(
                name, constraint or "*", extras=extras.split(",") if extras else None
            )
            if marker:
                found.marker = parse_marker(marker)
            self.append(found)
        self._plain.clear()
        return super().__contains__(dependency)


def _is_sound(constraint: str, marker: str) -> bool:
    """Whether poetry-core can read both."""
    try:
        if not PLAIN_CONSTRAINT.fullmatch(constraint):
            parse_constraint(constraint)
        parse_marker(marker)
    except ValueError:
        return False
    return True


def _extra_requirement(text: str) -> Dependency:
    try:
        return Dependency.create_from_pep_508(text)
    except InvalidRequirementError:
        match = OLD_REQUIREMENT.fullmatch(text)
        if match is None:
            raise
        name, extras, constraint = match.groups()
        return Dependency(name, constraint or "*", extras=(extras or "").split(","))


def _constraints(dependencies: Table, name: str) -> Iterator[str | dict[str, Any]]:
    value = dependencies.values[name]
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield _checked(dependencies.table(name))
    else:
        for item in dependencies.items(name):
            yield item if isinstance(item, str) else _checked(item)


def _checked(constraint: Table) -> dict[str, Any]:
    """A constraint with values of the kinds that poetry-core takes for granted."""
    for key in constraint.values:
        if key in BOOLEANS:
            constraint.boolean(key)
        elif key == "extras":
            constraint.strings(key)
        else:
            constraint.string(key)
    return dict(constraint.values)
