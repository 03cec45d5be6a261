"""`uv export`: uv.lock, exported by uv itself, which takes some hundredths of a second."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.findings import At, Place, Repair
from locksync.model import Answer, Difference, Export, Invocation
from locksync.repository.paths import join, parent
from locksync.repository.protocol import Tree
from locksync.tools.protocol import About, LockCheck, OwnHook
from locksync.tools.shared.uv import GLOBAL_OPTIONS, VARIABLES
from locksync.tools.uv_export.options import COMMAND, LOCK, NAME, manifests_of, read_export

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


def _lock_check() -> LockCheck:
    from locksync.tools.uv_export.lock_check import LOCK_CHECK

    return LOCK_CHECK


class UvExport:
    """The command `uv export`, as `locksync.tools.protocol.Tool` describes a tool.

    locksync never renders it: wherever there is a uv.lock there is uv, and uv is fast. Started with
    UV_FROZEN, uv only reads the lock file and the manifests. It resolves nothing, builds nothing
    and looks for no Python.
    """

    about = About(
        name=NAME,
        program="uv",
        command=COMMAND,
        hook="uv-export",
        packages=("uv",),
        writes_header=True,
        is_inert=True,
        before_subcommand=GLOBAL_OPTIONS._replace(
            values=(*GLOBAL_OPTIONS.values, "--directory"),
        ),
        variables=VARIABLES,
        headless="--no-header",
        lock_check=_lock_check,
        own_hooks=(
            OwnHook("uv-pre-commit", "uv-export", ("--frozen", "--output-file=requirements.txt")),
        ),
    )

    def discover(
        self, directory: str, names: Collection[str], tree: Tree
    ) -> Sequence[tuple[str, ...]]:
        return []  # Few projects with a uv.lock want a requirements file too.

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        from locksync.tools.uv_export.header import from_header

        return from_header(self.about, path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        if join(directory, LOCK) not in tree.files():
            return iter(())
        from locksync.tools.uv_export.candidates import candidates

        return candidates(directory, traces, tree)

    def read(self, arguments: Sequence[str], directory: str, stdout: str | None) -> Export:
        return read_export(arguments, directory, stdout)

    def locate(self, export: Export, tree: Tree) -> Export:
        from locksync.tools.uv_export.location import lock_of

        return export._replace(lock=lock_of(parent(export.lock), tree))

    def inputs(self, export: Export) -> tuple[str, ...]:
        return (export.lock, *manifests_of(export))

    def answer(self, export: Export, tree: Tree) -> Answer:
        from locksync.tools.uv_export.answer import answer

        return answer(export, tree, self.make_lock(export))

    def invoke(self, export: Export, tree: Tree, output: str) -> Invocation:
        from locksync.tools.uv_export.run import invoke

        return invoke(self.about, export, tree, output)

    def make_lock(self, export: Export) -> Repair:
        place = At("--directory", Place(parent(export.lock)))
        return Repair((("uv", "lock", place),), writes=(export.lock,))

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        return None  # Its lock file has one name only.

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        from locksync.tools.uv_export.keep import keep

        return keep(export, difference, tree)


TOOL = UvExport()
