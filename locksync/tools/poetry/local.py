"""Whether the lock file records the local packages as their manifests describe them now.

poetry's content hash does not cover them, so poetry itself exports what it recorded of them. What
`poetry lock` would record is known where poetry reads the manifest and builds nothing: as of
poetry 2.5.1, `PackageInfo.from_directory` in src/poetry/inspection/info.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from locksync.documents import Table
from locksync.findings import Finding, FindingError
from locksync.repository.paths import join
from locksync.tools.poetry import effort
from locksync.tools.poetry import lock as locks
from locksync.tools.poetry.lock import LockedPackage
from locksync.tools.poetry.manifest import read_manifest
from locksync.tools.poetry.options import MANIFEST
from locksync.tools.shared.project import Project
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from locksync.tools.poetry.recorded import Recorded


class LocalPackage(NamedTuple):
    """A package that the lock file takes from a directory of the repository."""

    locked: LockedPackage
    table: Table
    """What the lock file records of it."""
    path: str
    """Its manifest."""
    document: Table
    has_python: bool
    """Whether the lock file records the Python versions as they are written in the manifest."""


def local_packages(project: Project, lock: Table) -> Iterator[LocalPackage]:
    """The packages whose manifests git has, and poetry reads. Raises ValueError."""
    tables = [*lock.tables("package")]
    if not any("directory" in table.table("source").values.values() for table in tables):
        return
    # Earlier versions of poetry recorded what the project has in common with the package.
    has_python = locks.lock_version(lock) not in ("1.0", "1.1")
    records = locks.locked_packages(lock, with_groups=False)
    for locked, table in zip(records, tables, strict=True):
        if locked.source.type == "directory":
            # What cannot be read has no say: poetry exports without it.
            with suppress(ValueError, FindingError):
                path, document = project.manifest_of(locked.source.url, MANIFEST)
                if _is_static(document):
                    yield LocalPackage(locked, table, path, document, has_python)


def _is_static(document: Table) -> bool:
    """Whether poetry takes the metadata of a package from the manifest itself."""
    project = document.table("project")
    is_whole = bool(project.values.get("name") and project.values.get("version"))
    return "poetry" in document.table("tool") or (is_whole and not project.values.get("dynamic"))


def local_findings(project: Project, packages: Iterable[LocalPackage]) -> Iterator[Finding]:
    """A finding for each local package that `poetry lock` would record otherwise."""
    for package in packages:
        # What poetry cannot read itself, it would have to build.
        with suppress(ValueError, RefusedError, effort.TooIntricateError):
            effort.start()
            if changes := [*_changes(project, package)]:
                yield project.stale_lock(f": {', '.join(changes)}", package.path)


def _changes(project: Project, package: LocalPackage) -> Iterator[str]:
    # poetry-core takes much longer to load than most checks.
    from locksync.tools.poetry.recorded import changes, recorded_now, recorded_then

    manifest = read_manifest(package.document)

    def place(url: str) -> str:
        # poetry-core looks on disk whether it is a file. So the tree has to know of it.
        path = join(project.directory, url)
        project.tree.is_file(path)
        return project.tree.absolute(path)

    then: Recorded = recorded_then(package.locked, package.table, place)
    now = recorded_now(package.document, manifest.python, place(package.locked.source.url))
    yield from changes(then if package.has_python else then._replace(python=now.python), now)
