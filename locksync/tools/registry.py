"""The tools whose exports locksync knows. Each package here holds all there is to know of one."""

from __future__ import annotations

from collections.abc import Iterable

from locksync.command_line import Command, join_words
from locksync.model import Export
from locksync.repository import paths
from locksync.repository.protocol import Tree
from locksync.tools import pdm, pip_compile, pipenv, poetry, uv_export, uv_pip_compile
from locksync.tools.protocol import About, Tool
from locksync.tools.shared.subcommands import Words, arguments_of

ALL: tuple[Tool, ...] = (
    poetry.TOOL,
    pipenv.TOOL,
    pip_compile.TOOL,
    uv_pip_compile.TOOL,
    uv_export.TOOL,
    pdm.TOOL,
)
LIBRARIES = ("packaging", "poetry-core", "dep-logic", "pip-tools", "tomli")
"""Whose versions decide what is called fresh."""
Variables = tuple[tuple[str, str], ...]
TOOLS: dict[str, Tool] = {tool.about.name: tool for tool in ALL}


def read_export(command: Command, directory: str, tree: Tree | None = None) -> Export:
    """The export that a command line stands for, run in a directory of the repository.

    What only runs the command is left out: `poetry run`, `python -m` and the like. `tree` tells
    what a command that names no input file reads. Raises
    ValueError, saying what is wrong with it: no tool of ours, options that do not fit, an output
    outside the repository or in place of an input.
    """
    words, inner, variables = _without_runners(command.words)
    here = paths.join(directory, command.directory)
    place = paths.join(here, inner)
    for tool in TOOLS.values():
        if given := arguments_of(words, tool.about):
            _refuse_variables(dict(variables), tool.about)
            arguments, further = given
            there = paths.join(place, further)
            stdout = command.stdout
            if stdout and there != here:
                stdout = paths.relative(paths.join(here, stdout), there)
            export = tool.read(arguments, there, stdout)
            export = tool.locate(export, tree) if tree else export
            export = _with_header(export, dict(variables).get(tool.about.header_variable), tool)
            if export.output in tool.inputs(export) or paths.is_git_directory(export.output):
                raise ValueError(f"{export.output} is no place for an output file")
            return export
    known = ", ".join(" ".join(tool.about.command) for tool in TOOLS.values())
    raise ValueError(f"no export command that is known ({known})")


def _with_header(export: Export, header: str | None, tool: Tool) -> Export:
    """The export whose command has the variable before it that says what the header names."""
    if header is None or not header.strip():
        return export
    variable = f"{tool.about.header_variable}={join_words([header])}"
    return export._replace(command=f"{variable} {export.command}")


def _without_runners(words: Words) -> tuple[Words, str, Variables]:
    """A command without what runs it, the directory that it runs in, the variables it is given."""
    if any(words[: len(tool.about.command)] == tool.about.command for tool in ALL):
        return words, "", ()
    from locksync.tools.runners import without_runners

    return without_runners(words)


def _refuse_variables(names: Iterable[str], about: About) -> None:
    for name in names:
        if name in about.variables:
            raise ValueError(f"{name} changes what it reads: use options, or `cd DIRECTORY &&`")
