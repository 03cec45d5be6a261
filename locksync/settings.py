"""What the command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


class UsageError(Exception):
    """What the user asked for cannot be done; the message says why."""


class Settings(argparse.Namespace):
    """The settings of one run, with what holds where nothing is said."""

    command: str = "check"
    directory: str = "."
    paths: Sequence[str] = ()
    hook: Sequence[str] = ()
    """The id of a hook for one tool and arguments for that tool's command, if any."""
    strict: bool = False
    diff: bool = False
    format: str = ""
    """"" for what fits: "github" under GitHub Actions, else "text"."""
    verbose: bool = False
    quiet: bool = False
    check: bool = False
    cache: bool = True
    dry_run: bool = False
    adds_hook: bool = False

    @property
    def writes(self) -> bool:
        """Whether the run may write outputs."""
        return self.command == "fix" or (self.command == "hook" and not self.check)

    @property
    def is_remembered(self) -> bool:
        """Whether there is nothing to be told of exports that are fresh, but how many there are."""
        is_plain = self.format != "json" and not self.verbose
        return is_plain and self.command in ("check", "fix", "hook")

    def subject(self) -> tuple[object, ...]:
        """All that the verdict of the run depends on, beside the repository."""
        return self.command, tuple(self.paths), tuple(self.hook), self.strict, self.check
