"""Whether uv.lock was made from the manifests as they are now, as `uv lock --check` would say.

As of uv 0.13.9: `ValidatedLock::validate` in crates/uv/src/commands/project/lock.rs and
`Lock::satisfies` in crates/uv-resolver/src/lock. uv keeps a lock file if what it records of the
manifests is what they say now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from locksync.documents import blaming
from locksync.findings import Code, Finding, FindingError, Repair
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.comparison.indexes import check_indexes
from locksync.tools.uv_export.comparison.members import check_members, check_python
from locksync.tools.uv_export.comparison.projects import check_projects
from locksync.tools.uv_export.comparison.root import check_constraints, check_root_groups
from locksync.tools.uv_export.comparison.settings import (
    check_conflicts,
    check_dependency_metadata,
    check_environments,
    check_options,
)
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.lock import parse_lock
from locksync.tools.uv_export.manifest import Manifest, read_manifest
from locksync.tools.uv_export.options import MANIFEST
from locksync.tools.uv_export.workspace import read_workspace

CHECKS: Sequence[Callable[[Facts], Iterator[str]]] = (
    check_python,
    check_members,
    check_options,
    check_environments,
    check_conflicts,
    check_constraints,
    check_root_groups,
    check_dependency_metadata,
    check_indexes,
    check_projects,
)


class Examined(NamedTuple):
    """What there is to say of a lock file."""

    findings: tuple[Finding, ...]
    """What is wrong with it."""
    files: tuple[str, ...]
    """All files that it depends on, with itself."""
    python: str
    """The Python versions that it was locked for; "" for all."""


def examine_lock(path: str, tree: Tree, make_lock: Repair) -> Examined:
    """What there is to say of a lock file.

    `make_lock` is the command that makes it again. Raises FindingError for an unreadable file.
    """
    lock = parse_lock(tree.read(path) or b"", path)
    with blaming(path):
        python = lock.document.string("requires-python", "")
    root = _read_root(path, tree)
    files = [path, root.path]
    try:
        workspace = read_workspace(root, tree)
        files += [member.path for member in workspace.members.values() if member != root]
        with blaming(path):
            difference = _first_difference(Facts(path, lock, workspace, tree))
    except UndecidableError as error:
        message = f"{path} cannot be compared with {root.path}: {error}"
        ask = make_lock.with_words("--check")
        doubt = Finding(Code.UNSUPPORTED, message, path, None, ask)
        return Examined((doubt,), tuple(files), python)
    if difference is None:
        return Examined((), tuple(files), python)
    message = f"{path} is out of date with {difference}"
    stale = Finding(Code.LOCK_STALE, message, path, None, make_lock)
    return Examined((stale,), tuple(files), python)


def _read_root(lock: str, tree: Tree) -> Manifest:
    """The manifest beside a lock file. Raises FindingError."""
    path = paths.join(paths.parent(lock), MANIFEST)
    manifest = read_manifest(path, tree)
    if manifest is None:
        message = f"uv refuses to export {lock}: there is no {path}"
        raise FindingError(Finding(Code.REFUSED, message, path))
    return manifest


def _first_difference(facts: Facts) -> str | None:
    """The first difference that a check finds.

    Raises UndecidableError if there is none, but a check cannot tell.
    """
    doubts = []
    for check in CHECKS:
        try:
            for difference in check(facts):
                return difference
        except UndecidableError as error:
            doubts.append(error)
    if doubts:
        raise doubts[0]
    return None
