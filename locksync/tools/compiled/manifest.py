"""What the input files of a compilation ask for."""

from __future__ import annotations

from typing import NamedTuple

from locksync.requirements.parsing import Requirement, parse_requirement


class UnprovableError(Exception):
    """A file does not say enough for a proof; the message says what is missing."""


class Input(NamedTuple):
    """One requirement of an input file."""

    requirement: Requirement
    file: str
    line: int | None
    text: str


class Inputs(NamedTuple):
    """Everything that the input files of one compilation ask for."""

    requirements: tuple[Input, ...]
    constraints: tuple[Input, ...]
    options: tuple[str, ...]
    """Option lines that the output must have."""
    files: tuple[str, ...]
    constraint_files: tuple[str, ...]


class Wanted(NamedTuple):
    """The parts of a project file that the command asks for."""

    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    expands_itself: bool = False
    """Whether a project that asks for its own extras gets what they contain."""
    groups: tuple[tuple[str, str], ...] = ()
    """Project files, each with one of its dependency groups."""


def as_input(text: str, file: str, line: int | None = None) -> Input:
    """The requirement that a text of a file states."""
    return Input(parse_requirement(text), file, line, text)
