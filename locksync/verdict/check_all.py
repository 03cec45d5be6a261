"""Check all exports of a run. Those remembered as fresh are not checked again."""

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
"""Up to this many exports, one process is done sooner than more processes are started."""


class Checked(NamedTuple):
    """The results of checking some exports."""

    results: tuple[Result, ...]
    trace: Trace
    """Everything the verdicts depend on."""


def check_all(
    exports: Iterable[Export], repository: Repository, memory: Memory, found_by: Trace
) -> Checked:
    """The results for some exports, in the same order. Fresh ones are remembered.

    `found_by` is what finding the exports depended on. Only tools whose command has no side effect
    are run.
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
    """The results after the tools have run, side by side, wherever only a tool can tell.

    Each comes with everything that the tool's answer depends on.
    """
    is_asked = [result.is_for_the_tool and may_be_asked(result) for result in results]
    if not any(is_asked):
        return [(result, {}) for result in results]
    # Imported late: only a run that needs a tool needs it.
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
            # Each tool has its own process group, so Ctrl-C does not reach it.
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
        # Some sandboxes lack the semaphores that a pool of processes needs.
        yield from _check_some(repository, exports)
        return
    chunks = [exports[start : start + FEW] for start in range(0, len(exports), FEW)]
    with started as pool:
        for results in pool.map(partial(_check_some, repository), chunks):
            yield from results


def _end_with_parent() -> None:
    """Make a worker process end with its parent, even if the parent is killed."""
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
        # No report shows the bytes of a fresh output. Drop them: there may be a thousand.
        result = result._replace(current=None)
    return result, trace
