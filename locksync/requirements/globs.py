"""Globs of lines: `*` stands for any characters, `?` for one."""

from __future__ import annotations

import re
from functools import cache


def matches(line: str, glob: str) -> bool:
    """Whether a whole line matches a glob. Case matters.

    Each piece between two `*` is looked for only once, so no glob takes long, whoever wrote it.
    """
    first, *rest = (_compiled(piece) for piece in glob.split("*"))
    if not rest:
        return first.fullmatch(line) is not None
    *middle, last = rest
    end = len(line) - len(glob.rpartition("*")[2])
    found = first.match(line)
    position = found.end() if found else end + 1
    if position > end or not last.fullmatch(line, end):
        return False
    for piece in middle:
        found = piece.search(line, position, end)
        if not found:
            return False
        position = found.end()
    return True


def matches_any(line: str, globs: tuple[str, ...]) -> bool:
    """Whether a whole line matches one of some globs."""
    return any(matches(line, glob) for glob in globs)


@cache
def _compiled(piece: str) -> re.Pattern[str]:
    return re.compile("".join("." if one == "?" else re.escape(one) for one in piece), re.DOTALL)
