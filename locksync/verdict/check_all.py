"""Checking the exports of a run: those remembered as fresh are not worked out again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from locksync.findings import Verdict
from locksync.model import Export, How, Result
from locksync.repository.working_tree import Repository
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from locksync.verdict.memory import Memory, Trace, add, record

FEW = 8
"""As many exports are checked sooner by this process than others are started."""


class Checked(NamedTuple):
    """What the checks of some exports have come to."""

    results: tuple[Result, ...]
    trace: Trace
    """What the verdicts depend on."""


def check_all(
    exports: Iterable[Export], repository: Repository, memory: Memory, found_by: Trace
) -> Checked:
    """The results for exports, in their order, with fresh ones remembered.

    `found_by` is what finding the exports depended on. Of the tools, only those are asked whose
    command does nothing but tell.
    """
    results: dict[Export, Result | None] = dict.fromkeys(exports)
    trace = dict(found_by)
    for export in results:
        if state := memory.recall(*export):
            asked, (output, *inputs) = state
            add(trace, asked)
            known = Result(export._replace(output=output), tuple(inputs), How.KNOWN)
            results[export] = known
    left = [export for export, result in results.items() if result is None]
    checked = list(_check_side_by_side(left, repository))
    told = answered(
        [result for result, _ in checked],
        repository,
        lambda result: TOOLS[result.export.tool].about.is_inert,
    )
    for export, (_, asked), (result, asked_for_it) in zip(left, checked, told, strict=True):
        add(asked, asked_for_it)
        add(trace, asked)
        if result.verdict is Verdict.FRESH:
            memory.remember(asked, [result.export.output, *result.inputs], *export)
        results[export] = result
    return Checked(tuple(filter(None, results.values())), trace)


def answered(
    results: Sequence[Result], repository: Repository, may_be_asked: Callable[[Result], bool]
) -> list[tuple[Result, Trace]]:
    """The results once the tools were asked, side by side, what only they can tell.

    Each with what the tool's answer depends on.
    """
    is_asked = [result.is_for_the_tool and may_be_asked(result) for result in results]
    if not any(is_asked):
        return [(result, {}) for result in results]
    # Only runs that cannot do without a tool pay for what starts one.
    from locksync.verdict.ask import ask

    def tell(result: Result, is_asked: bool) -> tuple[Result, Trace]:
        tree, trace = record(repository)
        return (ask(result, tree) if is_asked else result), trace

    if sum(is_asked) == 1:
        return list(map(tell, results, is_asked))
    from concurrent.futures import ThreadPoolExecutor

    from locksync.repository.process import stop_all

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            return list(pool.map(tell, results, is_asked))
        except BaseException:
            # Tools have a process group of their own: no Ctrl-C reaches them.
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise


def _check_side_by_side(
    exports: Sequence[Export], repository: Repository
) -> Iterator[tuple[Result, Trace]]:
    workers = min(os.cpu_count() or 1, len(exports) // FEW)
    if workers < 2:
        yield from _check_some(repository, exports)
        return
    try:
        from concurrent.futures import ProcessPoolExecutor

        started = ProcessPoolExecutor(workers, initializer=_end_with_parent)
    except (ImportError, NotImplementedError, OSError):
        # Some sandboxes have nothing by which processes could wait for one another.
        yield from _check_some(repository, exports)
        return
    chunks = [exports[start : start + FEW] for start in range(0, len(exports), FEW)]
    with started as pool:
        for results in pool.map(partial(_check_some, repository), chunks):
            yield from results


def _end_with_parent() -> None:
    """Have a worker end when what it works for does, even if that is killed."""
    import threading
    from multiprocessing import parent_process

    def wait() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _check_some(repository: Repository, exports: Sequence[Export]) -> list[tuple[Result, Trace]]:
    return [_check_one(repository, export) for export in exports]


def _check_one(repository: Repository, export: Export) -> tuple[Result, Trace]:
    tree, trace = record(repository)
    result = check(export, tree)
    if result.verdict is Verdict.FRESH:
        # Of what is in step nothing is shown: it is not to be held for a thousand projects.
        result = result._replace(current=None)
    return result, trace
