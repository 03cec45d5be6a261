"""Whether uv.lock was made from the manifests as they are now, as `uv lock --check` would say.

As of uv 0.13.9: `ValidatedLock::validate` in crates/uv/src/commands/project/lock.rs and
`Lock::satisfies` in crates/uv-resolver/src/lock. uv keeps a lock file if what it records of the
manifests is what they say now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from locksync.documents import BY_HAND, blaming
from locksync.findings import Code, Finding, FindingError, Repair
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.uv_export.comparison.conflicts import check_conflicts
from locksync.tools.uv_export.comparison.cutoffs import check_cutoffs
from locksync.tools.uv_export.comparison.facts import Facts
from locksync.tools.uv_export.comparison.files import check_files
from locksync.tools.uv_export.comparison.indexes import check_indexes
from locksync.tools.uv_export.comparison.members import check_members, check_python
from locksync.tools.uv_export.comparison.metadata import check_dependency_metadata
from locksync.tools.uv_export.comparison.projects import project_checks
from locksync.tools.uv_export.comparison.root import (
    check_build_constraints,
    check_constraints,
    check_exclusions,
    check_overrides,
    check_root_groups,
)
from locksync.tools.uv_export.comparison.settings import (
    check_environments,
    check_options,
    check_upgrades,
)
from locksync.tools.uv_export.errors import RefusedError, UndecidableError
from locksync.tools.uv_export.lock import parse_lock
from locksync.tools.uv_export.manifest import Manifest, read_manifest
from locksync.tools.uv_export.settings import settings_file
from locksync.tools.uv_export.workspace import read_workspace

CHECKS: Sequence[Callable[[Facts], Iterator[str]]] = (
    check_python,
    check_members,
    check_options,
    check_cutoffs,
    check_upgrades,
    check_environments,
    check_conflicts,
    check_constraints,
    check_overrides,
    check_exclusions,
    check_build_constraints,
    check_root_groups,
    check_dependency_metadata,
    check_indexes,
    check_files,
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
    files = [path, root.path, *settings_file(root.directory, tree)]
    findings: tuple[Finding, ...]
    try:
        workspace = read_workspace(root, tree)
        files += [member.path for member in workspace.members.values()]
        with blaming(path):
            facts = Facts(path, lock, workspace, tree)
            files += facts.local_manifests()
            difference = _first_difference(facts)
    except UndecidableError as error:
        message = f"{path} cannot be compared with {root.path}: {error}"
        ask = make_lock.with_words("--check")
        findings = (Finding(Code.UNSUPPORTED, message, path, None, ask),)
    except RefusedError as error:
        message = f"uv refuses to lock {root.path}: {error}"
        findings = (Finding(Code.REFUSED, message, root.path, advice=BY_HAND),)
    else:
        message = f"{path} is out of date with {difference}"
        stale = Finding(Code.LOCK_STALE, message, path, None, make_lock)
        findings = (stale,) if difference else ()
    return Examined(findings, tuple(dict.fromkeys(files)), python)


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

    A doubt concerns what its own check compares, and does not hide what another one has found.
    Raises RefusedError, or UndecidableError if there is no difference, but a check cannot tell.
    """
    found: list[str] = []
    doubts = []
    for check in (*CHECKS, *project_checks(facts)):
        try:
            found += islice(check(facts), 1)
        except UndecidableError as error:
            doubts.append(error)
    if doubts and not found:
        raise doubts[0]
    return found[0] if found else None
