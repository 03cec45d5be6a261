"""The commands of a snippet for a shell, each in the directory that the text before leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from locksync.command_line import Command
from locksync.command_line.shell import UNKNOWN, Expand, ShellCommand, read_script
from locksync.tools.registry import TOOLS
from locksync.tools.runners import program_name

if TYPE_CHECKING:
    from locksync.discovery.snippets import Snippet

OWN_DIRECTORY = "\1own"
"""Stands in a directory for that of the script itself."""
TOP_DIRECTORY = "\1top"
"""Stands in a directory for the top of the repository."""
FINDS_OWN = re.compile(r"dirname .*(?:\$0|BASH_SOURCE|\$\{0\})|0%/\*|BASH_SOURCE.*%/\*")
FINDS_TOP = re.compile(r"git rev-parse --show-toplevel|GITHUB_WORKSPACE|CI_PROJECT_DIR")
SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash"))
SCRIPT_OPTION = re.compile(r"-\w*c")
GOES = re.compile(r"(?:^|[\s;&(])(?:cd|pushd|popd)\b")
SETTERS = frozenset(("export", "local", "readonly", "declare", "set"))
ASSIGNMENT = re.compile(rf"\s*(?:(?:{'|'.join(sorted(SETTERS))})\s+)?[A-Za-z_]\w*=")
LONGEST_NAME = 200
LONGEST_LINE = 5000
WITH_DEFAULT = re.compile(r"(?P<name>\w+):?[-=](?P<default>.*)", re.DOTALL)


class FoundCommand(NamedTuple):
    """A command of a file, and the line on which it stands."""

    part: ShellCommand
    line: int
    is_whole: bool = False
    """Whether it starts with its first word, and is no argument of another program."""


@cache
def programs() -> frozenset[str]:
    """The words with which the commands of the tools start."""
    modules = (tool.about.module[0] for tool in TOOLS.values() if tool.about.module)
    return frozenset((*(tool.about.program for tool in TOOLS.values()), *modules))


@cache
def subcommands() -> re.Pattern[str]:
    """The last words of the commands of the tools, as words of their own."""
    commands = [tool.about.command for tool in TOOLS.values()]
    commands += [tool.about.module for tool in TOOLS.values() if tool.about.module]
    last = sorted({re.escape(words[-1]) for words in commands})
    return re.compile(rf"(?<![\w.])(?:{'|'.join(last)})(?![\w.])")


def commands_of(snippet: Snippet, is_prose: bool) -> Iterator[FoundCommand]:
    """The commands of a snippet, in order."""
    here = snippet.directory or ""
    if "$" in here or "{{" in here:
        here = UNKNOWN
    variables = _Variables(dict(snippet.variables))
    if snippet.words:
        start = snippet.lines[0][0]
        yield FoundCommand(ShellCommand(Command(snippet.words, None, here)), start, is_whole=True)
        yield from commands_of_shell(snippet.words, start, here)
        return
    for number, whole_line in snippet.lines:
        line = whole_line[:LONGEST_LINE]
        if ASSIGNMENT.match(line):
            variables.assign(line)
        if subcommands().search(line) or GOES.search(line):
            parts, here = _read_line(line, variables.expand, here)
            for part in parts:
                yield FoundCommand(part, number, is_prose)
                yield from commands_of_shell(part.command.words, number, part.command.directory)


def commands_of_shell(
    words: tuple[str, ...], line: int, directory: str = ""
) -> Iterator[FoundCommand]:
    """The commands of a script that is an argument of a shell."""
    if any(program_name(word) in SHELLS for word in words[:-2]):
        for at, option in enumerate(words[1:-1], 1):
            if SCRIPT_OPTION.fullmatch(option):
                parts, _ = _read_line(words[at + 1], lambda name: None, directory)
                yield from (FoundCommand(part, line) for part in parts)


def _read_line(line: str, expand: Expand, directory: str) -> tuple[list[ShellCommand], str]:
    """The commands of a line, and the directory that it leads to."""
    for text in (line, _from_program(line)):
        try:
            *parts, last = read_script(f"{text}\n:", expand, directory)
        except ValueError:
            continue
        return parts, last.command.directory
    return [], directory


def _from_program(line: str) -> str:
    """The part of a line that is the command, where quotes open or close on other lines."""
    word = subcommands().search(line)
    starts = [line.rfind(program, 0, word.end()) for program in programs()] if word else []
    return line[max((0, *starts)) :].rstrip("\"' ")


class _Variables:
    """What a script has set, as far as it can be told."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def assign(self, line: str) -> None:
        """Note what a line sets, as `NAME=value` alone or after words such as `export`."""
        try:
            parts = read_script(line, self.expand)
        except ValueError:
            return
        for part in parts:
            words = [word for word in part.command.words if word not in SETTERS]
            pairs = [word.partition("=") for word in words]
            if all(equals and name.isidentifier() for name, equals, _ in pairs):
                self._values.update((name, value) for name, _, value in pairs)

    def expand(self, name: str) -> str | None:
        if len(name) > LONGEST_NAME:
            return None
        if FINDS_OWN.search(name):
            return OWN_DIRECTORY
        if FINDS_TOP.search(name):
            return TOP_DIRECTORY
        if name in ("@", "*"):
            return ""  # The arguments of the script: none, as a rule.
        known = self._values.get(name.strip("{ ").removeprefix("env."))
        if known is None and (default := WITH_DEFAULT.fullmatch(name)):
            return self._values.get(default["name"]) or default["default"]
        return known
