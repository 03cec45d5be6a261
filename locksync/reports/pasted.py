"""Repairs as command lines that work where their reader stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from locksync.command_line import as_argument, join_words
from locksync.findings import At, Finding, Place, Repair
from locksync.repository import paths


class Here(NamedTuple):
    """Where the reader stands."""

    directory: str = ""
    """The directory, relative to the top of the repository."""
    top: str = ""
    """The absolute path of the repository, for a reader who stands outside."""


TOP = Here()


def command_line(repair: Repair, here: Here = TOP) -> str:
    """The commands, to be pasted where the reader stands. They do not lead elsewhere."""
    line = " && ".join(_step(step, here.directory) for step in repair.steps)
    if here.top:
        top = "/".join(filter(None, (here.top, repair.directory)))
        return f"(cd {shlex.quote(top)} && {line})"
    if repair.directory is not None and repair.directory != here.directory:
        return f"(cd {_quoted(paths.relative(repair.directory, here.directory))} && {line})"
    return line


def ways(finding: Finding, here: Here = TOP) -> Iterator[str]:
    """What to do about a finding: sentences, and commands to paste."""
    repair = finding.repair
    # What keeps things as they are comes first.
    is_last = bool(finding.keep or (repair and not repair.drops))
    if finding.advice and not is_last:
        yield finding.advice
    if finding.keep:
        yield f"keep it:  {command_line(finding.keep, here)}"
    if repair:
        yield f"{'drop it' if repair.drops else 'run'}:  {command_line(repair, here)}"
    if finding.advice and is_last:
        yield finding.advice


def stage(files: Iterable[str], *, force: bool = False) -> Repair:
    """The one command that has git take all of some files."""
    options = ("--force",) if force else ()
    return Repair((("git", "add", *options, *map(Place, files)),))


def _step(words: Iterable[str | At], here: str) -> str:
    told = (_told(word, here) for word in words)
    return " ".join(filter(None, told))


def _told(word: str | At, here: str) -> str:
    if isinstance(word, Place):
        return _quoted(paths.relative(word, here))
    if isinstance(word, At):
        directory = paths.parent(word.place) if word.is_variable else word.place
        if directory == here:
            return ""
        between = "=" if word.is_variable else " "
        return f"{word.option}{between}{_quoted(paths.relative(word.place, here))}"
    return join_words([word])


def _quoted(path: str) -> str:
    return shlex.quote(as_argument(path))
