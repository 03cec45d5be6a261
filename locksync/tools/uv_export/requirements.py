"""Requirements of a manifest as uv.lock records them: with the sources of `[tool.uv.sources]`.

As of uv 0.13.9: crates/uv-distribution/src/metadata/lowering.rs and, for the comparison,
`normalize_requirement` in crates/uv-resolver/src/lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name, canonicalize_version
from packaging.version import Version

from locksync.documents import Table
from locksync.repository.paths import join
from locksync.tools.uv_export.markers import (
    Condition,
    UndecidableError,
    are_equal,
    can_hold,
    parse_condition,
)

LOCAL = ("path", "directory", "editable", "virtual")
LOCKED_KEYS = frozenset(
    (
        *("name", "extras", "marker", "specifier", "index", "conflict", "git", "url"),
        *("subdirectory", *LOCAL),
    )
)
SOURCE_KEYS = frozenset(
    (
        *("git", "rev", "tag", "branch", "subdirectory", "lfs", "url", "path", "editable"),
        *("package", "index", "workspace", "marker", "extra", "group"),
    )
)
USER_INFO = re.compile(r"(?<=//)[^/@]*@")

LocalKind = Callable[[str, bool | None], str]
"""How a local path is recorded, given its `package` setting: `path`, `directory` or `virtual`."""


class LockedRequirement(NamedTuple):
    """A requirement in the form in which two of them can be compared."""

    name: str
    extras: frozenset[str]
    source: tuple[str, ...]
    condition: Condition

    @property
    def subject(self) -> tuple[str, frozenset[str], tuple[str, ...]]:
        """All but the condition."""
        return (self.name, self.extras, self.source)


def are_same(
    ones: Iterable[LockedRequirement], others: Iterable[LockedRequirement], pythons: SpecifierSet
) -> bool:
    """Whether two lists hold the same requirements. Raises UndecidableError."""
    first, second = _by_subject(ones), _by_subject(others)
    if first.keys() != second.keys():
        return False
    return all(_have_the_same(first[key], second[key], pythons) for key in first)


def _have_the_same(ones: list[Condition], others: list[Condition], pythons: SpecifierSet) -> bool:
    """Whether each condition of one list is in the other. Raises UndecidableError."""
    return all(
        # The likely ones first.
        any(are_equal(one, other, pythons) for other in sorted(candidates, key=one.is_unlike))
        for wanted, candidates in ((ones, others), (others, ones))
        for one in wanted
    )


def _by_subject(
    requirements: Iterable[LockedRequirement],
) -> Mapping[tuple[str, frozenset[str], tuple[str, ...]], list[Condition]]:
    found: dict[tuple[str, frozenset[str], tuple[str, ...]], list[Condition]] = {}
    for requirement in requirements:
        found.setdefault(requirement.subject, []).append(requirement.condition)
    return found


def from_lock(entry: Table, root: str) -> LockedRequirement:
    """A requirement as the lock file has it. Raises UndecidableError and MalformedError."""
    if unknown := sorted(entry.values.keys() - LOCKED_KEYS):
        raise UndecidableError(f"what it says by {unknown[0]} is not known")
    return LockedRequirement(
        name=canonicalize_name(entry.string("name")),
        extras=frozenset(map(canonicalize_name, entry.strings("extras"))),
        source=_locked_source(entry, root),
        condition=parse_condition(entry.string("marker", "")),
    )


def _locked_source(entry: Table, root: str) -> tuple[str, ...]:
    if "git" in entry:
        return _git_of_lock(entry.string("git"))
    if "url" in entry:
        return ("url", _plain(entry.string("url")), entry.string("subdirectory", ""))
    for kind in LOCAL:
        if kind in entry:
            return (kind, locate(root, entry.string(kind)))
    conflict = entry.table("conflict")
    return _registry(
        entry.string("specifier", ""),
        entry.string("index", ""),
        "".join(
            f"{kind}:{conflict.string(kind)}" for kind in ("extra", "group") if kind in conflict
        ),
    )


def _git_of_lock(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    kind = next((kind for kind in ("rev", "tag", "branch") if kind in query), "")
    base = url.partition("#")[0].partition("?")[0]
    return ("git", _plain(base), kind, query.get(kind, ""), query.get("subdirectory", ""))


def _registry(specifier: str, index: str = "", conflict: str = "") -> tuple[str, ...]:
    try:
        specifiers = SpecifierSet(specifier)
    except ValueError as error:
        raise UndecidableError(f"the specifier {specifier} cannot be read") from error
    return ("registry", _plain(index).rstrip("/"), conflict, *sorted(map(_normal, specifiers)))


def _normal(specifier: Specifier) -> str:
    operator, version = specifier.operator, specifier.version
    if operator == "===" or version.endswith(".*"):
        return f"{operator}{version}"
    if operator == "~=":
        return f"{operator}{Version(version)}"  # A zero at the end has a meaning here.
    return f"{operator}{canonicalize_version(version)}"


def _plain(url: str) -> str:
    """A URL without its credentials and its fragment."""
    return USER_INFO.sub("", url.partition("#")[0], count=1)


def locate(directory: str, path: str) -> str:
    """The path in the repository that a manifest or lock file in a directory names."""
    try:
        return join(directory, path)
    except ValueError as error:
        raise UndecidableError(f"{path} is not in the repository") from error


class Project(NamedTuple):
    """A manifest with what its requirements are looked up in."""

    directory: str
    name: str
    sources: Mapping[str, object]
    indexes: Mapping[str, str]
    """URLs by the names of indexes, those of the workspace among them."""


class Lowering(NamedTuple):
    """How the requirements of one project are recorded in the lock file of its workspace."""

    project: Project
    workspace: Project
    members: Mapping[str, str]
    """The directories of the workspace's members, by name."""
    local_kind: LocalKind

    def lower(self, text: str, *, extra: str = "", group: str = "") -> Iterator[LockedRequirement]:
        """A requirement, of an extra or a group if one is given. Raises UndecidableError."""
        try:
            requirement = Requirement(text)
        except ValueError as error:
            raise UndecidableError(f"the requirement {text!r} cannot be read") from error
        name = canonicalize_name(requirement.name)
        extras = frozenset(map(canonicalize_name, requirement.extras))
        condition = parse_condition(requirement.marker)
        if extra:
            condition &= parse_condition(f'extra == "{extra}"')
        sources = self._sources(name, extra, group)
        if sources is None:
            source = self._direct(requirement)
            yield LockedRequirement(name, extras, source, condition)
            return
        rest = condition
        for where, entry in sources:
            applies = parse_condition(entry.string("marker", "")) & condition
            rest &= ~parse_condition(entry.string("marker", ""))
            source = self._lowered(requirement, where, entry)
            if can_hold(applies):
                yield LockedRequirement(name, extras, source, applies)
        if can_hold(rest):
            yield LockedRequirement(name, extras, self._direct(requirement), rest)

    def _sources(self, name: str, extra: str, group: str) -> list[tuple[Project, Table]] | None:
        """The entries of `[tool.uv.sources]` that a requirement has, and whose they are."""
        for owner in (self.project, self.workspace):
            if name in owner.sources:
                given = owner.sources[name]
                tables = [
                    Table(entry, f"tool.uv.sources.{name}")
                    for entry in (given if isinstance(given, list) else [given])
                    if isinstance(entry, dict)
                ]
                for table in tables:
                    if unknown := sorted(table.values.keys() - SOURCE_KEYS):
                        raise UndecidableError(f"the source {unknown[0]} of {name} is not known")
                return [
                    (owner, table)
                    for table in tables
                    if _is_for(table, "extra", extra) and _is_for(table, "group", group)
                ]
        if name in self.members and name != self.project.name:
            raise UndecidableError(f"{name} is a member of the workspace, but not by its sources")
        return None

    def _lowered(self, requirement: Requirement, owner: Project, entry: Table) -> tuple[str, ...]:
        if "workspace" in entry:
            name = canonicalize_name(requirement.name)
            if name not in self.members:
                raise UndecidableError(f"{name} is no member of the workspace")
            directory = self.members[name]
            kind = self.local_kind(directory, None)
            if kind == "directory":
                kind = "editable" if entry.boolean("editable", default=True) else "directory"
            return (kind, directory)
        if "git" in entry:
            kind = next((kind for kind in ("rev", "tag", "branch") if kind in entry), "")
            if "lfs" in entry:
                raise UndecidableError("a source with lfs is not known")
            url = entry.string("git").removeprefix("git+")
            reference = entry.string(kind) if kind else ""
            return ("git", _plain(url), kind, reference, entry.string("subdirectory", ""))
        if "url" in entry:
            return ("url", _plain(entry.string("url")), entry.string("subdirectory", ""))
        if "path" in entry:
            package = entry.boolean("package") if "package" in entry else None
            place = locate(owner.directory, entry.string("path"))
            kind = self.local_kind(place, package)
            if kind != "path" and entry.boolean("editable", default=False):
                kind = "editable"
            return (kind, place)
        if "index" in entry:
            index = entry.string("index")
            if index not in owner.indexes:
                raise UndecidableError(f"there is no index {index}")
            conflict = "".join(
                f"{kind}:{canonicalize_name(entry.string(kind))}"
                for kind in ("extra", "group")
                if kind in entry
            )
            return _registry(str(requirement.specifier), owner.indexes[index], conflict)
        raise UndecidableError(f"the source of {requirement.name} is not known")

    def _direct(self, requirement: Requirement) -> tuple[str, ...]:
        if not requirement.url:
            return _registry(str(requirement.specifier))
        url, _, fragment = requirement.url.partition("#")
        subdirectory = parse_qs(fragment).get("subdirectory", [""])[0]
        if url.startswith("git+"):
            url = url.removeprefix("git+")
            base, at, revision = url.rpartition("@")
            if not at or "/" not in base.partition("//")[2]:
                base, revision = url, ""
            return ("git", _plain(base), "rev" if revision else "", revision, subdirectory)
        if url.startswith(("http://", "https://")):
            return ("url", _plain(url), subdirectory)
        if url.startswith("file:"):
            raise UndecidableError(f"{unquote(url)} is not in the repository")
        place = locate(self.project.directory, url)
        return (self.local_kind(place, None), place)


def _is_for(source: Table, kind: str, name: str) -> bool:
    return kind not in source or canonicalize_name(source.string(kind)) == name
