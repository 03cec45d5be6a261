"""poetry: poetry.lock and pyproject.toml, exported by `poetry export`.

Every run loads this module and its options. The modules beside them are loaded when they are
needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.findings import At, Place, Repair
from locksync.model import Answer, Difference, Export, Invocation
from locksync.repository.paths import join
from locksync.repository.protocol import Tree
from locksync.tools.poetry.options import (
    COMMAND,
    DEFAULT,
    GLOBAL_OPTIONS,
    LOCK,
    MANIFEST,
    project_directory,
    read_export,
)
from locksync.tools.protocol import About, OwnHook
from locksync.tools.shared.project import Project

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class Poetry:
    """The tool poetry, as `locksync.tools.protocol.Tool` describes it."""

    about = About(
        name="poetry",
        program="poetry",
        command=COMMAND,
        hook="poetry-export",
        packages=("poetry", "poetry-plugin-export"),
        writes_header=False,
        is_inert=False,
        before_subcommand=GLOBAL_OPTIONS,
        own_hooks=tuple(
            OwnHook(repository, "poetry-export", DEFAULT)
            for repository in ("poetry-plugin-export", "poetry")
        ),
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return [DEFAULT] if LOCK in names else []

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        # Only files in the format of PEP 751 name poetry as their creator.
        from locksync.tools.poetry.header import from_header

        return from_header(path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        if join(directory, LOCK) not in tree.files():
            return iter(())
        from locksync.tools.poetry.candidates import candidates

        return candidates(directory, traces, tree)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def locate(self, export: Export, tree: Tree) -> Export:
        return export

    def inputs(self, export: Export) -> tuple[str, ...]:
        directory = project_directory(export)
        return (join(directory, LOCK), join(directory, MANIFEST))

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.poetry.answer import answer

        return answer(self._project(export, tree))

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.poetry.run import invoke

        return invoke(self._project(export, tree), output)

    def make_lock(self, export: Export) -> Repair:
        directory, (lock, _) = project_directory(export), self.inputs(export)
        return Repair((("poetry", At("-C", Place(directory)), "lock"),), writes=(lock,))

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        return None  # Its lock file has one name only.

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        from locksync.tools.poetry.keep import keep

        return keep(self._project(export, tree), difference)

    def _project(self, export: Export, tree: Tree) -> Project:
        lock, manifest = self.inputs(export)
        return Project(export, tree, lock, manifest, self.make_lock(export))


TOOL = Poetry()
