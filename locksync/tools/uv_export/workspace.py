"""The projects that share a lock file: the manifests of a workspace.

As of uv 0.13.9: crates/uv-workspace/src/workspace.rs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from locksync.documents import Table, blaming
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.shared.uv import MANIFEST
from locksync.tools.shared.uv_settings import is_member
from locksync.tools.uv_export.errors import UndecidableError
from locksync.tools.uv_export.manifest import Manifest, read_manifest


class Workspace(NamedTuple):
    """The manifest beside the lock file, and those of all members, which may include it."""

    root: Manifest
    members: Mapping[str, Manifest]
    """By name."""

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The root, then the members."""
        return (self.root, *self.members.values())


def read_workspace(root: Manifest, tree: Tree) -> Workspace:
    """The workspace of a manifest. Raises FindingError and UndecidableError."""
    own = [root] if root.has_project else []
    members: dict[str, Manifest] = {}
    for manifest in (*own, *_members(root, tree)):
        with blaming(manifest.path):
            members[manifest.name] = manifest
    return Workspace(root, members)


def _members(root: Manifest, tree: Tree) -> Iterator[Manifest]:
    """The manifests that match the globs of the root's workspace."""
    with blaming(root.path):
        settings = root.uv.table("workspace")
        included = settings.strings("members")
        excluded = settings.strings("exclude")
    if any(glob.startswith(("/", "..")) or "[" in glob or "{" in glob for glob in included):
        raise UndecidableError("the globs of its workspace members are not supported")
    if any(len(glob) > paths.LONGEST_GLOB for glob in (*included, *excluded)):
        raise UndecidableError("a glob of its workspace members is too long")
    for directory in _directories(root.directory, tree) if included else ():
        relative = directory[len(root.directory) :].strip("/")
        if not is_member(relative, included, excluded):
            continue
        member = read_manifest(paths.join(directory, MANIFEST), tree)
        if member and member.has_project and member.uv.boolean("managed", default=True):
            yield member


def _directories(top: str, tree: Tree) -> Iterator[str]:
    """The directories below another that have a manifest."""
    for path in paths.named(tree.files(), MANIFEST.__eq__):
        directory = paths.parent(path)
        if paths.is_within(directory, top) and directory != top:
            yield directory


def member_kinds(workspace: Workspace) -> Mapping[str, str]:
    """How uv records each member: `virtual`, `editable` or `directory`."""
    required = _required_members(workspace)
    kinds = {}
    for name, member in workspace.members.items():
        kinds[name] = "virtual"
        if member.is_package(needs_build_system=name not in required):
            kinds[name] = "editable" if required.get(name, True) else "directory"
    return kinds


def _required_members(workspace: Workspace) -> Mapping[str, bool]:
    """The members that others name as a source, each with whether it is to be editable."""
    required: dict[str, bool] = {}
    members = workspace.members
    # Of several entries for a member, the last one counts.
    for manifest in (workspace.root, *(members[name] for name in sorted(members))):
        for name, given in manifest.sources().items():
            for source in given if isinstance(given, list) else [given]:
                if isinstance(source, dict) and "workspace" in source and name != manifest.name:
                    required[name] = Table(source).boolean("editable", default=True)
    return required
