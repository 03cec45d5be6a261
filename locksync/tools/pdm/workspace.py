"""Workspaces: several projects that share one lock file.

As of PDM 2.29.3, src/pdm/project/workspace.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from locksync.documents import MalformedError, blaming, parse_toml
from locksync.repository.paths import is_within, join, matches, named, parent
from locksync.tools.pdm.manifest import Manifest
from locksync.tools.pdm.options import MANIFEST
from locksync.tools.shared.arguments import unsupported
from locksync.tools.shared.project import Project


def refuse_member(project: Project) -> None:
    """Raise FindingError for a member of a workspace, since PDM takes the workspace's lock file."""
    directory = project.directory
    while directory:
        directory = parent(directory)
        path = join(directory, MANIFEST)
        content = project.tree.read(path)
        if content and b"workspace" in content and _is_workspace(content, path):
            reason = f"{path} defines a workspace, and PDM would take its lock file"
            raise unsupported(project.export, reason)


def _is_workspace(content: bytes, path: str) -> bool:
    with blaming(path):
        settings = parse_toml(content, path).table("tool").table("pdm")
        return bool(settings.table("workspace").values)


def content_hash(project: Project, manifest: Manifest, algorithm: str) -> str:
    """The content hash of the project, including the members if it is a workspace.

    Raises ValueError.
    """
    own = manifest.content_hash(algorithm)
    if manifest.members is None:
        return own
    import hashlib

    digest = hashlib.new(algorithm, own.encode())
    for member in sorted(_members(project, manifest.members)):
        path = join(join(project.directory, member), MANIFEST)
        document = parse_toml(project.tree.read(path) or b"", path)
        hashed = Manifest(document).content_hash(algorithm)
        digest.update(f"\0{member}\0{hashed}".encode())
    return digest.hexdigest()


def _members(project: Project, globs: tuple[str, ...]) -> Iterator[str]:
    """The directories of the members, relative to the workspace."""
    for glob in globs:
        if "[" in glob or ".." in glob.split("/"):
            raise MalformedError(f"the members {glob!r} of the workspace cannot be found")
    top = project.directory
    for path in named(project.tree.files(), MANIFEST.__eq__):
        if is_within(path, top):
            member = parent(path)[len(top) :].strip("/")
            if any(matches(member, glob) for glob in globs):
                yield member or "."
