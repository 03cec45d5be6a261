"""From a poetry project to its export, or to the finding that says why there is none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

# Before poetry-core is loaded: it puts copies of its own ahead, one of them many times slower.
import packaging  # noqa: F401
import tomli  # noqa: F401

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export
from locksync.repository.paths import parent
from locksync.repository.protocol import Tree
from locksync.requirements.names import canonicalize_name
from locksync.tools.poetry import lock as locks
from locksync.tools.poetry.manifest import (
    Manifest,
    RefusedError,
    content_hashes,
    is_below,
    read_manifest,
)
from locksync.tools.poetry.options import TEXT_FORMATS, Options, read_options
from locksync.tools.shared.arguments import refuse_unknown, unsupported

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

BEFORE_GROUPS = ("1.0", "1.1", "2.0")
"""The versions of lock files whose dependencies have to be walked."""
WITH_GROUPS = "2.1"
"""The version of lock files that hold the groups and markers of each package."""


class Project(NamedTuple):
    """A poetry project in a repository, asked for one export."""

    export: Export
    tree: Tree
    lock_path: str
    manifest_path: str
    make_lock: str
    """The command that brings the lock file in step with the manifest."""

    def answer(self) -> Answer:
        """What `poetry export` would write. Raises FindingError, as `locksync.tools.Tool` says."""
        try:
            return Answer(self._text(read_options(self.export.arguments)))
        except RefusedError as error:
            message = f"poetry refuses `{self.export.command}`: {error}"
            repair = self.make_lock if error.relock else error.repair
            finding = Finding(Code.REFUSED, message, self.manifest_path, None, repair)
            raise FindingError(finding) from error

    def _text(self, options: Options) -> str:
        refuse_unknown(self.export, options.unsupported)
        lock_content = self.tree.read(self.lock_path) or b""
        lock = parse_toml(lock_content, self.lock_path)
        document = self._read_manifest()
        with blaming(self.manifest_path):
            manifest = read_manifest(document)
            fresh = is_fresh(lock, lock_content, document)
        if not fresh:
            raise FindingError(self._stale_lock())
        if options.format not in TEXT_FORMATS:
            raise unsupported(self.export, f"only poetry itself can write {options.format}")
        groups = select_groups(options, manifest)
        extras = select_extras(options, manifest)
        with blaming(self.lock_path):
            version = locks.lock_version(lock)
        self._refuse_lock_version(version)

        # Loading poetry-core's marker algebra is the costly part: only now is it needed.
        from locksync.tools.poetry.render import Form, render

        if version == WITH_GROUPS:
            from locksync.tools.poetry.select import select

            with blaming(self.lock_path):
                packages = tuple(locks.locked_packages(lock, with_groups=True))
                exported = tuple(select(packages, groups, extras, manifest.python))
        else:
            # Loaded first: poetry-core's dependencies take the parser of markers that is there.
            import locksync.tools.poetry.markers  # noqa: F401
            from locksync.tools.poetry.walk import read_requirements, walk

            with blaming(self.manifest_path):
                requirements = read_requirements(
                    document, groups, manifest.python, self._absolute(".")
                )
            with blaming(self.lock_path):
                packages = tuple(locks.locked_packages(lock, with_groups=False))
                self._ask_for_what_is_looked_for(packages)
                exported = tuple(walk(requirements, lock, packages, extras, self._absolute))
        form = Form(
            constraints=options.format == "constraints.txt",
            hashes=options.hashes,
            urls=options.urls,
            absolute=self._absolute,
        )
        with blaming(self.lock_path):
            return render(exported, form, manifest.sources)

    def _ask_for_what_is_looked_for(self, packages: Iterable[locks.LockedPackage]) -> None:
        """Ask what poetry-core finds out by itself, for whoever records what an answer needs."""
        for package in packages:
            if package.source.type in ("file", "directory"):
                self.tree.is_file(posixpath.join(parent(self.lock_path), package.source.url))

    def _absolute(self, path: str) -> str:
        """The absolute path, without links, of one that the lock file names."""
        return self.tree.absolute(posixpath.join(parent(self.lock_path), path))

    def _read_manifest(self) -> Table:
        content = self.tree.read(self.manifest_path)
        if content is None:
            raise RefusedError(f"there is no {self.manifest_path}")
        return parse_toml(content, self.manifest_path)

    def _stale_lock(self) -> Finding:
        message = (
            f"{self.lock_path} is out of date with {self.manifest_path}, "
            "so poetry refuses to export it"
        )
        return Finding(Code.LOCK_STALE, message, self.lock_path, None, self.make_lock)

    def _refuse_lock_version(self, version: str) -> None:
        if version == WITH_GROUPS or version in BEFORE_GROUPS:
            return
        reason = f"lock-version {version} of {self.lock_path} is not known"
        raise unsupported(self.export, reason)


def is_fresh(lock: Table, lock_content: bytes, document: Table) -> bool:
    """Whether the lock file was made from this pyproject.toml.

    As of poetry 2.5.1, `Locker.is_fresh` in src/poetry/packages/locker.py.
    """
    locked = locks.content_hash(lock)
    today, without_groups = content_hashes(document)
    if locked != without_groups:
        return locked == today
    generator = locks.generating_version(lock_content.decode())
    return locked == today or is_below(generator or "", "2.3")


def select_groups(options: Options, manifest: Manifest) -> frozenset[NormalizedName]:
    """The dependency groups that the options select. Raises RefusedError."""
    named = options.with_groups | options.without_groups | options.only_groups
    if options.all_groups:
        if named:
            raise RefusedError("--all-groups does not go with --with, --without or --only")
        return manifest.groups
    missing = sorted(name for name in named if canonicalize_name(name) not in manifest.groups)
    if missing:
        raise RefusedError(f"the project has no dependency group {', '.join(missing)}")
    with_, without, only = (
        frozenset(map(canonicalize_name, groups))
        for groups in (options.with_groups, options.without_groups, options.only_groups)
    )
    return only or (frozenset({canonicalize_name("main")}) | with_) - without


def select_extras(options: Options, manifest: Manifest) -> frozenset[NormalizedName]:
    """The extras that the options select. Raises RefusedError."""
    if options.all_extras:
        if options.extras:
            raise RefusedError("--extras does not go with --all-extras")
        return manifest.extras
    extras = frozenset(map(canonicalize_name, options.extras))
    if missing := sorted(extras - manifest.extras):
        raise RefusedError(f"the project has no extra {', '.join(missing)}")
    return extras
