"""poetry: poetry.lock and pyproject.toml, exported by `poetry export`.

This module is what every run loads; the modules beside it are loaded to look into a project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.command_line import as_argument, command_in
from locksync.documents import blaming, parse_toml
from locksync.findings import Code, Finding, FindingError
from locksync.model import Answer, Export, Invocation
from locksync.repository.paths import is_within, join, name, parent, relative
from locksync.repository.protocol import Tree
from locksync.tools.poetry.options import (
    COMMAND,
    PYLOCK,
    project_directory,
    read_export,
    read_options,
)
from locksync.tools.protocol import About

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces

LOCK = "poetry.lock"
MANIFEST = "pyproject.toml"
PLUGINS = ".poetry/plugins"
"""Where poetry keeps the plugins of a project, whose code it runs at every command."""


class Poetry:
    """The tool poetry, as `locksync.tools.protocol.Tool` describes one."""

    about = About(
        name="poetry",
        program="poetry",
        command=COMMAND,
        hook="poetry-export",
        packages=("poetry", "poetry-plugin-export"),
        writes_header=False,
        is_inert=False,
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return [("-f", "requirements.txt", "-o", "requirements.txt")] if LOCK in names else []

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        # Of its outputs, only those of PEP 751 say that they are. Others than the default one may
        # be of any groups.
        directory = parent(path)
        if name(path) != PYLOCK or join(directory, LOCK) not in tree.files() | tree.deleted():
            return None
        return self.read(("-f", PYLOCK, "-o", PYLOCK), directory, None)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        lock, manifest = join(directory, LOCK), join(directory, MANIFEST)
        if lock not in tree.files():
            return
        from locksync.tools.poetry.candidates import candidate_arguments

        locked = parse_toml(tree.read(lock) or b"", lock)
        document = parse_toml(tree.read(manifest) or b"", manifest)
        output = as_argument(relative(traces.path, directory))
        with blaming(lock):
            for words in candidate_arguments(locked, document, traces, tree.absolute(directory)):
                yield read_export((*words, "-o", output), directory, None)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def inputs(self, export: Export) -> tuple[str, ...]:
        directory = project_directory(export)
        return (join(directory, LOCK), join(directory, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.poetry.answer import Project

        lock, manifest = self.inputs(export)
        return Project(export, tree, lock, manifest, self.make_lock(export)).answer()

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        plugins = join(project_directory(export), PLUGINS)
        for file in tree.files():
            if is_within(file, plugins):
                message = f"{export.output} is not regenerated: poetry would run the code in {file}"
                raise FindingError(Finding(Code.HOSTILE, message, file))
        lock = self.inputs(export)[0]
        with blaming(lock):
            parse_toml(tree.read(lock) or b"", lock).refuse_control_characters("description")
        place = tree.absolute(parent(export.output))
        is_pylock = read_options(export.arguments).format == PYLOCK
        return Invocation(
            arguments=(*COMMAND[1:], *export.arguments, "--no-interaction", "--output", output),
            output=output,
            environment={"POETRY_VIRTUALENVS_CREATE": "false"},
            # There, paths are relative to the output, where they are below it.
            restored=((f'"{place}/', '"'), (f'"{place}"', '"."')) if is_pylock else (),
        )

    def make_lock(self, export: Export) -> str:
        return command_in(project_directory(export), ("poetry", "lock"))

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return command_in(project_directory(export), ("poetry", "update", *names))


TOOL = Poetry()
