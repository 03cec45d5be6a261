"""Paths inside a repository: relative to its top, with forward slashes; "" is the top itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache


def join(directory: str, path: str) -> str:
    """A path that a file in `directory` names. Raises ValueError if it leaves the repository."""
    if "\0" in path:
        raise ValueError("a path cannot hold a NUL character")
    if re.match(r"/|\\|[A-Za-z]:", path):
        raise ValueError(f"{path} is absolute: name it relative to the repository")
    joined = posixpath.normpath(posixpath.join(directory, path.replace("\\", "/")))
    if joined.split("/", 1)[0] == "..":
        raise ValueError(f"{path} leads out of the repository")
    return "" if joined == "." else joined


def relative(path: str, directory: str) -> str:
    """A path relative to `directory`: the inverse of `join`."""
    return posixpath.relpath(f"/{path}", f"/{directory}")


def is_git_directory(path: str) -> bool:
    """Whether a path lies in a `.git` directory, however a file system may spell that name."""
    return any(part.casefold() == ".git" for part in path.split("/"))


def parent(path: str) -> str:
    """The directory that holds a path."""
    return posixpath.dirname(path)


def upwards(directory: str) -> Iterator[str]:
    """A directory and all directories above it, up to the top of the repository."""
    yield directory
    while directory:
        directory = parent(directory)
        yield directory


def name(path: str) -> str:
    """The last part of a path."""
    return posixpath.basename(path)


def is_within(path: str, directory: str) -> bool:
    """Whether the path is the directory itself or lies below it."""
    return not directory or path == directory or path.startswith(directory + "/")


def matches(path: str, pattern: str) -> bool:
    """Whether a path matches a glob: `*` and `?` stay within a name, `**` spans directories.

    The glob `.` matches the top directory, "".
    """
    pattern = posixpath.normpath(pattern.strip("/"))
    if not path:
        return pattern in (".", "**")
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_translated(part) for part in re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", pattern))
    return re.compile("".join(parts), re.DOTALL)


def _translated(part: str) -> str:
    wildcards = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return wildcards.get(part) or re.escape(part)
