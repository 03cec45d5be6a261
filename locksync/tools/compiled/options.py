"""The options that compile commands have in common."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line import command_in
from locksync.model import Export
from locksync.repository import paths

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
OPTIONS_OF_OUTPUT = (
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--trusted-host",
    "--no-binary",
    "--only-binary",
)


class CompileOptions(NamedTuple):
    """The options of one compile command, as they were given."""

    sources: tuple[str, ...]
    output: str | None
    constraints: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    groups: tuple[str, ...] = ()
    hashes: bool = False
    strip_extras: bool = False
    universal: bool = False
    python: str | None = None
    platform: str | None = None
    unpinned: frozenset[str] = frozenset()
    output_options: tuple[str, ...] = ()
    """Option lines that are to appear in the output."""
    hidden_options: frozenset[str] = frozenset()
    """Names of options that do not appear in the output."""
    expands_itself: bool = False
    """Whether a project that asks for extras of itself asks for what is in them."""
    moves_references: bool = False
    """Whether revisions of URLs are pinned to commits, so that the output does not show them."""
    settings: Mapping[str, str] = {}
    """Files with settings of the tool, and the table of `[tool]` that holds them; "": all."""
    unprovable: str | None = None
    """An option whose effect cannot be proved."""
    unsupported: tuple[str, ...] = ()
    """Words whose effect is not known, or that are not to be taken from a file."""


ReadOptions = Callable[[Sequence[str]], CompileOptions]


def default_output(source: str) -> str:
    """The output of a command that names none."""
    if paths.name(source) in PROJECT_FILES:
        return paths.join(paths.parent(source), "requirements.txt")
    return re.sub(r"\.[^./]*$", "", source) + ".txt"


def sources_of(export: Export, options: CompileOptions) -> tuple[list[str], list[str]]:
    """The source files and the constraints files, relative to the repository."""
    sources = [paths.join(export.directory, source) for source in options.sources]
    return sources, [paths.join(export.directory, path) for path in options.constraints]


def groups_of(export: Export, options: CompileOptions) -> Iterator[tuple[str, str]]:
    """The dependency groups, each with the project file that holds it."""
    for group in options.groups:
        file, colon, name = group.rpartition(":")
        yield paths.join(export.directory, file if colon else "pyproject.toml"), name


def index_options(given: Namespace) -> Iterator[str]:
    """The option lines for where packages are found, as the command line gives them."""
    if given.index_url:
        yield f"--index-url {given.index_url}"
    yield from (f"--extra-index-url {url}" for url in given.extra_index_url)
    yield from (f"--find-links {place}" for place in given.find_links)
    yield from (f"--trusted-host {host}" for host in given.trusted_host)


def compile_command(export: Export, command: Sequence[str], upgraded: Sequence[str] = ()) -> str:
    """The command line that compiles the output anew, with newer versions of some packages."""
    upgrades = [word for name in upgraded for word in ("-P", name)]
    return command_in(export.directory, (*command, *upgrades, *export.arguments))
