"""The projects that share a lock file: the manifests of a workspace.

As of uv 0.13.9: crates/uv-workspace/src/workspace.rs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.documents import Table, blaming, parse_toml
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.uv_export.markers import UndecidableError
from locksync.tools.uv_export.requirements import Project

MANIFEST = "pyproject.toml"


class Manifest(NamedTuple):
    """The pyproject.toml of a directory."""

    path: str
    document: Table

    @property
    def directory(self) -> str:
        """The directory of the project."""
        return paths.parent(self.path)

    @property
    def project(self) -> Table:
        """`[project]`."""
        return self.document.table("project")

    @property
    def has_project(self) -> bool:
        """Whether there is a `[project]`: uv takes what has none for no member."""
        return "project" in self.document

    @property
    def name(self) -> str:
        """The normalised name, "" where there is no `[project]`."""
        return canonicalize_name(self.project.string("name")) if self.has_project else ""

    @property
    def uv(self) -> Table:
        """`[tool.uv]`."""
        return self.document.table("tool").table("uv")

    def is_package(self, *, needs_build_system: bool) -> bool:
        """Whether uv builds the project, and does not take its dependencies alone."""
        if "package" in self.uv:
            return self.uv.boolean("package")
        return not needs_build_system or "build-system" in self.document

    def sources(self) -> Mapping[str, object]:
        """`[tool.uv.sources]`, by normalised name."""
        given = self.uv.table("sources").values
        return {canonicalize_name(name): source for name, source in given.items()}

    def named_indexes(self) -> Mapping[str, str]:
        """The URLs of `[[tool.uv.index]]` that have a name."""
        indexes = self.uv.tables("index")
        return {index.string("name"): index.string("url") for index in indexes if "name" in index}

    def as_project(self, around: Manifest) -> Project:
        """What the requirements of the project are looked up in, within a workspace."""
        indexes = {**around.named_indexes(), **self.named_indexes()}
        return Project(self.directory, self.name, self.sources(), indexes)


class Workspace(NamedTuple):
    """The manifest beside the lock file, and those of all members, itself among them."""

    root: Manifest
    members: Mapping[str, Manifest]
    """By name."""


def read_manifest(path: str, tree: Tree) -> Manifest | None:
    """The manifest at a path, None where there is none. Raises FindingError."""
    content = tree.read(path)
    return None if content is None else Manifest(path, parse_toml(content, path))


def read_workspace(root: Manifest, tree: Tree) -> Workspace:
    """The workspace of a manifest. Raises FindingError and UndecidableError."""
    found = [root] if root.has_project else []
    with blaming(root.path):
        settings = root.uv.table("workspace")
        included = settings.strings("members")
        excluded = settings.strings("exclude")
    if any(glob.startswith(("/", "..")) or "[" in glob or "{" in glob for glob in included):
        raise UndecidableError("the members of its workspace cannot be told from their globs")
    for directory in _directories(root.directory, tree) if included else ():
        relative = directory[len(root.directory) :].strip("/")
        if not relative or not any(paths.matches(relative, glob) for glob in included):
            continue
        if any(paths.matches(relative, glob) for glob in excluded):
            continue
        member = read_manifest(paths.join(directory, MANIFEST), tree)
        if member and member.has_project and member.uv.boolean("managed", default=True):
            found.append(member)
    members: dict[str, Manifest] = {}
    for manifest in found:
        with blaming(manifest.path):
            members[manifest.name] = manifest
    return Workspace(root, members)


def _directories(top: str, tree: Tree) -> Iterator[str]:
    """The directories below another that have a manifest."""
    for path in sorted(tree.files()):
        directory = paths.parent(path)
        if paths.name(path) == MANIFEST and paths.is_within(directory, top) and directory != top:
            yield directory


def groups_of(manifest: Manifest) -> Mapping[str, Sequence[str]]:
    """The dependency groups, with those that they include, and uv's own development group."""
    given = manifest.document.table("dependency-groups")
    named: dict[str, str] = {canonicalize_name(name): name for name in given.values}
    found: dict[str, Sequence[str]] = {name: list(_group(given, named, name, ())) for name in named}
    if "dev-dependencies" in manifest.uv:
        found["dev"] = [*found.get("dev", ()), *manifest.uv.strings("dev-dependencies")]
    return found


def _group(
    given: Table, named: Mapping[str, str], name: str, above: tuple[str, ...]
) -> Iterator[str]:
    if name in above or name not in named:
        raise UndecidableError(f"the dependency group {name} cannot be read")
    for item in given.items(named[name]):
        if isinstance(item, str):
            yield item
        else:
            included = canonicalize_name(item.string("include-group"))
            yield from _group(given, named, included, (*above, name))
