"""The options of `pdm export`, of PDM 2.29, and the files that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from locksync.tools.shared.arguments import OptionParser

LOCK = "pdm.lock"
MANIFEST = "pyproject.toml"
REQUIREMENTS = "requirements"
PYLOCK = "pylock"
UNTOLD = "..."
"""Stands in a command for the options that the header of a file does not tell."""


class Options(NamedTuple):
    """The options of one export, as they were given."""

    project: str
    """The directory of pyproject.toml, relative to where the command runs."""
    lock: str | None
    output: str | None
    """The output file; None: standard output."""
    format: str
    groups: tuple[str, ...]
    excluded_groups: tuple[str, ...]
    default: bool
    dev: bool | None
    """Whether development groups were asked for or ruled out; None: neither."""
    hashes: bool
    extras: bool
    itself: str | None
    """The line that stands for the project itself, if it is asked for."""
    unsupported: tuple[str, ...]
    """Words whose effect on the output cannot be computed without PDM."""

    @property
    def is_unset(self) -> bool:
        """Whether no option says which groups to export."""
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
    """The options that the arguments give. Raises ValueError for arguments that are none."""
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
