"""The packages of an export, selected by the groups and markers in the lock file.

Lock files of version 2.1 hold them. Follows poetry-plugin-export 1.10.1,
`get_project_dependency_packages2` in src/poetry_plugin_export/walker.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.tools.poetry.conjunctions import NotPlainError
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.plain_markers import plain_marker
from locksync.tools.poetry.render import ExportedPackage

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


def select(
    packages: Iterable[LockedPackage],
    groups: frozenset[NormalizedName],
    extras: frozenset[NormalizedName],
    python: str,
) -> Iterator[ExportedPackage]:
    """The packages that the groups and extras need for the project's Python versions.

    Raises ValueError for invalid markers.
    """
    for package, markers in needed(packages, groups):
        marker = _marker(python, markers, package.python, extras)
        if marker is not None:
            yield ExportedPackage(package, marker)


def needed(
    packages: Iterable[LockedPackage], groups: frozenset[NormalizedName]
) -> Iterator[tuple[LockedPackage, list[str]]]:
    """The packages that some groups need, each with its markers there."""
    for package in _merged(packages):
        if not package.groups.isdisjoint(groups):
            names = sorted(groups & package.markers.keys(), key=lambda name: (name != "main", name))
            yield package, [package.markers[name] for name in names]


def _merged(packages: Iterable[LockedPackage]) -> Iterable[LockedPackage]:
    """The packages, each of them once.

    A bad merge can leave several entries for one package. poetry takes the first of them, with the
    groups and markers of the last.
    """
    merged: dict[object, LockedPackage] = {}
    for package in packages:
        key = (package.name, package.version, package.source)
        first = merged.get(key, package)
        merged[key] = first._replace(groups=package.groups, markers=package.markers)
    return merged.values()


def _marker(
    project: str, markers: Sequence[str], python: str, extras: frozenset[NormalizedName]
) -> str | None:
    try:
        return plain_marker(project, markers, python, extras)
    except NotPlainError:
        from locksync.tools.poetry.markers import exported_marker

        return exported_marker(project, markers, python, extras)
