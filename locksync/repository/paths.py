"""Paths inside a repository: relative to its top, with forward slashes; "" is the top itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import count

LONGEST_GLOB = 1000
"""The longest glob that is read, in characters. Whoever reads one refuses those that are longer."""
MOST_LISTS = 8
"""How many lists of files are kept by directory: those now, and as of a few commits."""
LONGEST_PATH = 4096
"""No system opens a longer path."""


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


@lru_cache(MOST_LISTS)
def by_directory(files: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """The names of the files in each directory."""
    names: dict[str, set[str]] = {}
    for path in files:
        directory, _, last = path.rpartition("/")
        if directory in names:
            names[directory].add(last)
        else:
            names[directory] = {last}
    return {directory: frozenset(found) for directory, found in names.items()}


def named(files: frozenset[str], is_wanted: Callable[[str], object]) -> list[str]:
    """The files whose last part is wanted, in order."""
    return sorted(
        f"{directory}/{last}" if directory else last
        for directory, names in by_directory(files).items()
        for last in filter(is_wanted, names)
    )


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
    if len(path) > LONGEST_PATH:
        return False
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_translated(pattern), re.DOTALL)


def _translated(pattern: str) -> str:
    """A glob as a regular expression that takes no long time on any path.

    What stands between two `**` is looked for where it first fits, and so is each piece between
    two `*` of it: a lookahead, once left, is never entered again. The end is tried from behind.
    """
    pattern = re.sub(r"(?:\*\*/)+(?=\*\*)", "", re.sub(r"\*{3,}", "**", pattern))
    first, *rest = re.split(r"(\*\*/|/\*\*$|\*\*)", pattern)
    below = rest[-2:-1] == ["/**"]
    end = r"(?:/.*)?\Z" if below else r"\Z"
    parts = [("", first), *zip(rest[::2], rest[1::2], strict=True)]
    parts = parts[:-1] if below else parts
    groups = count(1)
    *others, (gap, last) = parts
    translated = [_once(_GAPS[gap] + _pieces(part, gap, groups), groups) for gap, part in others]
    *before, ending = last.split("*") if gap != "**" else ["", *last.split("*")]
    return "".join(
        (
            *translated,
            "(?:.*/)?" if gap else "",
            _pieces("*".join(before), "", groups) if before else "",
            "[^/]*" if before else "",
            _literal(ending),
            end,
        )
    )


_GAPS = {"": "", "**/": "(?:|.*?/)", "**": "(?:|.*?/)"}


def _pieces(part: str, gap: str, groups: Iterator[int]) -> str:
    """The pieces between the `*` of a part, each where it first fits."""
    first, *others = part.split("*")
    pieces = [_once(f"[^/]*?{_literal(one)}", groups) for one in others]
    start = _literal(first) if gap != "**" else f"[^/]*?{_literal(first)}"
    return start + "".join(pieces)


def _once(pattern: str, groups: Iterator[int]) -> str:
    """A pattern that keeps its first match, like an atomic group, which Python 3.10 lacks."""
    name = f"g{next(groups)}"
    return f"(?=(?P<{name}>{pattern}))(?P={name})"


def _literal(piece: str) -> str:
    return "".join("[^/]" if one == "?" else re.escape(one) for one in piece)
