"""pdm.lock: its locked packages, as far as an export needs them, and its content hash.

As of PDM 2.29.3, src/pdm/project/lockfile/pdmlock.py and src/pdm/models/repositories/lock.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from locksync.documents import CONTROL_CHARACTER, MalformedError, SmuggledError, Table, shown
from locksync.tools.shared.refusals import UntoldError

KNOWN_VERSIONS = ("4.3", "4.4", "4.4.1", "4.4.2", "4.5.0", "4.5.1")
INHERIT_METADATA = "inherit_metadata"
STATIC_URLS = "static_urls"
CROSS_PLATFORM = "cross_platform"
VCS = ("git", "hg", "svn", "bzr")
EXTRA = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
MORE_THAN_A_URL = re.compile(r"[\s;]")
MORE_THAN_A_PATH = re.compile(r"[;#]|\s-")
HASH = re.compile(r"\w+:[A-Za-z0-9+/=_-]+")


class Reference(NamedTuple):
    """Where a locked package comes from, if not from an index."""

    vcs: str | None
    """The version control system, if it is from a repository."""
    path: str | None
    """Its path, if it is a local one."""
    url: str
    """Its URL, or that of its repository; "" for a local one."""
    revision: str
    """The commit, branch or tag; "" for none."""
    subdirectory: str
    asked: str = ""
    """The branch or tag that the manifest asks for."""
    commit: str = ""


class LockedFile(NamedTuple):
    """A file of a locked package."""

    place: str
    """Its name or its URL."""
    hash: str
    has_url: bool


class LockedPackage(NamedTuple):
    """One entry of a lock file."""

    name: str
    version: str
    extras: tuple[str, ...]
    marker: str | None
    groups: frozenset[str]
    editable: bool
    reference: Reference | None
    files: tuple[LockedFile, ...]
    python: str
    """The Python versions that it supports."""

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes of its files."""
        return tuple(file.hash for file in self.files)


class LocalProject(NamedTuple):
    """What is installed from a path that the lock file names."""

    name: str | None
    """The name in its metadata; None: it has none."""
    url: str
    """Its absolute file: URL."""


class Lock:
    """What an export takes from a pdm.lock. Each member raises MalformedError."""

    def __init__(self, document: Table) -> None:
        self._document = document
        self._metadata = document.table("metadata")

    @property
    def is_pylock(self) -> bool:
        """Whether it is in the format of PEP 751."""
        return "lock-version" in self._document

    @property
    def version(self) -> str:
        """The version of the format, like 4.5.0."""
        return self._metadata.line("lock_version")

    @property
    def content_hash(self) -> tuple[str, str]:
        """The algorithm and the digest of the manifest that was locked; "" for none."""
        import hashlib

        algorithm, colon, digest = self._metadata.string("content_hash", "").partition(":")
        if colon and algorithm not in hashlib.algorithms_available:
            raise MalformedError(
                f"metadata.content_hash has an unknown algorithm: {shown(algorithm)}"
            )
        return (algorithm, digest) if colon else ("", "")

    @property
    def has_lock_inputs(self) -> bool:
        """Whether the lock file holds values of the manifest, not their digest."""
        return "lock_inputs" in self._metadata

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that were locked; none if the lock file does not say."""
        return self._metadata.strings("groups")

    @property
    def inherits_metadata(self) -> bool:
        """Whether each package has the groups and markers of what needs it."""
        return INHERIT_METADATA in self._metadata.strings("strategy")

    @property
    def has_all_platforms(self) -> bool:
        """Whether it holds for every platform, if not for every Python of the project."""
        targets = [*self._metadata.tables("targets")]
        if not targets:
            return CROSS_PLATFORM in self._metadata.strings("strategy")
        return all(target.values.keys() == {"requires_python"} for target in targets)

    def tables(self) -> Iterator[Table]:
        """All that there is of the packages, in the order of the lock file."""
        return self._document.tables("package")

    def targets(self, python: str) -> tuple[Table, ...]:
        """The environments that it was made for. `python` are the project's versions.

        Raises UntoldError where only the machine that it was made on tells them.
        """
        found = tuple(self._metadata.tables("targets"))
        if not found and CROSS_PLATFORM not in self._metadata.strings("strategy"):
            raise UntoldError("for which environment it has locked the project")
        return found or (Table({"requires_python": python}),)

    def packages(self) -> Iterator[LockedPackage]:
        """The packages, in the order of the lock file."""
        has_urls = STATIC_URLS in self._metadata.strings("strategy")
        has_urls = has_urls or bool(self._metadata.values.get(STATIC_URLS, False))
        for table in self._document.tables("package"):
            yield _locked_package(table, has_urls=has_urls)


def _locked_package(table: Table, *, has_urls: bool) -> LockedPackage:
    extras = table.strings("extras")
    for extra in extras:
        if not EXTRA.fullmatch(extra):
            raise SmuggledError(f"{table.at('extras')} holds {shown(extra)}")
    return LockedPackage(
        name=table.line("name"),
        version=_version(table),
        extras=tuple(sorted(extras)),
        marker=table.line("marker") if "marker" in table else None,
        groups=frozenset(table.strings("groups")),
        editable=table.boolean("editable", default=False),
        reference=_reference(table),
        files=tuple(_files(table, has_urls=has_urls)),
        python=table.line("requires_python", ""),
    )


def _version(table: Table) -> str:
    from packaging.version import Version

    version = table.line("version", "")
    if version:
        Version(version)
    return version


def _reference(table: Table) -> Reference | None:
    vcs = next((vcs for vcs in VCS if vcs in table), None)
    if vcs is None and "url" not in table and "path" not in table:
        return None
    revision = table.line("ref", "")
    if not table.boolean("editable", default=False):
        revision = table.line("revision", "") or revision
    kind = vcs or ("path" if "path" in table else "url")
    value, subdirectory = table.line(kind), table.line("subdirectory", "")
    for key, given in ((kind, value), (kind, revision), ("subdirectory", subdirectory)):
        if (MORE_THAN_A_PATH if kind == "path" else MORE_THAN_A_URL).search(given):
            raise SmuggledError(f"{table.at(key)} holds more than a URL or path: {shown(given)}")
    if kind == "path":
        return Reference(None, value, "", revision, subdirectory)
    asked, commit = table.line("ref", ""), table.line("revision", "")
    return Reference(vcs, None, value, revision, subdirectory, asked, commit)


def _files(table: Table, *, has_urls: bool) -> Iterator[LockedFile]:
    for file in table.tables("files"):
        if "url" in file and not has_urls:
            raise MalformedError(
                f"{file.at('url')} is not allowed without the strategy static_urls"
            )
        digest = file.string("hash")
        if not HASH.fullmatch(digest) or CONTROL_CHARACTER.search(digest):
            raise SmuggledError(f"{file.at('hash')} is not a hash: {shown(digest)}")
        yield LockedFile(file.line("file", "") or file.line("url", ""), digest, "url" in file)
