"""What a compile command answers the same way, whichever tool it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from locksync.findings import Repair
from locksync.model import Difference, Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.options import Compiler, default_source, groups_of, sources_of
from locksync.tools.protocol import About

if TYPE_CHECKING:
    from locksync.requirements.traces import Traces


class CompileTool:
    """The part of `locksync.tools.protocol.Tool` that follows from the compiler alone."""

    about: About
    compiler: Compiler

    def from_header(self, path: str, head: bytes, tree: Tree) -> Export | None:
        from locksync.tools.compiled.header import from_header

        return from_header(self.compiler, self.about, path, head, tree)

    def candidates(self, directory: str, traces: Traces, tree: Tree) -> Iterator[Export]:
        from locksync.tools.compiled.candidates import candidates

        yield from candidates(self.compiler, directory, traces, tree)

    def locate(self, export: Export, tree: Tree) -> Export:
        options = self.compiler.read(export.arguments)
        if options.sources or not options.defaults:
            return export
        return export._replace(lock=default_source(export.directory, options, tree))

    def inputs(self, export: Export) -> tuple[str, ...]:
        options = self.compiler.read(export.arguments)
        sources, constraints = sources_of(export, options)
        return (*sources, *(file for file, _ in groups_of(export, options)), *constraints)

    def make_lock(self, export: Export) -> Repair | None:
        return None  # The output is its own lock file. People write the inputs.

    def follow(self, export: Export, old: str, new: str) -> Repair | None:
        return self.compiler.follow(export, old, new)

    def keep(self, export: Export, difference: Difference, tree: Tree) -> Repair | None:
        return None
