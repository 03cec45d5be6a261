"""poetry.lock: its locked packages, as far as an export needs them, and its content hash.

As of poetry 2.5.1, src/poetry/packages/locker.py, which reads the versions from 1.0 to 2.1.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from locksync.documents import CONTROL_CHARACTER, MalformedError, SmuggledError, Table, shown
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry.effort import not_long

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

HASH = re.compile(r"(?:(?P<algorithm>\w+):)?(?P<digest>[^\s:]+)")
MOST_LOCKS = 8
"""How many lock files are kept once they are read."""
DIRECT_TYPES = ("directory", "file", "url", "git")


class PackageSource(NamedTuple):
    """Where a locked package comes from. The `type` of the default index is ""."""

    type: str
    url: str
    reference: str | None
    resolved_reference: str | None
    subdirectory: str | None


class LockedPackage(NamedTuple):
    """One `[[package]]` of a lock file."""

    name: NormalizedName
    version: str
    groups: frozenset[NormalizedName]
    """The groups that need it. Before lock-version 2.1, there are none, and no markers."""
    markers: Mapping[NormalizedName, str]
    """The marker for each group, "*" if it always holds."""
    python: str
    hashes: tuple[str, ...]
    source: PackageSource
    develop: bool
    files: tuple[str, ...] = ()
    """The names of its files, in the order of their hashes; "" for one without a name."""


def lock_version(lock: Table) -> str:
    """The version of the lock file's format. Raises MalformedError if there is none."""
    if "metadata" not in lock:
        raise MalformedError("it has no [metadata]")
    return lock.table("metadata").string("lock-version")


def content_hash(lock: Table) -> str | None:
    """The content hash of the pyproject.toml that was locked."""
    found = lock.table("metadata").values.get("content-hash")
    return found if isinstance(found, str) else None


def generating_version(text: str) -> str | None:
    """The version of poetry that the first line of the lock file names."""
    match = re.search("Poetry ([^ ]+)", text.split("\n", 1)[0])
    return match.group(1) if match else None


@lru_cache(MOST_LOCKS)
def locked_packages(lock: Table, *, with_groups: bool) -> tuple[LockedPackage, ...]:
    """The packages of a lock file, in its order. Raises ValueError for malformed ones."""
    return tuple(_locked_packages(lock, with_groups=with_groups))


def _locked_packages(lock: Table, *, with_groups: bool) -> Iterator[LockedPackage]:
    metadata = lock.table("metadata")
    if "package" not in lock:
        raise MalformedError("package is missing")
    for package in lock.tables("package"):
        package.boolean("optional")
        if with_groups and "groups" not in package:
            raise MalformedError(f"{package.string('name')} has no groups")
        groups = package.strings("groups") if with_groups else ()
        source = _source(package.table("source"))
        yield LockedPackage(
            name=canonicalize_name(package.line("name")),
            version=package.line("version"),
            groups=frozenset(map(canonicalize_name, groups)),
            markers={canonicalize_name(group): _marker(package, group) for group in groups},
            python=not_long(package.line("python-versions")),
            hashes=tuple(_hashes(package, source, metadata)),
            source=source,
            develop=package.boolean("develop", default=False),
            files=tuple(file.line("file", "") for file in package.tables("files")),
        )


def _marker(package: Table, group: str) -> str:
    if isinstance(package.values.get("markers"), dict):
        return package.table("markers").line(group, "*")
    return package.line("markers", "*")


def _hashes(package: Table, source: PackageSource, metadata: Table) -> Iterator[str]:
    name = package.string("name")
    for text in _listed_hashes(name, package, source, metadata):
        match = HASH.fullmatch(text)
        if match is None or CONTROL_CHARACTER.search(text):
            raise SmuggledError(f"{name} has an invalid hash: {shown(text)}")
        yield f"{match['algorithm'] or 'sha256'}:{match['digest']}"


def _listed_hashes(
    name: str, package: Table, source: PackageSource, metadata: Table
) -> Iterator[str]:
    """The hashes of a package's files. Each generation of lock files has its own place for them."""
    if "files" in package:
        yield from (file.string("hash") for file in package.tables("files"))
    elif "hashes" in metadata:
        yield from metadata.table("hashes").strings(name)
    elif source.type not in ("git", "directory", "url"):
        files = metadata.table("files")
        if name not in files:
            raise MalformedError(f"metadata.files has no {name}")
        for file in files.tables(name):
            if source.type != "file" or file.string("file") == posixpath.basename(source.url):
                yield file.string("hash")


def _source(source: Table) -> PackageSource:
    def optional(key: str) -> str | None:
        return source.line(key) if key in source else None

    kind = source.line("type", "")
    return PackageSource(
        type=kind,
        url=source.line("url") if kind else source.line("url", ""),
        reference=optional("reference"),
        resolved_reference=optional("resolved_reference"),
        subdirectory=optional("subdirectory"),
    )
