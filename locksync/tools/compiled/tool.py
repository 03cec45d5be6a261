"""What a compile command answers the same way, whichever tool it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from locksync.model import Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.options import Compiler, groups_of, sources_of

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class CompileTool:
    """The part of `locksync.tools.protocol.Tool` that follows from the compiler alone."""

    compiler: Compiler

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        from locksync.tools.compiled.header import from_header

        return from_header(self.compiler, path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        from locksync.tools.compiled.candidates import candidates

        yield from candidates(self.compiler, directory, traces, tree)

    def inputs(self, export: Export) -> tuple[str, ...]:
        options = self.compiler.read(export.arguments)
        sources, constraints = sources_of(export, options)
        return (*sources, *(file for file, _ in groups_of(export, options)), *constraints)

    def make_lock(self, export: Export) -> str:
        return self.compiler.recompile(export)

    def move_lock(self, export: Export, names: Sequence[str]) -> str:
        return self.compiler.recompile(export, names)
