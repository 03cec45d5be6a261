"""PDM: pdm.lock and pyproject.toml, exported by `pdm export`.

Every run loads this module and its options. The modules beside them are loaded when they are
needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.findings import Repair
from locksync.model import Answer, Difference, Export, Invocation
from locksync.repository.paths import join
from locksync.repository.protocol import Tree
from locksync.tools.pdm.options import (
    COMMAND,
    GLOBAL_OPTIONS,
    LOCK,
    command,
    input_files,
    read_export,
)
from locksync.tools.protocol import About, OwnHook
from locksync.tools.shared.project import Project

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class Pdm:
    """The tool PDM, as `locksync.tools.protocol.Tool` describes it."""

    about = About(
        name="pdm",
        program="pdm",
        command=COMMAND,
        hook="pdm-export",
        packages=("pdm",),
        writes_header=True,
        is_inert=False,
        before_subcommand=GLOBAL_OPTIONS,
        variables=("PDM_PROJECT", "PDM_LOCKFILE", "PDM_CONFIG_FILE"),
        own_hooks=(OwnHook("pdm", "pdm-export"),),
        starts=False,  # Many lock files of PDM are never exported.
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return [()] if LOCK in names else []

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        from locksync.tools.pdm.header import from_header

        return from_header(path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        if join(directory, LOCK) not in tree.files():
            return iter(())
        from locksync.tools.pdm.candidates import candidates

        return candidates(directory, traces, tree)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def locate(self, export: Export, tree: Tree) -> Export:
        return export

    def inputs(self, export: Export) -> tuple[str, ...]:
        return input_files(export)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.pdm.answer import answer

        return answer(self._project(export, tree))

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.pdm.run import invoke

        return invoke(self._project(export, tree), output)

    def make_lock(self, export: Export) -> Repair:
        # Without the option, PDM would bring every package to its newest version.
        return command(export, "lock", "--update-reuse")

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        return None  # Its lock file has one name only.

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        from locksync.tools.pdm.keep import keep

        return keep(self._project(export, tree), difference)

    def _project(self, export: Export, tree: Tree) -> Project:
        lock, manifest = self.inputs(export)
        return Project(export, tree, lock, manifest, self.make_lock(export))


TOOL = Pdm()
