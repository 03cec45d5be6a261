"""The files that a header or an annotation means, wherever the command ran."""

from __future__ import annotations

import re

from locksync.repository import paths
from locksync.repository.protocol import Tree, is_known
from locksync.requirements.names import canonicalize_name
from locksync.requirements.parsing import decode
from locksync.tools.compiled.options import PROJECT_FILES

NAME = re.compile(r"^[A-Za-z0-9][\w.-]*", re.MULTILINE)
ABSOLUTE = re.compile(r"(?:[A-Za-z]:)?/")


def nearest(name: str, path: str, tree: Tree) -> str | None:
    """The file that a name in a compiled file means; `path` is the compiled file.

    The command may have run anywhere, even above the repository or on another machine. So this
    searches from the output's directory upwards, first for the whole name, then for less of it.
    """
    name = name.replace("\\", "/")
    root = ABSOLUTE.match(name)
    if root:
        name = name[root.end() :]
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    for start in range(len(parts)):
        for directory in paths.upwards(paths.parent(path)):
            file = "/".join((*directory.split("/"), *parts[start:])).lstrip("/")
            if file == path or not is_known(file, tree):
                continue
            if start == 0 or _is_close(
                file, path, len(parts) - start, tree, is_absolute=bool(root)
            ):
                return file
    return None


def _is_close(file: str, path: str, length: int, tree: Tree, *, is_absolute: bool) -> bool:
    """Whether a file that has only the end of a name is the one that is meant."""
    if not is_absolute:
        return paths.parent(file) == paths.parent(path)
    if length > 1:
        return True
    # The directory of the name may be that of the repository itself, however it is called there.
    is_near = paths.parent(file) in ("", paths.parent(path))
    return is_near and _is_akin(file, path, tree)


def _is_akin(file: str, path: str, tree: Tree) -> bool:
    """Whether a compiled file pins at least half of what an input file asks for."""
    if paths.name(file) in PROJECT_FILES:
        return True
    wanted, pinned = _names(file, tree), _names(path, tree)
    return len(wanted & pinned) * 2 >= len(wanted)


def _names(file: str, tree: Tree) -> set[str]:
    text = decode(tree.read(file) or b"")
    return {canonicalize_name(name) for name in NAME.findall(text)}
