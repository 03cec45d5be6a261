"""Reading the options of the tools' commands, and refusing those that are not known."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NoReturn

from locksync.command import fix_command
from locksync.export import Code, Export, Finding, FindingError


class OptionParser(ArgumentParser):
    """An argparse parser that raises ValueError instead of printing and leaving."""

    def __init__(self) -> None:
        super().__init__(add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)

    def ignore(self, *flags: str) -> None:
        """Accept options that say how the tool talks, not what it writes."""
        self.add_argument(*flags, action="store_true", dest="ignored")


def unsupported(export: Export, reason: str) -> FindingError:
    """The finding for an export that only its tool can compute, ready to be raised."""
    message = f"{export.output} cannot be checked: {reason}"
    repair = fix_command(export.output)
    return FindingError(Finding(Code.UNSUPPORTED, message, export.output, None, repair))


def refuse_unknown(export: Export, words: Sequence[str]) -> None:
    """Raise FindingError for words of a command whose effect is not known, if there are any."""
    if words:
        raise unsupported(export, f"the effect of {' '.join(words)} is not known")
