"""Whether uv.lock was made from the manifests as they are now, as `uv lock --check` would tell.

As of uv 0.13.9: `ValidatedLock::validate` in crates/uv/src/commands/project/lock.rs and
`Lock::satisfies` in crates/uv-resolver/src/lock. uv takes a lock file as it is where what it was
made from, which is written in it, is what the manifests say now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import Version

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.shared.indexes import DEFAULT_INDEX_URL
from locksync.tools.uv_export.lock import Lock, parse_lock
from locksync.tools.uv_export.markers import UndecidableError, are_equal, parse_condition
from locksync.tools.uv_export.pythons import bounds, parse_pythons
from locksync.tools.uv_export.requirements import (
    LockedRequirement,
    Lowering,
    are_same,
    from_lock,
    locate,
)
from locksync.tools.uv_export.workspace import (
    MANIFEST,
    Manifest,
    Workspace,
    groups_of,
    read_manifest,
    read_workspace,
)

VERSION = 1
REVISIONS = range(6)
FIRST_WITH_EXTRAS = 1
"""The first revision that tells of extras, and of groups with nothing in them."""
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
        *("members", "constraints", "overrides", "build-constraints", "dependency-groups"),
        *("default-groups", "dependency-metadata"),
    )
)
METADATA_KEYS = frozenset(("requires-dist", "requires-dev", "provides-extras"))
# Settings of [tool.uv] that have a part in the lock file that is not compared here.
UNKNOWN_SETTINGS = ("no-sources", "no-index", "find-links")
OPTIONS = {
    "resolution": ("resolution-mode", "highest"),
    "prerelease": ("prerelease-mode", "if-necessary-or-explicit"),
    "fork-strategy": ("fork-strategy", "requires-python"),
}
"""Settings, what the lock file calls them, and what they are where they are not given."""
# Settings of uv.toml that have no part in a lock file.
IDLE_SETTINGS = re.compile(
    r"required-version|cache-.*|python-.*|concurrent-.*|compile-bytecode|link-mode|native-tls|"
    r"system-certs|offline|no-cache|preview|pip|publish-url|trusted-publishing|keyring-provider|"
    r"check-url|no-progress|http-.*|allow-insecure-host"
)
SPAN = re.compile(r"(\d+) ?(day|week)s?")


def examine_lock(
    path: str, tree: Tree, make_lock: str
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """What is wrong with a lock file, and all files that have a part in it.

    `make_lock` is the command that makes it anew. Raises FindingError for a file that cannot be
    read.
    """
    lock = parse_lock(tree.read(path) or b"", path)
    manifest_path = paths.join(paths.parent(path), MANIFEST)
    root = read_manifest(manifest_path, tree)
    if root is None:
        message = f"uv refuses to export {path}: there is no {manifest_path}"
        raise FindingError(Finding(Code.REFUSED, message, manifest_path))
    files = [path, manifest_path]
    try:
        workspace = read_workspace(root, tree)
        files += [member.path for member in workspace.members.values() if member != root]
        with blaming(path):
            reason = _Comparison(path, lock, workspace, tree).first_difference()
    except UndecidableError as error:
        message = f"{path} cannot be compared with {manifest_path}: {error}"
        ask = f"{make_lock} --check"
        return (Finding(Code.UNSUPPORTED, message, path, None, ask),), tuple(files)
    if reason is None:
        return (), tuple(files)
    message = f"{path} is out of date with {reason}"
    return (Finding(Code.LOCK_STALE, message, path, None, make_lock),), tuple(files)


class Local(NamedTuple):
    """A package of the lock file that is made from a directory."""

    entry: Table
    name: str
    kind: str
    directory: str


class _Comparison:
    """A lock file beside the manifests it was made from.

    Each check yields what the lock file is out of date with, the reason in words, or raises
    UndecidableError.
    """

    def __init__(self, path: str, lock: Lock, workspace: Workspace, tree: Tree) -> None:
        self.lock = document = lock.document
        self.workspace = workspace
        self.tree = tree
        self.root = paths.parent(path)
        self.packages, self.names = lock.packages, lock.names
        self.registries = lock.registries
        version, revision = document.values.get("version"), document.values.get("revision", 0)
        if version != VERSION or not isinstance(revision, int) or revision not in REVISIONS:
            raise UndecidableError(f"version {version} with revision {revision} is not known")
        _refuse_unknown(document, LOCK_KEYS)
        self.tells_extras = revision >= FIRST_WITH_EXTRAS
        self.tells_default_groups = revision >= FIRST_WITH_DEFAULT_GROUPS
        self.manifest = document.table("manifest")
        _refuse_unknown(self.manifest, MANIFEST_KEYS)
        self.pythons = parse_pythons(document.string("requires-python", ""))
        self.locals = {local.name: local for local in self._locals()}

    def first_difference(self) -> str | None:
        checks: Sequence[Callable[[], Iterator[str]]] = (
            self._check_python,
            self._check_members,
            self._check_options,
            self._check_environments,
            self._check_conflicts,
            self._check_root_requirements,
            self._check_root_groups,
            self._check_dependency_metadata,
            self._check_indexes,
            self._check_locals,
        )
        doubts = []
        for check in checks:
            try:
                for difference in check():
                    return difference
            except UndecidableError as error:
                doubts.append(error)
        if doubts:
            raise doubts[0]
        return None

    def _locals(self) -> Iterator[Local]:
        for entry in self.packages:
            source = entry.table("source")
            kind = next((kind for kind in LOCAL_SOURCES if kind in source), None)
            if kind:
                directory = locate(self.root, source.string(kind))
                yield Local(entry, canonicalize_name(entry.string("name")), kind, directory)
            elif "path" in source:
                raise UndecidableError(f"what is in {source.string('path')} cannot be told")

    def _check_python(self) -> Iterator[str]:
        wanted = []
        for member in (self.workspace.root, *self.workspace.members.values()):
            if "dependency-groups" in member.uv:
                raise UndecidableError(f"{member.path} has settings for single groups")
            if "requires-python" in member.project:
                wanted.append(member.project.string("requires-python"))
        if not wanted:
            raise UndecidableError(
                "without requires-python, uv takes the Python that it runs under"
            )
        if bounds(parse_pythons(",".join(wanted))) != bounds(self.pythons):
            yield self._of(self.workspace.root, "requires-python has changed")

    def _check_members(self) -> Iterator[str]:
        members = self.workspace.members
        is_alone = self.workspace.root.has_project and len(members) == 1
        expected = set() if is_alone else set(members)
        if expected != set(self.manifest.strings("members")):
            yield self._of(self.workspace.root, "the members of the workspace have changed")
        required = self._required_members()
        for name, member in members.items():
            if name not in self.locals:
                yield self._of(member, f"{name} is not in it")
                return
            kind = "virtual"
            if member.is_package(needs_build_system=name not in required):
                kind = "editable" if required.get(name, True) else "directory"
            if (self.locals[name].kind, self.locals[name].directory) != (kind, member.directory):
                yield self._of(member, f"{name} is now to be {kind}")

    def _required_members(self) -> Mapping[str, bool]:
        """Whether members that others name as a source are to be editable."""
        required: dict[str, bool] = {}
        members = self.workspace.members
        # Of several that say so, the last one counts.
        for manifest in (self.workspace.root, *(members[name] for name in sorted(members))):
            for name, given in manifest.sources().items():
                for source in given if isinstance(given, list) else [given]:
                    if isinstance(source, dict) and "workspace" in source and name != manifest.name:
                        required[name] = Table(source).boolean("editable", default=True)
        return required

    def _check_options(self) -> Iterator[str]:
        settings = self.workspace.root.uv
        if unknown := next((name for name in UNKNOWN_SETTINGS if name in settings), None):
            raise UndecidableError(f"the effect of the setting {unknown} is not known")
        if content := self.tree.read(paths.join(self.root, "uv.toml")):
            others = parse_toml(content, paths.join(self.root, "uv.toml")).values
            if unknown := next(
                (name for name in others if not IDLE_SETTINGS.fullmatch(name)), None
            ):
                raise UndecidableError(f"the effect of {unknown} in uv.toml is not known")
        options = self.lock.table("options")
        for name, (locked, default) in OPTIONS.items():
            if settings.string(name, default) != options.string(locked, default):
                yield self._of(self.workspace.root, f"the setting {name} has changed")
        if ("exclude-newer" in settings) != ("exclude-newer" in options):
            yield self._of(self.workspace.root, "the setting exclude-newer has changed")
        elif "exclude-newer" in settings:
            span = options.string("exclude-newer-span", "")
            given = _span(settings.string("exclude-newer"))
            if bool(span) is not given.startswith("P"):
                yield self._of(self.workspace.root, "the setting exclude-newer has changed")
            elif given != (span or options.string("exclude-newer")):
                raise UndecidableError("uv reads exclude-newer by the clock")
        if settings.values.get("exclude-newer-package") or "exclude-newer-package" in options:
            raise UndecidableError("the effect of exclude-newer-package is not known")

    def _check_environments(self) -> Iterator[str]:
        settings = self.workspace.root.uv
        for name, locked in (
            ("environments", "supported-markers"),
            ("required-environments", "required-markers"),
        ):
            given = settings.values.get(name, [])
            texts = [given] if isinstance(given, str) else settings.strings(name)
            expected = [parse_condition(text) for text in texts]
            actual = [parse_condition(text) for text in self.lock.strings(locked)]
            if len(expected) != len(actual) or not all(
                are_equal(one, other, self.pythons)
                for one, other in zip(expected, actual, strict=True)
            ):
                yield self._of(self.workspace.root, f"the setting {name} has changed")

    def _check_conflicts(self) -> Iterator[str]:
        expected = {
            frozenset(_conflicting(item, member.name) for item in items)
            for member in (self.workspace.root, *self.workspace.members.values())
            for items in _sets(member.uv, "conflicts")
        }
        actual = {
            frozenset(_conflicting(item, "") for item in items)
            for items in _sets(self.lock, "conflicts")
        }
        if expected != actual:
            if actual and any(kind == "group" for items in expected for _, kind, _ in items):
                # uv adds sets for the groups that include others.
                raise UndecidableError("the sets of conflicting groups are spelt otherwise")
            yield self._of(self.workspace.root, "the conflicting extras and groups have changed")

    def _check_root_requirements(self) -> Iterator[str]:
        root = self.workspace.root
        lowering = self._lowering(root)
        for setting, locked in (
            ("constraint-dependencies", "constraints"),
            ("override-dependencies", "overrides"),
            ("build-constraint-dependencies", "build-constraints"),
        ):
            expected = [
                requirement
                for text in root.uv.strings(setting)
                for requirement in lowering.lower(text)
            ]
            if setting != "build-constraint-dependencies":
                # What is new about packages that are not locked changes nothing.
                known = self.names.union(
                    entry.string("name") for entry in self.manifest.tables(locked)
                )
                expected = [found for found in expected if found.name in known]
            if not self._are_same(expected, self.manifest.tables(locked)):
                yield self._of(root, f"the {setting} have changed")
        excluded = {canonicalize_name(name) for name in root.uv.strings("exclude-dependencies")}
        if excluded & self.names:
            yield self._of(root, "the exclude-dependencies have changed")

    def _check_root_groups(self) -> Iterator[str]:
        root = self.workspace.root
        locked = self.manifest.table("dependency-groups")
        groups = {} if root.has_project else groups_of(root)
        yield from self._check_groups(root, groups, locked, empty=False)
        if not root.has_project:
            yield from self._check_default_groups(root, self.manifest)

    def _check_dependency_metadata(self) -> Iterator[str]:
        locked = [table.values for table in self.manifest.tables("dependency-metadata")]
        settings = [
            table.values
            for table in self.workspace.root.uv.tables("dependency-metadata")
            if locked or canonicalize_name(table.string("name")) in self.names
        ]
        if bool(settings) != bool(locked):
            yield self._of(self.workspace.root, "the dependency-metadata have changed")
        elif sorted(map(repr, map(_sorted, settings))) != sorted(map(repr, map(_sorted, locked))):
            raise UndecidableError("its dependency-metadata are spelt otherwise")

    def _check_indexes(self) -> Iterator[str]:
        settings = self.workspace.root.uv
        indexes = list(settings.tables("index"))
        given = [index.string("url") for index in indexes]
        if "index-url" in settings:
            given.append(settings.string("index-url"))
        given += settings.strings("extra-index-url")
        if not given:
            return
        has_default = "index-url" in settings or any(
            index.boolean("default", default=False) for index in indexes
        )
        known = {_index(url, self.root) for url in given}
        known |= set() if has_default else {DEFAULT_INDEX_URL}
        known |= {
            entry.string("index").rstrip("/")
            for local in self.locals.values()
            for entry in local.entry.table("metadata").tables("requires-dist")
            if "index" in entry
        }
        for registry, name in self.registries.items():
            if _index(registry, self.root) not in known:
                yield self._of(self.workspace.root, f"{name} is locked from another index")

    def _check_locals(self) -> Iterator[str]:
        for local in self.locals.values():
            manifest = self.workspace.members.get(local.name)
            if manifest is None or manifest.directory != local.directory:
                manifest = read_manifest(paths.join(local.directory, MANIFEST), self.tree)
            if manifest is None or not manifest.has_project:
                raise UndecidableError(f"the requirements of {local.name} are known to its build")
            with blaming(manifest.path):
                yield from self._check_local(local, manifest)

    def _check_local(self, local: Local, manifest: Manifest) -> Iterator[str]:
        project, entry = manifest.project, local.entry
        dynamic = project.strings("dynamic")
        if unknown := {"dependencies", "optional-dependencies"}.intersection(dynamic):
            raise UndecidableError(f"the {sorted(unknown)[0]} of {local.name} are dynamic")
        if ("version" in dynamic) is ("version" in entry):
            yield self._of(manifest, f"the version of {local.name} has become dynamic or static")
        elif "version" in entry and Version(project.string("version")) != Version(
            entry.string("version")
        ):
            yield self._of(manifest, f"the version of {local.name} has changed")
        locked = entry.table("metadata")
        _refuse_unknown(locked, METADATA_KEYS)
        yield from self._check_default_groups(manifest, entry)
        extras = project.table("optional-dependencies")
        if self.tells_extras and {canonicalize_name(name) for name in extras.values} != set(
            locked.strings("provides-extras")
        ):
            yield self._of(manifest, f"the extras of {local.name} have changed")
        lowering = self._lowering(manifest)
        expected = [
            found for text in project.strings("dependencies") for found in lowering.lower(text)
        ]
        for extra in extras.values:
            for text in extras.strings(extra):
                expected.extend(lowering.lower(text, extra=canonicalize_name(extra)))
        if not self._are_same(expected, locked.tables("requires-dist")):
            yield self._of(manifest, f"the requirements of {local.name} have changed")
        groups = groups_of(manifest)
        yield from self._check_groups(
            manifest, groups, locked.table("requires-dev"), empty=self.tells_extras
        )

    def _check_default_groups(self, manifest: Manifest, locked: Table) -> Iterator[str]:
        if self.tells_default_groups and _default_groups(manifest.uv) != _default_groups(locked):
            yield self._of(manifest, "the default groups have changed")

    def _check_groups(
        self, manifest: Manifest, groups: Mapping[str, Sequence[str]], locked: Table, *, empty: bool
    ) -> Iterator[str]:
        """`empty`: whether groups with nothing in them count."""
        lowering = self._lowering(manifest)
        names = {name for name, texts in groups.items() if texts or empty}
        if names != {name for name, value in locked.values.items() if value or empty}:
            yield self._of(manifest, "the dependency groups have changed")
            return
        for name in sorted(names):
            expected = [
                found for text in groups[name] for found in lowering.lower(text, group=name)
            ]
            if not self._are_same(expected, locked.tables(name)):
                yield self._of(manifest, f"the dependency group {name} has changed")

    def _are_same(self, expected: Iterable[LockedRequirement], locked: Iterable[Table]) -> bool:
        return are_same(expected, [from_lock(entry, self.root) for entry in locked], self.pythons)

    def _lowering(self, manifest: Manifest) -> Lowering:
        root = self.workspace.root
        members = {name: member.directory for name, member in self.workspace.members.items()}
        return Lowering(manifest.as_project(root), root.as_project(root), members, self._local_kind)

    def _local_kind(self, place: str, package: bool | None) -> str:
        if not self.tree.is_directory(place):
            return "path"
        if package is None:
            manifest = read_manifest(paths.join(place, MANIFEST), self.tree)
            package = manifest is None or manifest.is_package(needs_build_system=False)
        return "directory" if package else "virtual"

    def _of(self, manifest: Manifest, reason: str) -> str:
        return f"{manifest.path}: {reason}"


def _span(text: str) -> str:
    """A time like "7 days" as the lock file has it; any other as it is."""
    match = SPAN.fullmatch(text)
    return f"P{match[1]}{match[2][0].upper()}" if match else text


def _default_groups(table: Table) -> frozenset[str]:
    if "default-groups" not in table:
        return frozenset(("dev",))
    if table.values["default-groups"] == "all":
        return frozenset(("all",))
    return frozenset(map(canonicalize_name, table.strings("default-groups")))


def _refuse_unknown(table: Table, known: frozenset[str]) -> None:
    """Raise UndecidableError for keys whose meaning is not known."""
    if unknown := sorted(table.values.keys() - known):
        raise UndecidableError(f"what it says by {table.at(unknown[0])} is not known")


def _sets(table: Table, key: str) -> Iterator[list[Table]]:
    for items in table.array(key):
        yield list(Table({"items": items}, table.at(key)).tables("items"))


def _conflicting(item: Table, package: str) -> tuple[str, str, str]:
    name = canonicalize_name(item.string("package", package))
    kind = next((kind for kind in ("extra", "group") if kind in item), "project")
    return name, kind, canonicalize_name(item.string(kind, ""))


def _sorted(values: Mapping[str, object]) -> Mapping[str, object]:
    return {
        key: sorted(map(str, value)) if isinstance(value, list) else value
        for key, value in sorted(values.items())
    }


def _index(url: str, root: str) -> str:
    """An index as the lock file names it: a URL, or a path relative to the lock file."""
    if "://" in url:
        return re.sub(r"(?<=//)[^/@]*@", "", url).rstrip("/")
    return locate(root, url)
