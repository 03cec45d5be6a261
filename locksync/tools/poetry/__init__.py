"""poetry: poetry.lock and pyproject.toml, exported by `poetry export`.

This module is what every run loads; the modules beside it are loaded to look into a project.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from locksync.command import command_in
from locksync.export import Answer, Export
from locksync.paths import join
from locksync.tools.poetry.options import COMMAND, project_directory, read_export
from locksync.tree import Tree

LOCK = "poetry.lock"
MANIFEST = "pyproject.toml"


class Poetry:
    """The tool poetry, as `locksync.tools.Tool` describes one."""

    name = "poetry"
    command = COMMAND
    hook = "poetry-export"

    def discover(self, names: Collection[str]) -> Sequence[tuple[str, ...]]:
        return [("-f", "requirements.txt", "-o", "requirements.txt")] if LOCK in names else []

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def inputs(self, export: Export) -> tuple[str, ...]:
        directory = project_directory(export)
        return (join(directory, LOCK), join(directory, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.poetry.answering import Project

        lock, manifest = self.inputs(export)
        return Project(export, tree, lock, manifest, self.make_lock(export)).answer()

    def make_lock(self, export: Export) -> str:
        return command_in(project_directory(export), ("poetry", "lock"))

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return command_in(project_directory(export), ("poetry", "update", *names))


TOOL = Poetry()
