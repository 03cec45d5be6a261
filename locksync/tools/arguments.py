"""The argument parser that the tools read their commands' options with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import NoReturn


class OptionParser(ArgumentParser):
    """An argparse parser that raises ValueError instead of printing and leaving."""

    def __init__(self) -> None:
        super().__init__(add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)

    def ignore(self, *flags: str) -> None:
        """Accept options that say how the tool talks, not what it writes."""
        self.add_argument(*flags, action="store_true", dest="ignored")
