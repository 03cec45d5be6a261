"""Which files could be exports, as their names and their first lines tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.repository import paths
from locksync.repository.protocol import Tree

# A line of a file that could be an export, whatever its name.
PINNED_LINE = re.compile(rb"^[A-Za-z0-9][\w.-]*(?:\[[^\]\n]*\])?\s*(?:==|@ )", re.MULTILINE)
# No file system has a longer name than 255 characters.
REQUIREMENTS_NAME = re.compile(r"(?:requirements|constraints).{0,255}\.txt$", re.IGNORECASE)
EXPORT_NAME = re.compile(
    r"\.(?:txt|pip|lock)$|(?:requirements|constraints)[\w-]{0,255}$", re.IGNORECASE
)


def could_be_exports(tree: Tree) -> Iterator[str]:
    """The tracked files that could be exports."""
    for path in paths.named(tree.files(), EXPORT_NAME.search):
        if could_be_export(path, tree):
            yield path


def could_be_export(path: str, tree: Tree) -> bool:
    """Whether a file could be an export, as its name and its first lines tell."""
    name = paths.name(path)
    if REQUIREMENTS_NAME.search(name):
        return True
    return bool(EXPORT_NAME.search(name) and PINNED_LINE.search(tree.start(path)))
