"""From a `uv pip compile` command to its Answer."""

from __future__ import annotations

from locksync.model import Answer, Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.answer import answer_by_proof
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.proof.facts import Expected
from locksync.tools.uv_pip_compile.options import read_options
from locksync.tools.uv_pip_compile.platforms import environments_of


def answer(export: Export, tree: Tree) -> Answer:
    """What uv would write now, see `locksync.tools.protocol.Tool.answer`."""
    options = read_options(export.arguments)

    def expect(compiled: CompiledFile) -> Expected:
        return Expected(
            output=export.output,
            environments=list(environments_of(options, tree.environment())),
            hashes=options.hashes,
            strip_extras=options.strip_extras,
            universal=options.universal,
            keeps_markers=False,
            annotates_bare_constraints=False,
            unpinned=options.unpinned,
        )

    return answer_by_proof(export, tree, options, expect)
