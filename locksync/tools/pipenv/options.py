"""The options of `pipenv requirements`, as of pipenv 2026.10, and the files that it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository.paths import join
from locksync.tools.protocol import GlobalOptions
from locksync.tools.shared.arguments import OptionParser, redirect

COMMAND = ("pipenv", "requirements")
LOCK = "Pipfile.lock"
MANIFEST = "Pipfile"
REQUIREMENTS = "requirements.txt"
"""The output file, unless the command's output is sent to another one."""
VARIABLES = ("PIPENV_PIPFILE", "PIPENV_PYPI_MIRROR")
"""The variables that change what the command reads or writes."""
GLOBAL_OPTIONS = GlobalOptions(
    mute_flags=(
        *("-q", "--quiet", "-v", "--verbose", "--bare", "--clear"),
        *("--site-packages", "--no-site-packages"),
    ),
    mute_values=("--python",),
)


class Options(NamedTuple):
    """The options of one export."""

    dev: bool
    dev_only: bool
    hashes: bool
    markers: bool
    index_urls: bool
    given_categories: tuple[str, ...]
    from_pipfile: bool
    no_lock: bool
    unsupported: tuple[str, ...]
    """Words whose effect only pipenv knows."""

    def categories(self) -> Iterator[str]:
        """The categories to export, in order, under their names in a Pipfile."""
        if self.given_categories:
            yield from self.given_categories
            return
        if self.dev or self.dev_only:
            yield "dev-packages"
        if not self.dev_only:
            yield "packages"


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--dev-only", action="store_true")
    parser.add_argument("--hash", action="store_true")
    parser.add_argument("--exclude-markers", action="store_true")
    parser.add_argument("--exclude-index", action="store_true")
    parser.add_argument("--categories", default="")
    parser.add_argument("--from-pipfile", action="store_true")
    parser.add_argument("--no-lock", action="store_true")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for invalid arguments."""
    given, unsupported = _parser().parse_known_args(arguments)
    categories = re.split(r", *| ", given.categories) if given.categories else ()
    return Options(
        dev=given.dev,
        dev_only=given.dev_only,
        hashes=given.hash,
        markers=not given.exclude_markers,
        index_urls=not given.exclude_index,
        given_categories=tuple(category.strip() for category in categories),
        from_pipfile=given.from_pipfile,
        no_lock=given.no_lock,
        unsupported=tuple(unsupported),
    )


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that `pipenv requirements` with these arguments stands for, run in a directory.

    Raises ValueError for invalid arguments.
    """
    read_options(arguments)
    output = stdout or REQUIREMENTS
    return Export(
        tool=COMMAND[0],
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output),
        command=redirect(join_words((*COMMAND, *arguments)), None, output),
    )
