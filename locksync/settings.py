"""The settings of a run, as the command line gives them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence


class UsageError(Exception):
    """The user's request cannot be carried out. The message says why."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: the known one that was meant, or all of them."""
    from difflib import get_close_matches

    known = tuple(known)
    close = get_close_matches(word, known, 1, 0.6)
    return f": did you mean {close[0]}?" if close else f" (there are {', '.join(sorted(known))})"


class Settings(argparse.Namespace):
    """The settings of one run, with their defaults."""

    command: str = "check"
    directory: str = "."
    paths: Sequence[str] = ()
    hook: Sequence[str] = ()
    """A hook id, then arguments for that tool's command; empty for the hook of all tools."""
    strict: bool = False
    diff: bool = False
    format: str = ""
    """"" means "github" under GitHub Actions, else "text"."""
    verbose: bool = False
    quiet: bool = False
    check: bool = False
    ask: bool = False
    """Whether tools are run, in temporary places, for what only they can tell."""
    cache: bool = True
    dry_run: bool = False
    adds_hook: bool = False
    version: bool = False
    codes: Sequence[str] = ()
    """The codes to explain."""

    @property
    def writes(self) -> bool:
        """Whether the run may write output files."""
        return self.command == "fix" or (self.command == "hook" and not self.check)

    @property
    def is_remembered(self) -> bool:
        """Whether all that this run reports of fresh exports is their number."""
        is_plain = self.format != "json" and not self.verbose
        return is_plain and self.command in ("check", "fix", "hook")

    def subject(self) -> tuple[object, ...]:
        """The settings that the verdict of the run depends on."""
        words = (self.command, tuple(self.paths), tuple(self.hook))
        return *words, self.strict, self.check, self.ask
