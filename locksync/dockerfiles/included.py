"""Follow the `-r` lines of requirements files; a pylock.toml has none."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from locksync.discovery.headers import claim_of
from locksync.findings import FindingError
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.requirements.names import is_pylock
from locksync.requirements.parsing import Requirement, decode, logical_lines, read_options
from locksync.requirements.pylock import parse_pylock

URL = re.compile(r"\w[\w+.-]+://")
LOCAL = re.compile(r"\.{0,2}/|\.$|\.\[|file:|[^;#]*@\s*file:")
"""A requirement that is a path."""


def is_exported(path: str, tree: Tree, outputs: Collection[str]) -> bool:
    """Whether a requirements file is an output of an export, or only includes such outputs.

    A pylock.toml that is no export is a lock file itself, as `pip lock` writes it.
    """
    if is_pylock(path):
        return path in outputs or claim_of(path, tree) is None
    waiting, seen, found = [path], set[str](), False
    while waiting:
        file = waiting.pop()
        if file in outputs:
            found = True
        elif file not in seen:
            seen.add(file)
            lines = list(_read_lines(file, tree))
            included = [_beside(file, value) for name, value in lines if name == "--requirement"]
            if not included or not all(name for name, _ in lines):
                return False
            waiting.extend(included)
    return found


def names_local_paths(path: str, tree: Tree) -> bool:
    """Whether a requirements file, or one that it includes, has a requirement that is a path."""
    if is_pylock(path):
        return any(one.url and not URL.match(one.url) for one in _packages(path, tree))
    waiting, seen = [path], set[str]()
    while waiting:
        file = waiting.pop()
        seen.add(file)
        for name, value in _read_lines(file, tree):
            if name in ("", "--editable") and LOCAL.match(value):
                return True
            if name == "--requirement":
                waiting.extend({_beside(file, value)} - seen)
    return False


def _packages(path: str, tree: Tree) -> Iterable[Requirement]:
    try:
        return parse_pylock(tree.read(path) or b"", path).packages
    except FindingError:
        return ()


def _read_lines(path: str, tree: Tree) -> Iterator[tuple[str, str]]:
    """The options of a requirements file with their values, and ("", line) per requirement."""
    content = tree.read(path) if path in tree.files() else None
    for _, line in logical_lines(decode(content or b"")):
        yield from read_options(line) or [("", line)]


def _beside(path: str, included: str) -> str:
    return posixpath.normpath(posixpath.join(paths.parent(path), included))
