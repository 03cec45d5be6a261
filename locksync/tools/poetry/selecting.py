"""The packages of an export, where the lock file holds the groups and markers of each.

Lock files of version 2.1. Follows poetry-plugin-export 1.10.1, `get_project_dependency_packages2`
in src/poetry_plugin_export/walker.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName
from poetry.core.version.markers import BaseMarker, EmptyMarker

from locksync.documents import shown
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.markers import parse_marker, project_marker, python_marker
from locksync.tools.poetry.rendering import ExportedPackage


def select(
    packages: Iterable[LockedPackage],
    groups: frozenset[NormalizedName],
    extras: frozenset[NormalizedName],
    python: str,
) -> Iterator[ExportedPackage]:
    """The packages that the groups and extras need under the project's Python versions.

    Raises ValueError for markers that are none.
    """
    project = project_marker(python)
    for package in _merged(packages):
        if package.groups.isdisjoint(groups):
            continue
        marker = _for_extras(_group_marker(package, groups), extras)
        if not marker.is_empty():
            marker = _intersect_python(project.intersect(marker), package.python)
            yield ExportedPackage(package, marker)


def _merged(packages: Iterable[LockedPackage]) -> Iterable[LockedPackage]:
    """The packages, each once: of entries for the same one, such as a bad merge leaves, poetry
    takes the first with the groups and markers of the last."""
    merged: dict[object, LockedPackage] = {}
    for package in packages:
        key = (package.name, package.version, package.source)
        first = merged.get(key, package)
        merged[key] = first._replace(groups=package.groups, markers=package.markers)
    return merged.values()


def _group_marker(package: LockedPackage, groups: frozenset[NormalizedName]) -> BaseMarker:
    marker: BaseMarker = EmptyMarker()
    for group in sorted(groups & package.markers.keys(), key=lambda name: (name != "main", name)):
        marker = marker.union(parse_marker(package.markers[group]))
    return marker


def _for_extras(marker: BaseMarker, extras: frozenset[NormalizedName]) -> BaseMarker:
    try:
        return marker.apply({"extra": extras})
    except AssertionError as error:
        # poetry-core takes it for granted that an extra is compared with a single one.
        raise ValueError(f"{shown(str(marker))} is not a marker of extras") from error


def _intersect_python(marker: BaseMarker, versions: str) -> BaseMarker:
    # An intersection can write the same marker differently, so poetry's steps are followed:
    # it takes none with a package for any Python.
    python = python_marker(versions)
    return marker if python.is_any() else marker.intersect(python)
