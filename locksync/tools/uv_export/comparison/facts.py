"""A lock file beside the manifests that it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.uv_export.errors import UndecidableError, refuse_unknown
from locksync.tools.uv_export.lock import Lock
from locksync.tools.uv_export.lowering import EVERYTHING, Lowering
from locksync.tools.uv_export.manifest import Manifest, read_manifest
from locksync.tools.uv_export.pythons import parse_pythons
from locksync.tools.uv_export.requirements import LockedRequirement, are_same, from_lock
from locksync.tools.uv_export.settings import read_settings
from locksync.tools.uv_export.sources import locate
from locksync.tools.uv_export.workspace import Workspace, member_kinds

VERSION = 1
REVISIONS = range(6)
FIRST_WITH_EXTRAS = 1
"""The first revision that records extras and empty groups."""
FIRST_WITH_DEFAULT_GROUPS = 5
LOCAL_SOURCES = ("editable", "directory", "virtual")
LOCK_KEYS = frozenset(
    (
        *("version", "revision", "requires-python", "resolution-markers", "supported-markers"),
        *("required-markers", "conflicts", "options", "manifest", "package"),
    )
)
MANIFEST_KEYS = frozenset(
    (
        *("members", "requirements", "constraints", "overrides", "excludes", "build-constraints"),
        *("dependency-groups", "default-groups", "group-requires-python", "dependency-metadata"),
    )
)
OPTION_KEYS = frozenset(
    (
        *("resolution-mode", "prerelease-mode", "prerelease-package", "fork-strategy"),
        *("exclude-newer", "exclude-newer-span", "exclude-newer-package"),
    )
)


class Local(NamedTuple):
    """A package of the lock file that is built from a directory."""

    entry: Table
    name: str
    kind: str
    directory: str


class Facts:
    """A lock file and the workspace beside it. Raises UndecidableError for an unknown format."""

    def __init__(self, path: str, lock: Lock, workspace: Workspace, tree: Tree) -> None:
        self.lock = lock
        self.document = document = lock.document
        self.workspace = workspace
        self.tree = tree
        self.settings = settings = read_settings(workspace.root.directory, tree)
        self.without_sources = _without_sources(settings)
        self.member_kinds = member_kinds(workspace)
        """How uv records the members of the workspace."""
        self._members = {
            name: (self.member_kinds[name], member.directory)
            for name, member in workspace.members.items()
        }
        self.root = paths.parent(path)
        version, revision = document.values.get("version"), document.values.get("revision", 0)
        if version != VERSION or not isinstance(revision, int) or revision not in REVISIONS:
            raise UndecidableError(f"version {version} with revision {revision} is not known")
        refuse_unknown(document, LOCK_KEYS)
        self.has_extras = revision >= FIRST_WITH_EXTRAS
        self.has_default_groups = revision >= FIRST_WITH_DEFAULT_GROUPS
        self.manifest = document.table("manifest")
        """What the lock file records of the root's manifest."""
        refuse_unknown(self.manifest, MANIFEST_KEYS)
        self.options = document.table("options")
        """What it records of the settings."""
        refuse_unknown(self.options, OPTION_KEYS)
        self.pythons = parse_pythons(document.string("requires-python", ""))
        self.locals = {local.name: local for local in _locals(lock, self.root)}

    def are_same(self, expected: Iterable[LockedRequirement], locked: Iterable[Table]) -> bool:
        """Whether the lock file records the expected requirements."""
        return are_same(expected, [from_lock(entry, self.root) for entry in locked], self.pythons)

    def lowering(self, manifest: Manifest) -> Lowering:
        """How uv records the requirements of a manifest."""
        root = self.workspace.root
        return Lowering(
            manifest.as_project(root),
            root.as_project(root),
            self._members,
            self._local_kind,
            self.without_sources,
        )

    def local_manifests(self) -> Iterator[str]:
        """The manifests of the packages that are built from directories."""
        for local in self.locals.values():
            if self.tree.is_file(path := paths.join(local.directory, MANIFEST)):
                yield path

    def local_files(self) -> Iterator[tuple[str, frozenset[str]]]:
        """The files that packages come from, each with its hashes."""
        for entry in self.lock.packages:
            path = entry.table("source").string("path", "")
            if path:
                files = [*entry.tables("wheels"), entry.table("sdist")]
                yield path, frozenset(file.string("hash", "") for file in files)

    def _local_kind(self, place: str, package: bool | None) -> str:
        if not self.tree.is_directory(place):
            return "path"
        if package is None:
            manifest = read_manifest(paths.join(place, MANIFEST), self.tree)
            package = manifest is None or manifest.is_package(needs_build_system=False)
        return "directory" if package else "virtual"

    def of_root(self, difference: str) -> str:
        """A difference that is due to the root's manifest."""
        return of(self.workspace.root, difference)


def _without_sources(settings: Table) -> frozenset[str]:
    if settings.boolean("no-sources", default=False):
        return EVERYTHING
    return frozenset(map(canonicalize_name, settings.strings("no-sources-package")))


def of(manifest: Manifest, difference: str) -> str:
    """A difference that is due to a manifest."""
    return f"{manifest.path}: {difference}"


def _locals(lock: Lock, root: str) -> Iterator[Local]:
    for entry in lock.packages:
        source = entry.table("source")
        kind = next((kind for kind in LOCAL_SOURCES if kind in source), None)
        if kind:
            directory = locate(root, source.string(kind))
            yield Local(entry, canonicalize_name(entry.string("name")), kind, directory)
