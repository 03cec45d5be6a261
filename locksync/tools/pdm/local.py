"""Whether the lock file records the local packages as their manifests describe them now.

PDM's content hash does not cover them, so PDM itself exports what it recorded of them. What
`pdm lock` would record is known where PDM reads the manifest and builds nothing: as of PDM 2.29.3,
`PreparedCandidate._get_metadata_from_project` in src/pdm/models/candidates.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from locksync.documents import Table
from locksync.findings import Finding, FindingError
from locksync.requirements.limits import MOST_REQUIREMENTS
from locksync.tools.pdm.lock import Lock
from locksync.tools.pdm.manifest import normalize_name
from locksync.tools.pdm.options import MANIFEST
from locksync.tools.shared.project import Project, told_change

if TYPE_CHECKING:
    from packaging.requirements import Requirement

STATIC = frozenset(("name", "version", "dependencies", "optional-dependencies", "requires-python"))
"""What PDM takes from a manifest only if all of it is written there."""

MOST_PAIRS = 2**17
"""How many pairs of requirements are compared. Real packages have a few tens of each."""


class LocalPackage(NamedTuple):
    """A package that the lock file takes from a directory of the repository."""

    name: str
    path: str
    """Its manifest."""
    document: Table
    """What that holds. Its `[project]` says all."""


def local_packages(project: Project, lock: Lock) -> Iterator[LocalPackage]:
    """The packages whose manifests git has, and PDM reads. Raises ValueError."""
    found = {table.string("name"): table for table in lock.tables() if "path" in table}
    for name, table in found.items():
        # What cannot be read has no say: PDM exports without it.
        with suppress(ValueError, FindingError):
            path, document = project.manifest_of(table.string("path"), MANIFEST)
            metadata = document.table("project")
            if metadata.string("name") and STATIC.isdisjoint(metadata.strings("dynamic")):
                yield LocalPackage(normalize_name(name), path, document)


def local_findings(
    project: Project, lock: Lock, packages: Iterable[LocalPackage]
) -> Iterator[Finding]:
    """A finding for each local package that `pdm lock` would record otherwise."""
    for package in packages:
        with suppress(ValueError):  # PDM would refuse it.
            if changes := list(dict.fromkeys(_changes(lock, package))):
                yield project.stale_lock(f": {', '.join(changes)}", package.path)


def _changes(lock: Lock, package: LocalPackage) -> Iterator[str]:
    # PDM keeps the version and the Pythons that it has recorded, as long as it reuses the record.
    metadata = package.document.table("project")
    for table in lock.tables():
        if normalize_name(table.string("name")) != package.name:
            continue
        extras = frozenset(map(normalize_name, table.strings("extras")))
        recorded = table.strings("dependencies")
        if len(recorded) > MOST_REQUIREMENTS:
            raise ValueError("there are too many requirements")
        then = [_parse(text) for text in recorded]
        now = [*_required(metadata, extras)]
        yield from _differences(then, now, package.name, has_all_platforms=lock.has_all_platforms)


def _required(metadata: Table, extras: Collection[str]) -> Iterator[Requirement]:
    """What a package requires: itself, or one of its extras."""
    for text in metadata.strings("dependencies"):
        requirement = _parse(text)
        # PDM sorts the requirements by what their markers say of extras.
        if "extra" in str(requirement.marker or ""):
            raise ValueError(f"{text} depends on an extra")
        if not extras:
            yield requirement
    optional = metadata.table("optional-dependencies")
    for name in optional.values:
        if normalize_name(name) in extras:
            yield from map(_parse, optional.strings(name))


def _parse(text: str) -> Requirement:
    from packaging.requirements import Requirement

    return Requirement(text)


def _differences(
    then: Sequence[Requirement],
    now: Sequence[Requirement],
    package: str,
    *,
    has_all_platforms: bool,
) -> Iterator[str]:
    """What has changed, in a few words each."""
    # An extra requires the package itself, and other extras by its name.
    before, after = (
        [one for one in side if one.extras or normalize_name(one.name) != package]
        for side in (then, now)
    )
    if len(before) * len(after) > MOST_PAIRS:
        raise ValueError("there are too many requirements")
    for one in list(before):
        same = next(
            (other for other in after if _is_same(one, other, minds=has_all_platforms)), None
        )
        if same is not None:
            before.remove(one)
            after.remove(same)
    if not has_all_platforms:
        # The lock file leaves out what no other platform needs. Of Pythons, it leaves out none.
        after = [one for one in after if one.marker is None]
    olds, news = ({normalize_name(one.name) for one in side} for side in (then, now))
    for name in dict.fromkeys(normalize_name(one.name) for one in (*after, *before)):
        yield told_change(name, name in olds, name in news)


def _is_same(one: Requirement, other: Requirement, *, minds: bool) -> bool:
    """Whether two requirements are the same. `minds`: under the same marker."""
    # Few lock files have local packages.
    from locksync.requirements.markers import holds_alike

    return (
        normalize_name(one.name) == normalize_name(other.name)
        and one.specifier == other.specifier
        and set(map(normalize_name, one.extras)) == set(map(normalize_name, other.extras))
        # PDM writes paths, and what stands for them, in its own way.
        and bool(one.url) == bool(other.url)
        # Where it cannot be told, nothing is held against the lock file.
        and not (minds and holds_alike(*(str(it.marker or "") for it in (one, other))) is False)
    )
