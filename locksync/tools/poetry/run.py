"""Running `poetry export`, where no code of the repository would run with it."""

from __future__ import annotations

from locksync.documents import blaming, parse_toml
from locksync.findings import Code
from locksync.model import Invocation
from locksync.repository.paths import by_directory, is_within, join, parent
from locksync.tools.poetry.options import COMMAND, PYLOCK, read_options
from locksync.tools.shared.project import Project
from locksync.tools.shared.refusals import not_regenerated

PLUGINS = ".poetry/plugins"
"""Where poetry keeps the plugins of a project. It runs their code at every command."""


def invoke(project: Project, output: str) -> Invocation:
    """How to run the command, as `locksync.tools.protocol.Tool.invoke` describes it."""
    _refuse(project)
    export = project.export
    place = project.tree.absolute(parent(export.output))
    is_pylock = read_options(export.arguments).format == PYLOCK
    return Invocation(
        arguments=(*COMMAND[1:], *export.arguments, "--no-interaction", "--output", output),
        output=output,
        environment={"POETRY_VIRTUALENVS_CREATE": "false"},
        # In pylock.toml, the paths of what is below the output are relative to it.
        restored=((f'"{place}/', '"'), (f'"{place}"', '"."')) if is_pylock else (),
    )


def _refuse(project: Project) -> None:
    """Raise FindingError where the repository could have poetry do something else."""
    plugins = join(project.directory, PLUGINS)
    for directory, names in by_directory(project.tree.files()).items():
        if is_within(directory, plugins):
            file = join(directory, min(names))
            reason = f"poetry would run the code in {file}"
            raise not_regenerated(project.export, reason, Code.HOSTILE, file)
    with blaming(project.lock_path):
        lock = parse_toml(project.read_lock(), project.lock_path)
        lock.refuse_control_characters("description")
