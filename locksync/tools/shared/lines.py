"""Checking the lines of an output before they are written."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.documents import CONTROL_CHARACTER, SmuggledError, shown


def refuse_smuggled_lines(lines: Iterable[str]) -> None:
    """Raise SmuggledError for a line that a reader could take for more than one."""
    for line in lines:
        if CONTROL_CHARACTER.search(line):
            raise SmuggledError(
                f"{shown(line)} holds a control character, so pip may read it as other lines"
            )
