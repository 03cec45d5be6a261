"""The pyproject.toml of a project, as uv reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.documents import Table, parse_toml
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.uv_export.errors import UndecidableError


class Project(NamedTuple):
    """What the requirements of a manifest refer to."""

    directory: str
    name: str
    sources: Mapping[str, object]
    indexes: Mapping[str, str]
    """The URLs of named indexes, with those of the workspace."""
    is_package: bool
    """Whether uv builds it, where only the project itself asks for it."""


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
        """Whether there is a `[project]`; without one it is no member."""
        return "project" in self.document

    @property
    def name(self) -> str:
        """The normalised name, "" without a `[project]`."""
        return canonicalize_name(self.project.string("name")) if self.has_project else ""

    @property
    def uv(self) -> Table:
        """`[tool.uv]`."""
        return self.document.table("tool").table("uv")

    def is_package(self, *, needs_build_system: bool) -> bool:
        """Whether uv builds the project instead of only installing its dependencies."""
        if "package" in self.uv:
            return self.uv.boolean("package")
        return not needs_build_system or "build-system" in self.document

    def sources(self) -> Mapping[str, object]:
        """`[tool.uv.sources]`, by normalised name."""
        given = self.uv.table("sources").values
        return {canonicalize_name(name): source for name, source in given.items()}

    def named_indexes(self) -> Mapping[str, str]:
        """The URLs of each `[[tool.uv.index]]` with a name."""
        indexes = self.uv.tables("index")
        return {index.string("name"): index.string("url") for index in indexes if "name" in index}

    def as_project(self, around: Manifest) -> Project:
        """What the project's requirements refer to, within a workspace."""
        indexes = {**around.named_indexes(), **self.named_indexes()}
        is_package = self.is_package(needs_build_system=True)
        return Project(self.directory, self.name, self.sources(), indexes, is_package)


def read_manifest(path: str, tree: Tree) -> Manifest | None:
    """The manifest at a path, None if there is none. Raises FindingError."""
    content = tree.read(path)
    return None if content is None else Manifest(path, parse_toml(content, path))


def groups_of(manifest: Manifest) -> Mapping[str, Sequence[str]]:
    """The dependency groups with what they include, and uv's own development group."""
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
