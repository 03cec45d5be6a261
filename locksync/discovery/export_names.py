"""Which files could be exports, as their names and their first lines tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from locksync.discovery.headers import CREATOR, GENERATOR
from locksync.repository import paths
from locksync.repository.protocol import Tree

# A line of a file that could be an export, whatever its name.
PINNED_LINE = re.compile(rb"(?m)^[A-Za-z0-9][\w.-]*(?:\[[^\]\n]*\])?\s*(?:==|@ )")
# No file system has a longer name than 255 characters.
REQUIREMENTS_NAME = re.compile(r"(?:requirements|constraints).{0,255}\.txt$", re.IGNORECASE)
EXPORT_NAME = re.compile(r"(?i)\.(?:txt|pip|lock)$|(?:requirements|constraints)[\w-]{0,255}$")


GLOBS = "*.txt *.pip *.lock *requirements* *constraints* *pylock*"
"""Whatever has one of those names, and more."""


def marked_files(tree: Tree) -> frozenset[str]:
    """The tracked files that could be exports, or that name what has written them.

    They are few, and the start of each file is read once to tell.
    """
    signs = (GENERATOR, CREATOR, PINNED_LINE)
    return tree.marked(GLOBS, *(sign.pattern.decode() for sign in signs))


def could_be_exports(tree: Tree) -> Iterator[str]:
    """The tracked files that could be exports."""
    yield from paths.named(tree.files(), REQUIREMENTS_NAME.search)
    for path in marked_files(tree):
        name = paths.name(path)
        is_new = EXPORT_NAME.search(name) and not REQUIREMENTS_NAME.search(name)
        if is_new and PINNED_LINE.search(tree.start(path)):
            yield path
