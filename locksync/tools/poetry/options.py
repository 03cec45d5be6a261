"""The options of `poetry export`, of poetry-plugin-export 1.10."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.tools.shared.arguments import OptionParser

COMMAND = ("poetry", "export")
REQUIREMENTS = "requirements.txt"
PYLOCK = "pylock.toml"
TEXT_FORMATS = (REQUIREMENTS, "constraints.txt")


class Options(NamedTuple):
    """The options of one export, as they were given."""

    project: str
    """The directory of pyproject.toml and poetry.lock, relative to where the command runs."""
    format: str
    hashes: bool
    urls: bool
    with_groups: frozenset[str]
    without_groups: frozenset[str]
    only_groups: frozenset[str]
    all_groups: bool
    extras: tuple[str, ...]
    all_extras: bool
    unsupported: tuple[str, ...]
    """Words whose effect on the output cannot be computed without poetry."""


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("-f", "--format", default=REQUIREMENTS)
    parser.add_argument("-o", "--output")
    parser.add_argument("-C", "--directory", default=".")
    parser.add_argument("-P", "--project", default=".")
    parser.add_argument("--without-hashes", action="store_true")
    parser.add_argument("--without-urls", action="store_true")
    parser.add_argument("--with", action="append", default=[], dest="with_")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--all-groups", action="store_true")
    parser.add_argument("-E", "--extras", action="append", default=[])
    parser.add_argument("--all-extras", action="store_true")
    parser.ignore("--dev")  # Deprecated, and without effect since poetry-plugin-export 1.9.
    parser.ignore("-n", "--no-interaction")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-v", "-vv", "-vvv", "--verbose", action="store_true")
    parser.ignore("--ansi", "--no-ansi")
    parser.ignore("--no-cache")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for arguments that are none."""
    given, unsupported = _parser().parse_known_args(arguments)
    return Options(
        project=f"{given.directory}/{given.project}",
        format=given.format,
        hashes=not given.without_hashes,
        urls=not given.without_urls,
        with_groups=_groups(given.with_),
        without_groups=_groups(given.without),
        only_groups=_groups(given.only),
        all_groups=given.all_groups,
        extras=tuple(extra for value in given.extras for extra in value.split()),
        all_extras=given.all_extras,
        unsupported=tuple(unsupported),
    )


def _groups(values: Sequence[str]) -> frozenset[str]:
    return frozenset(group.strip() for value in values for group in value.split(","))


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that `poetry export` with these arguments stands for, run in a directory."""
    given, _ = _parser().parse_known_args(arguments)
    command = join_words((*COMMAND, *arguments))
    if stdout and given.output:
        raise ValueError(f"it writes {given.output}, so that nothing is left for {stdout}")
    if stdout:
        if given.quiet or given.verbose:
            raise ValueError(f"-q and -v change what it sends to {stdout}: use -o {stdout}")
        output = paths.join(directory, stdout)
        command += f" > {join_words([stdout])}"
    else:
        # --directory moves all relative paths of the command, --project only the project's.
        place = paths.join(directory, given.directory)
        default = PYLOCK if given.format == PYLOCK else REQUIREMENTS
        output = paths.join(place, given.output or default)
        command += "" if given.output else f" -o {default}"
    return Export(
        tool=COMMAND[0],
        directory=directory,
        arguments=tuple(arguments),
        output=output,
        command=command,
    )


def project_directory(export: Export) -> str:
    """The directory of the project that the command exports. Raises ValueError if outside."""
    return paths.join(export.directory, read_options(export.arguments).project)
