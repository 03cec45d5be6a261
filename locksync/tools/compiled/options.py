"""The options that both compile commands have."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from locksync.command_line import join_words
from locksync.documents import Table
from locksync.findings import Repair
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools.compiled.option_table import names_in

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
OPTIONS_OF_OUTPUT = (
    "--index-url",
    "--extra-index-url",
    "--find-links",
    "--trusted-host",
    "--no-binary",
    "--only-binary",
)

VARIABLES = re.compile(r"""\A(?:[A-Z_]+=(?:'[^']*'|"[^"]*"|[^\s'"])*\s)*""")
"""What a shell takes for variables before a command."""


class CompileOptions(NamedTuple):
    """The options of one compile command."""

    sources: tuple[str, ...]
    output: str | None
    defaults: tuple[str, ...] = ()
    """The files of which the command takes the first that is there, where it names no source."""
    constraints: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    groups: tuple[str, ...] = ()
    hashes: bool = False
    strip_extras: bool = False
    no_sources: bool = False
    """Whether the tool passes over where a project's settings say that packages come from."""
    pylock: bool = False
    """Whether the output is a lock file of PEP 751."""
    universal: bool = False
    keeps_markers: bool = False
    """Whether pins have markers though the output is for one environment."""
    no_dependencies: bool = False
    """Whether only what the inputs themselves ask for is pinned."""
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
    overrides: tuple[str, ...] = ()
    """Files with requirements that stand for all others of the same packages."""
    excludes: tuple[str, ...] = ()
    """Files that name packages which nothing may ask for."""
    build_requires: bool = False
    """Whether it also takes what is needed to build the projects."""
    only_build_requires: bool = False
    settings: Mapping[str, Callable[[Table], object]] = {}
    """The names of the tool's settings files, each with what an output does not show of it."""
    unprovable: str | None = None
    """An option whose effect no proof covers."""
    unsupported: tuple[str, ...] = ()
    """Unknown words, and words that must not be taken from a file."""
    not_run: tuple[str, ...] = ()
    """Words that change no proof, but start programs that locksync must not start."""


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

    def is_named_by(self, export: Export) -> bool:
        """Whether the export's command is this one, rather than one that runs it in some way."""
        command = VARIABLES.sub("", export.command)
        return command.startswith(join_words((*self.command, *export.arguments)))

    def follow(self, export: Export, old: str, new: str) -> Repair:
        """The command that compiles the output from a source that has another name now."""
        before, after = (paths.relative(path, export.directory) for path in (old, new))
        words = tuple(after if word == before else word for word in export.arguments)
        if words == export.arguments:
            words = (*words, after)
        if not self.read(words).output:
            words = ("-o", paths.relative(export.output, export.directory), *words)
        return Repair(((*self.command, *words),), export.directory, writes=(export.output,))


def common_options(given: Namespace) -> CompileOptions:
    """The options that both commands have, as parsed."""
    return CompileOptions(
        sources=tuple(given.sources),
        output=given.output_file,
        constraints=tuple(given.constraint),
        extras=frozenset(names_in(given.extra)),
        all_extras=given.all_extras,
        hashes=given.generate_hashes,
        output_options=tuple(index_options(given)),
    )


def index_options(given: Namespace) -> Iterator[str]:
    """The option lines that say where to find packages."""
    if given.index_url:
        yield f"--index-url {given.index_url}"
    yield from (f"--extra-index-url {url}" for url in given.extra_index_url)
    yield from (f"--find-links {place}" for place in given.find_links)
    yield from (f"--trusted-host {host}" for host in given.trusted_host)


def default_output(options: CompileOptions) -> str:
    """The output of a command that names none. Raises ValueError where there can be none."""
    source = (options.sources or options.defaults)[:1]
    if not source:
        raise ValueError("it names no input file")
    return _compiled_from(source[0])


def _compiled_from(source: str) -> str:
    if paths.name(source) in PROJECT_FILES:
        return paths.join(paths.parent(source), "requirements.txt")
    return re.sub(r"\.[^./]*$", "", source) + ".txt"


def default_source(directory: str, options: CompileOptions, tree: Tree) -> str:
    """The file that the command takes in a directory, where it names no source."""
    defaults = [paths.join(directory, name) for name in options.defaults]
    there = (path for path in defaults if path in tree.files())
    gone = (path for path in defaults if tree.is_deleted(path))
    return next(there, None) or next(gone, defaults[0])


def sources_of(export: Export, options: CompileOptions) -> tuple[list[str], list[str]]:
    """The source files and the constraints files, relative to the repository."""
    named = options.sources or options.defaults[:1]
    sources = [paths.join(export.directory, source) for source in named]
    if export.lock and not options.sources:
        sources = [export.lock]
    return sources, [paths.join(export.directory, path) for path in options.constraints]


def groups_of(export: Export, options: CompileOptions) -> Iterator[tuple[str, str]]:
    """The dependency groups, each with its project file."""
    for group in options.groups:
        file, colon, name = group.rpartition(":")
        yield paths.join(export.directory, file if colon else "pyproject.toml"), name
