"""The options of `poetry export`, as of poetry-plugin-export 1.10, and the files that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from locksync.command_line import join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.requirements.names import canonicalize_name
from locksync.tools.protocol import GlobalOptions
from locksync.tools.shared.arguments import OptionParser, redirect
from locksync.tools.shared.refusals import RefusedError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

COMMAND = ("poetry", "export")
LOCK = "poetry.lock"
MAIN = "main"
MANIFEST = "pyproject.toml"
# The formats are called like the files that they are for.
REQUIREMENTS = "requirements.txt"
CONSTRAINTS = "constraints.txt"
PYLOCK = "pylock.toml"
TEXT_FORMATS = (REQUIREMENTS, CONSTRAINTS)
DEFAULT = ("-f", REQUIREMENTS, "-o", REQUIREMENTS)
"""The arguments of an export without any option."""
GLOBAL_OPTIONS = GlobalOptions(
    flags=(
        *("-n", "--no-interaction", "-q", "--quiet", "-v", "-vv", "-vvv", "--verbose"),
        *("--ansi", "--no-ansi", "--no-cache"),
    ),
    values=("-C", "--directory", "-P", "--project"),
)


class Options(NamedTuple):
    """The options of one export."""

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
    """Words whose effect only poetry knows."""


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
    parser.ignore("--dev")  # Deprecated. It has no effect since poetry-plugin-export 1.9.
    parser.ignore("-n", "--no-interaction")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-v", "-vv", "-vvv", "--verbose", action="store_true")
    parser.ignore("--ansi", "--no-ansi")
    parser.ignore("--no-cache")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for invalid arguments."""
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
    """The export that `poetry export` with these arguments stands for, run in a directory.

    Raises ValueError for invalid arguments.
    """
    given, _ = _parser().parse_known_args(arguments)
    command = redirect(join_words((*COMMAND, *arguments)), given.output, stdout)
    if stdout:
        if given.quiet or given.verbose:
            raise ValueError(f"-q and -v change what it sends to {stdout}: use -o {stdout}")
        output = paths.join(directory, stdout)
    else:
        # --directory moves every relative path of the command, --project only the project.
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
    """The directory of the project that the command exports.

    Raises ValueError if it is outside the repository.
    """
    return paths.join(export.directory, read_options(export.arguments).project)


def select_groups(options: Options, known: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    """The dependency groups that the options select of the known ones. Raises RefusedError."""
    named = options.with_groups | options.without_groups | options.only_groups
    if options.all_groups:
        if named:
            raise RefusedError("--all-groups cannot be combined with --with, --without or --only")
        return known
    missing = sorted(name for name in named if canonicalize_name(name) not in known)
    if missing:
        raise RefusedError(f"the project has no dependency group {', '.join(missing)}")
    with_, without, only = (
        frozenset(map(canonicalize_name, groups))
        for groups in (options.with_groups, options.without_groups, options.only_groups)
    )
    return only or (frozenset({canonicalize_name(MAIN)}) | with_) - without


def select_extras(options: Options, known: frozenset[NormalizedName]) -> frozenset[NormalizedName]:
    """The extras that the options select of the known ones. Raises RefusedError."""
    if options.all_extras:
        if options.extras:
            raise RefusedError("--extras cannot be combined with --all-extras")
        return known
    extras = frozenset(map(canonicalize_name, options.extras))
    if missing := sorted(extras - known):
        raise RefusedError(f"the project has no extra {', '.join(missing)}")
    return extras
