"""The tools whose exports locksync knows. Each package here holds all there is to know of one."""

from __future__ import annotations

from locksync.command_line import Command
from locksync.model import Export
from locksync.repository.paths import is_git_directory
from locksync.tools import pdm, pip_compile, pipenv, poetry, uv_export, uv_pip_compile
from locksync.tools.protocol import Tool

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

    Raises ValueError, saying what is wrong with it: no tool of ours, options that do not fit,
    an output outside the repository or in place of an input.
    """
    for tool in TOOLS.values():
        if command.words[: len(tool.about.command)] == tool.about.command:
            arguments = command.words[len(tool.about.command) :]
            export = tool.read(arguments, directory, command.stdout)
            if export.output in tool.inputs(export) or is_git_directory(export.output):
                raise ValueError(f"{export.output} is no place for an output file")
            return export
    known = ", ".join(" ".join(tool.about.command) for tool in TOOLS.values())
    raise ValueError(f"no export command that is known ({known})")
