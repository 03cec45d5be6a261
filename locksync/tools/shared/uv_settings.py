"""Where the settings of uv stand, and which projects are members of a workspace.

As of uv 0.13: `FilesystemOptions::find` in crates/uv-settings/src/lib.rs, and
crates/uv-workspace/src/workspace.rs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from locksync.documents import Table, blaming, parse_toml
from locksync.repository import paths
from locksync.tools.shared.uv import MANIFEST, SETTINGS

Read = Callable[[str], bytes | None]


def nearest_settings(directory: str, read: Read) -> tuple[str, Table]:
    """The first file in a directory or above it that has settings, with these; "" for none.

    A uv.toml silences the `[tool.uv]` beside it. Raises FindingError.
    """
    for place in paths.upwards(directory):
        path = paths.join(place, SETTINGS)
        if (content := read(path)) is not None:
            return path, parse_toml(content, path)
        if (settings := settings_in_manifest(place, read)) is not None:
            return paths.join(place, MANIFEST), settings
    return "", Table({})


def settings_in_manifest(directory: str, read: Read) -> Table | None:
    """`[tool.uv]` of the pyproject.toml in a directory, if there is one. Raises FindingError."""
    path = paths.join(directory, MANIFEST)
    content = read(path)
    # Escapes can spell the keys too.
    if content is None or not (b"uv" in content or b"\\" in content):
        return None
    with blaming(path):
        tool = parse_toml(content, path).table("tool")
        return tool.table("uv") if "uv" in tool else None


def is_member(path: str, included: Collection[str], excluded: Collection[str]) -> bool:
    """Whether a directory is a member by the globs of its workspace, from whose top it is named."""
    return any(paths.matches(path, glob) for glob in included) and not any(
        paths.matches(path, glob) for glob in excluded
    )
