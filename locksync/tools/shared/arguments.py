"""Reading the options of the tools' commands, and refusing those that are not known."""

from __future__ import annotations

from argparse import ArgumentParser, HelpFormatter, Namespace
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from locksync.command_line import fix_command
from locksync.findings import Code, Finding, FindingError
from locksync.model import Export


class OptionParser(ArgumentParser):
    """An argparse parser that raises ValueError instead of printing and leaving."""

    def __init__(self) -> None:
        # It prints no help: of a fixed width, so that no terminal is measured.
        layout = partial(HelpFormatter, width=80)
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=layout)

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)

    def parse_mixed(self, words: Sequence[str]) -> tuple[Namespace, list[str]]:
        """What the words give, options and others in any order, and the words that are not known.

        Raises ValueError.
        """
        # argparse takes an option that it does not know for a file if there is a space in it.
        unknown = [
            word
            for word in words
            if word.startswith("-")
            and " " in word
            and word.partition("=")[0] not in self._option_string_actions
        ]
        known = [word for word in words if word not in unknown]
        given, others = self.parse_known_intermixed_args(known)
        return given, [*unknown, *others]

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
