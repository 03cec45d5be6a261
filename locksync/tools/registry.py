"""The tools whose exports locksync knows. Each package here holds all there is to know of one."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.command_line import Command
from locksync.model import Export
from locksync.repository import paths
from locksync.tools import pdm, pip_compile, pipenv, poetry, uv_export, uv_pip_compile
from locksync.tools.protocol import About, Tool

Words = tuple[str, ...]
ALL: tuple[Tool, ...] = (
    poetry.TOOL,
    pipenv.TOOL,
    pip_compile.TOOL,
    uv_pip_compile.TOOL,
    uv_export.TOOL,
    pdm.TOOL,
)
TOOLS: dict[str, Tool] = {tool.about.name: tool for tool in ALL}


def read_export(command: Command, directory: str) -> Export:
    """The export that a command line stands for, run in a directory of the repository.

    What only runs the command is left out: `poetry run`, `python -m` and the like. Raises
    ValueError, saying what is wrong with it: no tool of ours, options that do not fit, an output
    outside the repository or in place of an input.
    """
    words, inner, variables = _without_runners(command.words)
    here = paths.join(directory, command.directory)
    place = paths.join(here, inner)
    for tool in TOOLS.values():
        if given := _arguments(words, tool.about):
            _refuse_variables(variables, tool.about)
            arguments, further = given
            there = paths.join(place, further)
            stdout = command.stdout
            if stdout and there != here:
                stdout = paths.relative(paths.join(here, stdout), there)
            export = tool.read(arguments, there, stdout)
            if export.output in tool.inputs(export) or paths.is_git_directory(export.output):
                raise ValueError(f"{export.output} is no place for an output file")
            return export
    known = ", ".join(" ".join(tool.about.command) for tool in TOOLS.values())
    raise ValueError(f"no export command that is known ({known})")


def _without_runners(words: Words) -> tuple[Words, str, Words]:
    """A command without what runs it, the directory that it runs in, the variables it is given."""
    if any(words[: len(tool.about.command)] == tool.about.command for tool in ALL):
        return words, "", ()
    from locksync.tools.runners import without_runners

    return without_runners(words)


def _arguments(words: Words, about: About) -> tuple[Words, str] | None:
    """The arguments of a tool's command, those that stand before its subcommand among them.

    With the directory that they have it run in.

    None for another command. Raises ValueError for an option there that is not known.
    """
    if about.module and words[: len(about.module)] == about.module:
        return words[len(about.module) :], ""
    if words[:1] != about.command[:1]:
        return None
    known = about.before_subcommand
    if words[: len(about.command)] == about.command:
        return _without(known.directories, words[len(about.command) :])
    from locksync.tools.runners import take_options

    moved: list[str] = []
    unknown: list[str] = []
    directory, left = "", words[1:]
    for subcommand in about.command[1:]:
        taken = take_options(left, (*known.values, *known.mute_values), known.directories)
        if taken.rest[:1] != (subcommand,):
            return None
        given = [*((flag,) for flag in taken.flags), *taken.values]
        moved += [word for option in given if option[0] in known.takes_too for word in option]
        unknown += [option[0] for option in given if option[0] not in known.all]
        directory, left = taken.directory or directory, taken.rest[1:]
    if unknown:
        command = " ".join(about.command)
        raise ValueError(f"the effect of {unknown[0]} before {command.split()[-1]} is not known")
    kept, later = _without(known.directories, left)
    return (*moved, *kept), paths.join(directory, later)


def _without(options: Words, words: Words) -> tuple[Words, str]:
    """The words without those options and their values, and the last of the values."""
    kept: list[str] = []
    found = ""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in options:
            found = value if equals else next(rest, "")
        else:
            kept.append(word)
    return tuple(kept), found


def _refuse_variables(names: Iterable[str], about: About) -> None:
    for name in names:
        if name in about.variables:
            raise ValueError(f"{name} changes what it reads: use options, or `cd DIRECTORY &&`")
