"""The options that both compile commands have."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line import command_in
from locksync.model import Export
from locksync.repository import paths
from locksync.tools.shared.arguments import OptionParser

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
    """The options of one compile command."""

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
    """Option lines that the output must have."""
    hidden_options: frozenset[str] = frozenset()
    """Names of options that the output never has."""
    expands_itself: bool = False
    """Whether a project that asks for its own extras gets what they contain."""
    moves_references: bool = False
    """Whether the tool pins revisions of URLs to commits, which hides them from the output."""
    settings: Mapping[str, str] = {}
    """The tool's settings files, each with its table within `[tool]`; "" for the whole file."""
    unprovable: str | None = None
    """An option whose effect no proof covers."""
    unsupported: tuple[str, ...] = ()
    """Unknown words, and words that must not be taken from a file."""


class Compiler(NamedTuple):
    """A compile command: its words, and how its options are read and written."""

    tool: str
    command: tuple[str, ...]
    read: Callable[[Sequence[str]], CompileOptions]
    """The options that arguments give. Raises ValueError."""
    flags: Callable[[CompileOptions], Mapping[str, object]]
    """The flags that matter to a proof, each with whether the options call for it."""

    def write(self, options: CompileOptions) -> tuple[str, ...]:
        """The arguments for those options that matter to a proof."""
        return tuple(flag for flag, is_given in self.flags(options).items() if is_given)

    def recompile(self, export: Export, upgraded: Sequence[str] = ()) -> str:
        """The command line that compiles the output again and upgrades the named packages."""
        upgrades = [word for name in upgraded for word in ("-P", name)]
        return command_in(export.directory, (*self.command, *upgrades, *export.arguments))


def common_parser(idle_flags: Iterable[str], idle_options: Iterable[str]) -> OptionParser:
    """A parser for the options that both commands have, and for those without effect."""
    parser = OptionParser()
    parser.add_argument("sources", nargs="*")
    parser.add_argument("-o", "--output-file")
    parser.add_argument("--all-extras", action="store_true")
    parser.add_argument("--generate-hashes", action="store_true")
    add_lists(parser, ("--extra",), ("-f", "--find-links"), ("--trusted-host",))
    for flag in idle_flags:
        parser.ignore(flag)
    for flag in idle_options:
        parser.add_argument(flag, dest="ignored_value")
    return parser


def add_lists(parser: OptionParser, *options: tuple[str, ...]) -> None:
    """Add options that may be repeated, each with all its spellings."""
    for spellings in options:
        parser.add_argument(*spellings, action="append", default=[])


def common_options(given: Namespace) -> CompileOptions:
    """The options that both commands have, as parsed."""
    return CompileOptions(
        sources=tuple(given.sources),
        output=given.output_file,
        constraints=tuple(given.constraint),
        extras=frozenset(given.extra),
        all_extras=given.all_extras,
        hashes=given.generate_hashes,
        output_options=tuple(_index_options(given)),
    )


def _index_options(given: Namespace) -> Iterator[str]:
    """The option lines that say where to find packages."""
    if given.index_url:
        yield f"--index-url {given.index_url}"
    yield from (f"--extra-index-url {url}" for url in given.extra_index_url)
    yield from (f"--find-links {place}" for place in given.find_links)
    yield from (f"--trusted-host {host}" for host in given.trusted_host)


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
    """The dependency groups, each with its project file."""
    for group in options.groups:
        file, colon, name = group.rpartition(":")
        yield paths.join(export.directory, file if colon else "pyproject.toml"), name
