"""The pyproject.toml of a project, as uv reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.utils import canonicalize_name

from locksync.documents import Table, parse_toml
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.uv_export.errors import RefusedError
from locksync.tools.uv_export.markers import ALWAYS, Condition, parse_condition
from locksync.tools.uv_export.pythons import parse_pythons


class Project(NamedTuple):
    """What the requirements of a manifest refer to."""

    directory: str
    name: str
    sources: Mapping[str, object]
    indexes: Mapping[str, str]
    """The URLs of named indexes, with those of the workspace."""


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
        return Project(self.directory, self.name, self.sources(), indexes)


def read_manifest(path: str, tree: Tree) -> Manifest | None:
    """The manifest at a path, None if there is none. Raises FindingError."""
    content = tree.read(path)
    return None if content is None else Manifest(path, parse_toml(content, path))


class GroupItem(NamedTuple):
    """A requirement of a dependency group, and the condition that the group adds."""

    text: str
    condition: Condition


def groups_of(manifest: Manifest) -> Mapping[str, Sequence[GroupItem]]:
    """The dependency groups with what they include, and uv's own development group.

    Raises RefusedError.
    """
    groups = _groups(manifest)
    found = {name: list(groups.items(name, ())) for name in groups.named}
    if "dev-dependencies" in manifest.uv:
        condition = groups.condition("dev")
        own = [GroupItem(text, condition) for text in manifest.uv.strings("dev-dependencies")]
        found["dev"] = [*found.get("dev", ()), *own]
    if unknown := sorted(groups.pythons.keys() - found.keys()):
        raise RefusedError(f"the dependency group {unknown[0]} is not declared")
    return found


def pythons_of_groups(manifest: Manifest) -> Mapping[str, str]:
    """The Python versions of each dependency group that has some, with those it includes."""
    groups = _groups(manifest)
    names = {*groups.named, *groups.pythons}
    found = {name: ",".join(filter(None, groups.all_pythons(name, ()))) for name in names}
    return {name: text for name, text in found.items() if text}


def _groups(manifest: Manifest) -> Groups:
    given = manifest.document.table("dependency-groups")
    named: dict[str, str] = {canonicalize_name(name): name for name in given.values}
    return Groups(given, named, _own_pythons(manifest))


def _own_pythons(manifest: Manifest) -> Mapping[str, str]:
    settings = manifest.uv.table("dependency-groups")
    return {
        canonicalize_name(name): settings.table(name).string("requires-python", "")
        for name in settings.values
    }


class Groups(NamedTuple):
    """The dependency groups of a manifest."""

    given: Table
    named: Mapping[str, str]
    """The names as they are spelt, by normalised name."""
    pythons: Mapping[str, str]
    """The Python versions that `[tool.uv.dependency-groups]` names."""

    def condition(self, name: str) -> Condition:
        """What a group itself adds to its requirements."""
        return python_condition(self.pythons.get(name, ""))

    def items(self, name: str, above: tuple[str, ...]) -> Iterator[GroupItem]:
        """The requirements of a group and of those that it includes. Raises RefusedError."""
        condition = self.condition(name)
        for item in self._entries(name, above):
            if isinstance(item, str):
                yield GroupItem(item, condition)
            elif "include-group" in item:
                included = canonicalize_name(item.string("include-group"))
                for text, inner in self.items(included, (*above, name)):
                    yield GroupItem(text, inner & condition)

    def all_pythons(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        """The Python versions of a group and of those that it includes."""
        yield self.pythons.get(name, "")
        if name in self.named:
            for item in self._entries(name, above):
                if isinstance(item, Table) and "include-group" in item:
                    included = canonicalize_name(item.string("include-group"))
                    yield from self.all_pythons(included, (*above, name))

    def _entries(self, name: str, above: tuple[str, ...]) -> Iterator[str | Table]:
        if name in above or name not in self.named:
            raise RefusedError(f"the dependency group {name} cannot be read")
        return self.given.items(self.named[name])


def python_condition(specifiers: str) -> Condition:
    """The condition that the Python is one of those that specifiers allow."""
    condition = ALWAYS
    for specifier in parse_pythons(specifiers):
        marker = f'python_full_version {specifier.operator} "{specifier.version}"'
        condition &= parse_condition(marker)
    return condition
