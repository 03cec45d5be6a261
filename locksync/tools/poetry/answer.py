"""From a poetry project to its export, or to the finding that says why there is none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

# Loaded before poetry-core, which puts its own copies ahead of them. One of these is much slower.
import packaging  # noqa: F401
import tomli  # noqa: F401

from locksync.documents import Table, blaming, parse_toml
from locksync.findings import FindingError
from locksync.model import Answer
from locksync.repository.paths import parent
from locksync.requirements.names import is_pylock
from locksync.tools.poetry import effort
from locksync.tools.poetry import lock as locks
from locksync.tools.poetry.local import local_findings, local_packages
from locksync.tools.poetry.manifest import Manifest, content_hashes, read_manifest
from locksync.tools.poetry.options import (
    CONSTRAINTS,
    PYLOCK,
    TEXT_FORMATS,
    Options,
    read_options,
    select_extras,
    select_groups,
)
from locksync.tools.poetry.validation import POETRY_VERSION, other_poetry
from locksync.tools.poetry.versions import as_specifier, is_below
from locksync.tools.shared.arguments import refuse_unknown, unsupported
from locksync.tools.shared.project import Project, answer_beside
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from locksync.tools.poetry.render import ExportedPackage

MOST_WALKS = 64
"""How many walks are kept: a search tries the same groups and extras in many forms."""
BEFORE_GROUPS = ("1.0", "1.1", "2.0")
"""Versions of the lock file for which the dependencies have to be walked."""
WITH_GROUPS = "2.1"
"""The version of the lock file that holds the groups and markers of each package."""


class Wanted(NamedTuple):
    """What an export takes from a lock file."""

    manifest: Manifest
    groups: frozenset[NormalizedName]
    extras: frozenset[NormalizedName]


_given_up: set[tuple[Table, Wanted]] = set()
"""What has been found too intricate."""


def answer(project: Project) -> Answer:
    """What `poetry export` would write. Raises FindingError."""
    try:
        return _answer(project, read_options(project.export.arguments))
    except RefusedError as error:
        raise project.refused("poetry", error, project.manifest_path) from error


def _answer(project: Project, options: Options) -> Answer:
    content = project.read_lock()
    lock = parse_toml(content, project.lock_path)
    document = _read_manifest(project)
    with blaming(project.manifest_path):
        manifest = read_manifest(document)
        fresh = is_fresh(lock, content, document)
        other = other_poetry(document)
    if not fresh:
        raise FindingError(project.stale_lock(", so poetry refuses to export it"))
    with blaming(project.lock_path):
        packages = tuple(local_packages(project, lock))
    findings = tuple(local_findings(project, packages))
    found = answer_beside(findings, lambda: _export(project, options, lock, document, manifest))
    files = (project.lock_path, project.manifest_path, *(package.path for package in packages))
    notes = () if not other else (_other_version(project, other),)
    return found._replace(inputs=files, python=as_specifier(manifest.python), notes=notes)


def _other_version(project: Project, required: str) -> str:
    output, manifest = project.export.output, project.manifest_path
    return (
        f"{output} is checked as poetry {POETRY_VERSION} writes it, "
        f"but {manifest} requires poetry {required}"
    )


def _export(
    project: Project, options: Options, lock: Table, document: Table, manifest: Manifest
) -> Answer:
    refuse_unknown(project.export, options.unsupported)
    if options.format not in (*TEXT_FORMATS, PYLOCK):
        raise unsupported(project.export, f"only poetry itself can write {options.format}")
    wanted = Wanted(
        manifest, select_groups(options, manifest.groups), select_extras(options, manifest.extras)
    )
    if options.format == PYLOCK:
        return _compared(project, lock, wanted)
    exported = _exported(project, lock, document, wanted)
    return Answer(_rendered(project, options, exported, manifest))


def _compared(project: Project, lock: Table, wanted: Wanted) -> Answer:
    """How a pylock.toml differs from what poetry would write, but for what an index knows."""
    from locksync.tools.poetry.pylock import Form, differing_selections, expected
    from locksync.tools.shared.pylock import OwnTables, compared

    if not is_pylock(project.export.output):
        raise RefusedError("such a file must be called pylock.toml or pylock.NAME.toml")
    if _known_version(project, lock) != WITH_GROUPS:
        reason = (
            f"{project.lock_path} is older than lock-version {WITH_GROUPS}, the first with groups"
        )
        raise RefusedError(reason, relock=())
    form = Form(
        wanted.groups,
        wanted.extras,
        wanted.manifest.python,
        absolute=lambda path: _absolute(project, path),
        output=project.tree.absolute(parent(project.export.output)),
    )
    effort.start()
    with blaming(project.lock_path):
        wanted_file = expected(locks.locked_packages(lock, with_groups=True), form)
    python = as_specifier(wanted.manifest.python)
    return compared(
        project, wanted_file, python, own=OwnTables(lambda told: differing_selections(told, form))
    )


def _read_manifest(project: Project) -> Table:
    content = project.tree.read(project.manifest_path)
    if content is None:
        raise RefusedError(f"there is no {project.manifest_path}")
    return parse_toml(content, project.manifest_path)


def _exported(
    project: Project, lock: Table, document: Table, wanted: Wanted
) -> Iterable[ExportedPackage]:
    try:
        if (lock, wanted) in _given_up:
            raise effort.TooIntricateError
        effort.start()
        if _known_version(project, lock) == WITH_GROUPS:
            return _selected(project, lock, wanted)
        return _walked(project, lock, document, wanted)
    except effort.TooIntricateError as error:
        # A search tries the same groups and extras in many forms.
        _given_up.add((lock, wanted))
        reason = f"a marker in {project.lock_path} is too intricate for any tool but poetry itself"
        raise unsupported(project.export, reason) from error


def _known_version(project: Project, lock: Table) -> str:
    with blaming(project.lock_path):
        version = locks.lock_version(lock)
    if version != WITH_GROUPS and version not in BEFORE_GROUPS:
        reason = f"lock-version {version} of {project.lock_path} is not known"
        raise unsupported(project.export, reason)
    return version


def _selected(project: Project, lock: Table, wanted: Wanted) -> Iterable[ExportedPackage]:
    from locksync.tools.poetry.select import select

    with blaming(project.lock_path):
        packages = locks.locked_packages(lock, with_groups=True)
        return tuple(select(packages, wanted.groups, wanted.extras, wanted.manifest.python))


def _walked(
    project: Project, lock: Table, document: Table, wanted: Wanted
) -> Iterable[ExportedPackage]:
    # Loaded first, because poetry-core's dependencies keep the marker parser that they find.
    import locksync.tools.poetry.markers  # noqa: F401
    from locksync.tools.poetry.walk import read_requirements

    root = _absolute(project, ".")
    with blaming(project.manifest_path):
        read_requirements(document, wanted.groups, wanted.manifest.python, root)
    with blaming(project.lock_path):
        return _walk(document, lock, wanted, tuple(_places(project, lock, root)))


@lru_cache(MOST_WALKS)
def _walk(
    document: Table, lock: Table, wanted: Wanted, places: tuple[tuple[str, str], ...]
) -> tuple[ExportedPackage, ...]:
    """What an export takes, in whatever form it is then written."""
    from locksync.tools.poetry.walk import read_requirements, walk

    root = dict(places)["."]
    requirements = read_requirements(document, wanted.groups, wanted.manifest.python, root)
    return tuple(walk(requirements, lock, wanted.extras, places))


def _places(project: Project, lock: Table, root: str) -> Iterator[tuple[str, str]]:
    """The absolute paths of the project and of the local packages."""
    yield ".", root
    for package in locks.locked_packages(lock, with_groups=False):
        url = package.source.url
        if package.source.type in ("file", "directory"):
            # poetry-core looks it up on disk. So the tree has to know of it.
            project.tree.is_file(posixpath.join(project.directory, url))
            yield url, _absolute(project, url)


def _rendered(
    project: Project, options: Options, exported: Iterable[ExportedPackage], manifest: Manifest
) -> str:
    from locksync.tools.poetry.render import Form, render

    form = Form(
        constraints=options.format == CONSTRAINTS,
        hashes=options.hashes,
        urls=options.urls,
        absolute=lambda path: _absolute(project, path),
    )
    with blaming(project.lock_path):
        return render(exported, form, manifest.sources)


def _absolute(project: Project, path: str) -> str:
    """The absolute path, without links, of a path in the lock file."""
    return project.tree.absolute(posixpath.join(project.directory, path))


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
