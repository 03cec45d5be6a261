"""Requirements of a manifest, turned into what uv.lock records: with their sources.

As of uv 0.13.9: crates/uv-distribution/src/metadata/lowering.rs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from locksync.documents import Table
from locksync.tools.uv_export.errors import RefusedError, UndecidableError
from locksync.tools.uv_export.manifest import Project
from locksync.tools.uv_export.markers import ALWAYS, Condition, can_hold, parse_condition
from locksync.tools.uv_export.requirements import Asked, LockedRequirement
from locksync.tools.uv_export.sources import (
    GIT_REFERENCES,
    Source,
    archive,
    conflict_of,
    git,
    locate,
    registry,
)
from locksync.tools.uv_export.specifiers import parse_specifiers

SOURCE_KEYS = frozenset(
    (
        *("git", "rev", "tag", "branch", "subdirectory", "lfs", "url", "path", "editable"),
        *("package", "index", "workspace", "marker", "extra", "group"),
    )
)

EVERYTHING = frozenset(("*",))
NO_SPECIFIERS = parse_specifiers("")
LocalKind = Callable[[str, bool | None], str]
"""How uv records a local path, given its `package` setting: `path`, `directory` or `virtual`."""


class Lowering(NamedTuple):
    """How uv records the requirements of one project in the lock file of its workspace."""

    project: Project
    workspace: Project
    members: Mapping[str, Source]
    """The members of the workspace, by name."""
    local_kind: LocalKind
    without_sources: frozenset[str]
    """The packages whose sources do not count."""

    def lower(
        self, text: str, *, extra: str = "", group: str = "", where: Condition | None = None
    ) -> Iterator[LockedRequirement]:
        """A requirement, which an extra or group may contain.

        `where`: a condition under which it applies, otherwise that of its extra. Raises
        UndecidableError and RefusedError.
        """
        requirement = parse_requirement(text)
        name = canonicalize_name(requirement.name)
        if where is None:
            where = parse_condition(f'extra == "{extra}"') if extra else ALWAYS
        condition = parse_condition(requirement.marker) & where
        asked = Asked(
            frozenset(map(canonicalize_name, requirement.extras)),
            parse_specifiers(str(requirement.specifier)),
        )
        for source, applies in self._lowered(requirement, condition, extra, group):
            # Only a registry has versions to choose from.
            kept = asked if source[0] == "registry" else asked._replace(specifiers=NO_SPECIFIERS)
            yield LockedRequirement(name, source, kept, applies)

    def _lowered(
        self, requirement: Requirement, condition: Condition, extra: str, group: str
    ) -> Iterator[tuple[Source, Condition]]:
        """The sources of a requirement, each with the condition under which it is the one."""
        sources = self._sources(canonicalize_name(requirement.name), extra, group)
        if sources is None:
            yield self._direct(requirement), condition
            return
        rest = condition
        for where, entry in sources:
            marker = parse_condition(entry.string("marker", ""))
            applies, rest = marker & condition, rest & ~marker
            source = self._source_of(requirement, where, entry)
            if can_hold(applies):
                yield source, applies
        if can_hold(rest):
            yield self._direct(requirement), rest

    def _sources(self, name: str, extra: str, group: str) -> list[tuple[Project, Table]] | None:
        """The entries of `[tool.uv.sources]` for a requirement, each with its project."""
        if name in self.without_sources or self.without_sources == EVERYTHING:
            return None
        for owner in (self.project, self.workspace):
            if name in owner.sources:
                entries = list(_entries(owner, name))
                return [
                    (owner, entry)
                    for entry in entries
                    if _is_for(entry, "extra", extra) and _is_for(entry, "group", group)
                ]
        if name in self.members and name != self.project.name:
            raise RefusedError(f"{name} is a member of the workspace, but not by its sources")
        return None

    def _source_of(self, requirement: Requirement, owner: Project, entry: Table) -> Source:
        """The source that an entry names."""
        if "workspace" in entry:
            return self._member(canonicalize_name(requirement.name))
        if "git" in entry:
            return _git_of(entry)
        if "url" in entry:
            return archive(entry.string("url"), entry.string("subdirectory", ""))
        if "path" in entry:
            return self._local(owner, entry)
        if "index" in entry:
            index = entry.string("index")
            if index not in owner.indexes:
                raise RefusedError(f"there is no index {index}")
            return registry(owner.indexes[index], conflict_of(entry))
        raise UndecidableError(f"the source of {requirement.name} is not known")

    def _member(self, name: str) -> Source:
        if name not in self.members:
            raise RefusedError(f"{name} is no member of the workspace")
        if self.without_sources:
            raise UndecidableError("with the setting no-sources-package, uv may find no members")
        return self.members[name]

    def _local(self, owner: Project, entry: Table) -> Source:
        package = entry.boolean("package") if "package" in entry else None
        place = locate(owner.directory, entry.string("path"))
        kind = self.local_kind(place, package)
        if kind != "path" and entry.boolean("editable", default=False):
            kind = "editable"
        return (kind, place)

    def _direct(self, requirement: Requirement) -> Source:
        """The source that a requirement itself names."""
        if not requirement.url:
            return registry()
        url, _, fragment = requirement.url.partition("#")
        subdirectory = parse_qs(fragment).get("subdirectory", [""])[0]
        if url.startswith("git+"):
            url = url.removeprefix("git+")
            base, at, revision = url.rpartition("@")
            if not at or "/" not in base.partition("//")[2]:
                base, revision = url, ""
            return git(base, "rev" if revision else "", revision, subdirectory)
        if url.startswith(("http://", "https://")):
            return archive(url, subdirectory)
        if url.startswith("file:"):
            raise UndecidableError(f"{unquote(url)} is not in the repository")
        place = locate(self.project.directory, url)
        return (self.local_kind(place, None), place)


def parse_requirement(text: str) -> Requirement:
    """The requirement that a text states. Raises UndecidableError."""
    try:
        return Requirement(text)
    except ValueError as error:
        raise UndecidableError(f"the requirement {text!r} cannot be read") from error


def _entries(owner: Project, name: str) -> Iterator[Table]:
    """The entries of `[tool.uv.sources]` under a name. Raises UndecidableError."""
    given = owner.sources[name]
    for values in given if isinstance(given, list) else [given]:
        if isinstance(values, dict):
            entry = Table(values, f"tool.uv.sources.{name}")
            if unknown := sorted(entry.values.keys() - SOURCE_KEYS):
                raise UndecidableError(f"the source {unknown[0]} of {name} is not known")
            yield entry


def _git_of(entry: Table) -> Source:
    kind = next((kind for kind in GIT_REFERENCES if kind in entry), "")
    if "lfs" in entry:
        raise UndecidableError("git sources with lfs are not supported")
    url = entry.string("git").removeprefix("git+")
    reference = entry.string(kind) if kind else ""
    return git(url, kind, reference, entry.string("subdirectory", ""))


def _is_for(source: Table, kind: str, name: str) -> bool:
    return kind not in source or canonicalize_name(source.string(kind)) == name
