"""From a pip-compile command to its Answer."""

from __future__ import annotations

from locksync.model import Answer, Export
from locksync.repository.protocol import Tree
from locksync.tools.compiled.answer import answer_by_proof
from locksync.tools.compiled.environments import Place, Places, environments
from locksync.tools.compiled.lock import CompiledFile
from locksync.tools.compiled.manifest import Settled, Wanted
from locksync.tools.compiled.proof.facts import Expected
from locksync.tools.pip_compile.options import COMPILER, read_options
from locksync.tools.pip_compile.settings import read_settings, still_given


def answer(export: Export, tree: Tree) -> Answer:
    """What pip-compile would write now, see `locksync.tools.protocol.Tool.answer`."""
    given = still_given(export, tree)
    words, files = read_settings(export._replace(arguments=tuple(given)), tree)
    options = read_options((*words, *given))

    def expect(compiled: CompiledFile) -> Expected:
        return Expected(
            output=export.output,
            places=_places(tree, compiled.python),
            hashes=options.hashes,
            strip_extras=options.strip_extras,
            is_told=COMPILER.is_named_by(export),
        )

    wanted = Wanted(reads_as_pip=True, settled=Settled(files=files))
    return answer_by_proof(export, tree, options, expect, wanted)


def _places(tree: Tree, python: str | None) -> Places:
    """Where pip-compile may have run. From version 7.5 on, it drops markers in extras."""
    here = [Place(one) for one in environments(tree.environment(), python, {})]
    dropping = [place._replace(drops_markers=True) for place in here]
    return Places([*here, *dropping], platform_is_told=False)
