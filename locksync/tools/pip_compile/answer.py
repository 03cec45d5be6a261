"""From a pip-compile command to its Answer."""

from __future__ import annotations

from locksync.model import Answer, Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.answer import answer_by_proof
from locksync.tools.compiled.environments import environments
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.proof.facts import Expected
from locksync.tools.pip_compile.options import read_options


def answer(export: Export, tree: Tree) -> Answer:
    """What pip-compile would write now, see `locksync.tools.protocol.Tool.answer`."""
    options = read_options(export.arguments)

    def expect(compiled: CompiledFile) -> Expected:
        return Expected(
            output=export.output,
            environments=environments(tree.environment(), compiled.python, {}),
            hashes=options.hashes,
            strip_extras=options.strip_extras,
            corrects_hashes=True,
            unpinned=options.unpinned,
        )

    return answer_by_proof(export, tree, options, expect)
