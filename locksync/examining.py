"""The verdicts on exports: computed, or told by tools that are safe to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from locksync.checking import check
from locksync.export import Export, Result
from locksync.repository import Repository
from locksync.tools import TOOLS


def examine(exports: Iterable[Export], repository: Repository) -> Sequence[Result]:
    """The verdict on each export. No tool is asked whose command could do more than tell."""
    results = [check(export, repository) for export in exports]
    return answered(results, repository, only_inert=True)


def answered(
    results: Sequence[Result], repository: Repository, *, only_inert: bool = False
) -> Sequence[Result]:
    """The results once the tools were asked, side by side, what only they can tell."""
    asked = [
        result
        for result in results
        if result.is_for_the_tool and (TOOLS[result.export.tool].is_inert or not only_inert)
    ]
    if not asked:
        return results
    # Only runs that cannot do without a tool pay for what starts one.
    from locksync.asking import ask

    if len(asked) == 1:
        told = [ask(asked[0], repository)]
    else:
        import os
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            told = list(pool.map(lambda result: ask(result, repository), asked))
    by_export = {result.export: result for result in told}
    return [by_export.get(result.export, result) for result in results]
