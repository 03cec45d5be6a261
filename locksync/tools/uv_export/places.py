"""What of a manifest would have uv look elsewhere than in the project."""

from __future__ import annotations

import re

from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.repository.protocol import Tree

ELSEWHERE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\].*)?\Z", re.DOTALL)


def refuse_members_elsewhere(path: str, tree: Tree) -> None:
    """Raise FindingError for a manifest that takes members from outside of its directory.

    uv would read whatever is there, and all of the file system for some globs.
    """
    content = tree.read(path) or b""
    if b"workspace" not in content and b"\\" not in content:
        return  # The key can be spelt by escapes.
    document = parse_toml(content, path)
    with blaming(path):
        workspace = document.table("tool").table("uv").table("workspace")
        globs = (*workspace.strings("members"), *workspace.strings("exclude"))
    for glob in filter(ELSEWHERE.match, globs):
        message = f"{path} takes members of its workspace from elsewhere: {glob}"
        raise FindingError(Finding(Code.HOSTILE, message, path))
