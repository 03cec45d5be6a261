"""pipenv: Pipfile.lock and Pipfile, exported by `pipenv requirements`.

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
from locksync.tools.pipenv.options import (
    COMMAND,
    GLOBAL_OPTIONS,
    LOCK,
    MANIFEST,
    PYLOCK_COMMAND,
    VARIABLES,
    read_export,
    reads_no_lock,
)
from locksync.tools.protocol import About
from locksync.tools.shared.project import Project

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class Pipenv:
    """The tool pipenv, as `locksync.tools.protocol.Tool` describes it."""

    about = About(
        name="pipenv",
        program="pipenv",
        command=COMMAND,
        hook="pipenv-requirements",
        packages=("pipenv",),
        writes_header=False,
        is_inert=False,
        before_subcommand=GLOBAL_OPTIONS,
        variables=VARIABLES,
        other_command=PYLOCK_COMMAND,
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return [()] if LOCK in names else []

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        # Only files in the format of PEP 751 name pipenv as their creator.
        from locksync.tools.pipenv.header import from_header

        return from_header(path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        if join(directory, LOCK) not in tree.files():
            return iter(())
        from locksync.tools.pipenv.candidates import candidates

        return candidates(directory, traces, tree)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def locate(self, export: Export, tree: Tree) -> Export:
        return export

    def inputs(self, export: Export) -> tuple[str, ...]:
        manifest = join(export.directory, MANIFEST)
        if reads_no_lock(export.arguments):
            return (manifest,)
        return (join(export.directory, LOCK), manifest)

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.pipenv.answer import answer

        return answer(self._project(export, tree))

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.pipenv.run import invoke

        return invoke(self._project(export, tree), output)

    def make_lock(self, export: Export) -> Repair | None:
        if reads_no_lock(export.arguments):
            return None
        lock, manifest = self.inputs(export)
        pipfile = At("PIPENV_PIPFILE", Place(manifest), is_variable=True)
        return Repair(((pipfile, "pipenv", "lock"),), writes=(lock,))

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        return None  # Its lock file has one name only.

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        from locksync.tools.pipenv.keep import keep

        return keep(self._project(export, tree), difference)

    def _project(self, export: Export, tree: Tree) -> Project:
        lock, manifest = join(export.directory, LOCK), join(export.directory, MANIFEST)
        return Project(export, tree, lock, manifest, self.make_lock(export))


TOOL = Pipenv()
