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
PYLOCK_COMMAND = ("pipenv", "pylock")
"""Its last word is the first of an export's arguments."""
LOCK = "Pipfile.lock"
MANIFEST = "Pipfile"
PYLOCK = "pylock.toml"
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


class PylockOptions(NamedTuple):
    """The options of one `pipenv pylock --generate`."""

    groups: tuple[str, ...]
    """The dependency groups of the packages for development."""
    output: str
    unsupported: tuple[str, ...]


@cache
def _pylock_parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("-o", "--output", default="")
    parser.add_argument("--dev-groups", default="dev")
    parser.ignore("-q", "--quiet")
    parser.ignore("-v", "--verbose")
    parser.ignore("--clear")
    return parser


def makes_pylock(arguments: Sequence[str]) -> bool:
    """Whether the arguments are those of `pipenv pylock`."""
    return tuple(arguments[:1]) == PYLOCK_COMMAND[1:]


def reads_no_lock(arguments: Sequence[str]) -> bool:
    """Whether the command exports the manifest itself. Raises ValueError."""
    return not makes_pylock(arguments) and read_options(arguments).no_lock


def read_pylock_options(arguments: Sequence[str]) -> PylockOptions:
    """The options that the arguments of `pipenv pylock` give. Raises ValueError."""
    given, unsupported = _pylock_parser().parse_known_args(arguments[1:])
    if not given.generate:
        raise ValueError("without --generate, it writes nothing from the lock file")
    groups = (name.strip() for name in given.dev_groups.split(","))
    return PylockOptions(tuple(filter(None, groups)), given.output, tuple(unsupported))


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
    if makes_pylock(arguments):
        return _read_pylock(arguments, directory, stdout)
    read_options(arguments)
    output = stdout or REQUIREMENTS
    return Export(
        tool=COMMAND[0],
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output),
        command=redirect(join_words((*COMMAND, *arguments)), None, output),
    )


def _read_pylock(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    output = read_pylock_options(arguments).output
    if stdout:
        raise ValueError(f"it prints no lock file: use -o {stdout}")
    if not output:
        arguments = (*arguments, "-o", PYLOCK)
    return Export(
        tool=COMMAND[0],
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, output or PYLOCK),
        command=join_words((*COMMAND[:1], *arguments)),
    )
