"""The options of `pdm export`, as of PDM 2.29, and the files that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.findings import At, Place, Repair
from locksync.model import Export
from locksync.repository.paths import join, parent, relative
from locksync.tools.protocol import GlobalOptions
from locksync.tools.shared.arguments import OptionParser, redirect

COMMAND = ("pdm", "export")
LOCK = "pdm.lock"
MANIFEST = "pyproject.toml"
REQUIREMENTS = "requirements"
PYLOCK = "pylock"
OUTPUTS = {REQUIREMENTS: "requirements.txt", PYLOCK: "pylock.toml"}
"""The output file of each format, if the command names none."""
GLOBAL_OPTIONS = GlobalOptions(
    # PDM itself takes it after the subcommand only. What is meant is plain all the same.
    values=("-p", "--project"),
    mute_flags=(
        *("-q", "--quiet", "-v", "-vv", "--verbose", "-n", "--non-interactive"),
        *("-I", "--ignore-python", "--no-cache"),
    ),
)


class Options(NamedTuple):
    """The options of one export."""

    project: str
    """The directory of pyproject.toml, relative to where the command runs."""
    lock: str | None
    output: str | None
    """The output file; None: the standard output."""
    format: str
    groups: tuple[str, ...]
    excluded_groups: tuple[str, ...]
    default: bool
    dev: bool | None
    """Whether the options select or exclude development groups; None: neither."""
    hashes: bool
    extras: bool
    itself: str | None
    """The line for the project itself, if the options ask for one."""
    unsupported: tuple[str, ...]
    """Words whose effect only PDM knows."""

    @property
    def is_unset(self) -> bool:
        """Whether no option selects groups."""
        return self.default and self.dev is None and not self.groups


@cache
def _parser() -> OptionParser:
    parser = OptionParser()
    parser.add_argument("-p", "--project", default=".")
    parser.add_argument("-L", "--lockfile")
    parser.add_argument("-o", "--output")
    parser.add_argument("-f", "--format", choices=(REQUIREMENTS, PYLOCK), default=REQUIREMENTS)
    parser.add_argument("-G", "--group", "--with", action="append", default=[], dest="groups")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--no-default", action="store_false", dest="default")
    dev = parser.add_mutually_exclusive_group()
    dev.add_argument("-d", "--dev", action="store_true", default=None)
    dev.add_argument("--prod", "--production", action="store_false", dest="dev")
    parser.add_argument("--no-hashes", "--without-hashes", action="store_false", dest="hashes")
    parser.add_argument("--no-extras", action="store_false", dest="extras")
    itself = parser.add_mutually_exclusive_group()
    itself.add_argument("--self", action="store_const", const=".", dest="itself")
    itself.add_argument("--editable-self", action="store_const", const="-e .", dest="itself")
    parser.ignore("-v", "-vv", "-vvv", "--verbose")
    parser.ignore("-q", "--quiet")
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """The options that the arguments give. Raises ValueError for invalid arguments."""
    given, unsupported = _parser().parse_known_args(arguments)
    groups, excluded = _split(given.groups), _split(given.without)
    if excluded and not groups and given.dev is None:
        groups = (":all",)
    return Options(
        project=given.project,
        lock=given.lockfile,
        output=given.output,
        format=given.format,
        groups=groups,
        excluded_groups=excluded,
        default=given.default,
        dev=given.dev,
        hashes=given.hashes,
        extras=given.extras,
        itself=given.itself,
        unsupported=tuple(unsupported),
    )


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def read_export(arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
    """The export that `pdm export` with these arguments stands for, run in a directory.

    Raises ValueError for invalid arguments.
    """
    options = read_options(arguments)
    if not stdout and not options.output:
        arguments = (*arguments, "-o", OUTPUTS[options.format])
    command = redirect(join_words((*COMMAND, *arguments)), options.output, stdout)
    return Export(
        tool=COMMAND[0],
        directory=directory,
        arguments=tuple(arguments),
        output=join(directory, stdout or options.output or OUTPUTS[options.format]),
        command=command,
    )


def input_files(export: Export) -> tuple[str, str]:
    """The lock file and the manifest that the command reads."""
    options = read_options(export.arguments)
    project = join(export.directory, options.project)
    lock = join(project, LOCK)
    if options.lock:
        lock = join(export.directory, options.lock)
    return lock, join(project, MANIFEST)


def command(export: Export, *words: str) -> Repair:
    """A command of PDM on the lock file and the manifest of an export."""
    options = read_options(export.arguments)
    lock, manifest = input_files(export)
    project = At("-p", Place(parent(manifest)))
    chosen = ("-L", relative(lock, parent(manifest))) if options.lock else ()
    return Repair((("pdm", words[0], project, *chosen, *words[1:]),), writes=(lock,))
