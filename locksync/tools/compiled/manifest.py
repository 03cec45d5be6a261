"""What the input files of a compilation ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from locksync.documents import Table
from locksync.requirements.option_words import Option
from locksync.requirements.parsing import Requirement, parse_requirement

MOST_LOOKED_AT = 2**22
"""How many lines are looked at for the places of requirements."""
Look = Callable[[str], bytes | None]
"""Reads a file that may be there, and remembers that it decides."""


class Files(Protocol):
    """A repository, as far as inputs are read from it; see `locksync.repository.protocol.Tree`."""

    @property
    def root(self) -> str:
        """The absolute path of the repository."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None if it does not exist."""

    def exists(self, path: str) -> bool:
        """Whether the file exists."""


class UnprovableError(Exception):
    """A file does not say enough for a proof; the message says what is missing."""

    files: tuple[str, ...] = ()
    """All files that were read before."""


class Input(NamedTuple):
    """One requirement of an input file."""

    requirement: Requirement
    file: str
    """Where it is written."""
    line: int | None
    text: str
    source: str = ""
    """The input file that annotations name for it, where it is written in another one."""
    package: str = ""
    """The local project that asks for it, by name; "" if an input file does."""
    is_of_extra: bool = False
    """Whether an extra of a project that is read statically asks for it."""

    @property
    def named(self) -> str:
        """The input file that annotations name for it."""
        return self.source or self.file


class Inputs(NamedTuple):
    """Everything that the input files of one compilation ask for."""

    requirements: tuple[Input, ...]
    constraints: tuple[Input, ...]
    options: tuple[Option, ...]
    """The options of the files that say where packages are found."""
    files: tuple[str, ...]
    constraint_files: tuple[str, ...]
    overrides: tuple[Input, ...] = ()
    """What stands for all requirements of the same packages."""
    override_files: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    """Packages that nothing may ask for."""
    other_files: tuple[str, ...] = ()
    """Further files that decide: those of projects, settings and the files that they name."""
    places: Mapping[str, str] = {}
    """The local projects: their names, by the place that requirements and pins state."""
    opaque: Mapping[str, str] = {}
    """Files of local projects that do not list their requirements, each with the reason."""

    @property
    def all_files(self) -> tuple[str, ...]:
        """All files that decide, each once."""
        files = (self.files, self.constraint_files, self.override_files, self.other_files)
        return tuple(dict.fromkeys(file for some in files for file in some))


class Wanted(NamedTuple):
    """What a command asks of its input files."""

    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    expands_itself: bool = False
    """Whether a project that asks for its own extras gets what they contain."""
    builds_poetry: bool = False
    """Whether poetry-core tells the requirements where `[project]` does not list any."""
    groups: tuple[tuple[str, str], ...] = ()
    """Project files, each with one of its dependency groups."""
    build_requires: bool = False
    """Whether it also takes what is needed to build the projects."""
    only_build_requires: bool = False
    reads_as_pip: bool = False
    """Whether pip itself reads the files."""
    directory: str = ""
    """Where the command runs: paths in requirements are relative to it."""
    overrides: tuple[str, ...] = ()
    """Files that override requirements."""
    excludes: tuple[str, ...] = ()
    """Files that name packages which nothing may ask for."""
    settled: Settled | None = None
    """What the tool's settings add."""
    lower: Callable[[Input, Table], Iterable[Input]] | None = None
    """What becomes of a requirement of a project file, which is given too, by its settings."""


class Settled(NamedTuple):
    """What the tool's settings add to the inputs."""

    constraints: tuple[Input, ...] = ()
    overrides: tuple[Input, ...] = ()
    excluded: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()


class Metadata(NamedTuple):
    """The requirements of a project."""

    name: str
    """Normalised; "" if no file tells it."""
    requirements: tuple[Input, ...]
    extras: Mapping[str, tuple[Input, ...]]


def as_input(text: str, file: str, line: int | None = None) -> Input:
    """The requirement that a text of a file states."""
    return Input(parse_requirement(text), file, line, text)


def as_inputs(texts: Iterable[str], file: str, lines: Iterable[str] = ()) -> Iterator[Input]:
    """The requirements that texts of a file state, each with the first of its lines that has it.

    Of a very long file, nobody is told the lines.
    """
    texts, places = list(texts), list(lines)
    if len(texts) * len(places) > MOST_LOOKED_AT:
        places = []
    for text in texts:
        line = next((number for number, found in enumerate(places, 1) if text in found), None)
        yield as_input(text, file, line)
