"""The lock file that uv reads for a project: its own, or that of its workspace.

As of uv 0.13.9: crates/uv-workspace/src/workspace.rs.
"""

from __future__ import annotations

from locksync.documents import blaming
from locksync.findings import FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.shared.uv_settings import is_member
from locksync.tools.uv_export.manifest import Manifest, read_manifest
from locksync.tools.uv_export.options import LOCK


def lock_of(directory: str, tree: Tree) -> str:
    """The lock file of the project that uv finds from a directory on; it may be missing.

    Where a manifest cannot be read, the nearest lock file: the check says what is wrong.
    """
    try:
        root = _root_of(directory, tree)
    except FindingError:
        root = None
    if root is None:
        locks = (paths.join(place, LOCK) for place in paths.upwards(directory))
        known = (lock for lock in locks if is_known(lock, tree))
        return next(known, paths.join(directory, LOCK))
    return paths.join(root, LOCK)


def manifest_of(directory: str, tree: Tree) -> str:
    """The manifest that uv finds from a directory on; it may be missing."""
    return next(iter(_manifests(directory, tree)), paths.join(directory, MANIFEST))


def _manifests(directory: str, tree: Tree) -> list[str]:
    found = (paths.join(place, MANIFEST) for place in paths.upwards(directory))
    return [path for path in found if is_known(path, tree)]


def _root_of(directory: str, tree: Tree) -> str | None:
    """The directory of the lock file; None where no manifest tells. Raises FindingError."""
    own, *others = _manifests(directory, tree) or [""]
    if not (own and others and _may_be_workspace(others[0], tree)):
        return paths.parent(own) if own else None
    # uv looks no further than to the next manifest above, whatever is in it.
    project, above = read_manifest(own, tree), read_manifest(others[0], tree)
    if project is None or above is None:
        return None
    with blaming(project.path):
        is_alone = not project.has_project or "workspace" in project.uv
    return project.directory if is_alone or not _has_member(above, project) else above.directory


def _may_be_workspace(path: str, tree: Tree) -> bool:
    content = tree.read(path)
    # Escapes can spell the key too.
    return content is None or b"workspace" in content or b"\\" in content


def _has_member(above: Manifest, project: Manifest) -> bool:
    with blaming(above.path):
        if "workspace" not in above.uv:
            return False
        workspace = above.uv.table("workspace")
        included, excluded = workspace.strings("members"), workspace.strings("exclude")
    place = paths.relative(project.directory, above.directory)
    return is_member(place, included, excluded)
