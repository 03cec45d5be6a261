"""A command, as words."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """The words of a command and the file its output is sent to, if any."""

    words: tuple[str, ...]
    stdout: str | None = None
    directory: str = ""
    """Where a `cd` before it leads, relative to where the whole is run."""
