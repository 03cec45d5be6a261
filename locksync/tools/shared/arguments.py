"""Reading the options of a tool's command, and refusing the unknown ones."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import NoReturn

from locksync.command_line import fix_command, join_words
from locksync.findings import Code, Finding, FindingError
from locksync.model import Export


class OptionParser(ArgumentParser):
    """An argparse parser that raises ValueError instead of printing and exiting."""

    def __init__(self) -> None:
        # It prints no help: a usage of its own keeps argparse from working one out.
        super().__init__(usage="", add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)

    def parse_mixed(self, words: Sequence[str]) -> tuple[Namespace, list[str]]:
        """The values that the words give, and the unknown words.

        Options and files may come in any order. Raises ValueError.
        """
        # argparse takes an unknown option for a file if there is a space in it.
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
        """Accept options that change what the tool prints, not what it exports."""
        self.add_argument(*flags, action="store_true", dest="ignored")


def unsupported(export: Export, reason: str) -> FindingError:
    """The finding for an export that only its tool can compute, ready to be raised."""
    message = f"{export.output} cannot be checked: {reason}"
    repair = fix_command(export.output)
    return FindingError(Finding(Code.UNSUPPORTED, message, export.output, None, repair))


def refuse_unknown(export: Export, words: Sequence[str]) -> None:
    """Raise FindingError if a command has words whose effect is not known."""
    if words:
        raise unsupported(export, f"the effect of {' '.join(words)} is not known")


def redirect(command: str, output: str | None, stdout: str | None) -> str:
    """The command line with its output sent to a file, if there is one.

    Raises ValueError if the command itself names an output file as well.
    """
    if not stdout:
        return command
    if output:
        raise ValueError(f"it writes {output}, so nothing is left for {stdout}")
    return f"{command} > {join_words([stdout])}"
