"""Check all exports of a run. Those remembered as fresh are not checked again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from locksync.findings import Verdict, bug
from locksync.model import Answer, Export, How, Result
from locksync.repository.protocol import Tree
from locksync.repository.working_tree import Repository
from locksync.tools.registry import TOOLS
from locksync.verdict.check import check
from locksync.verdict.layers import in_layers
from locksync.verdict.memory import Memory, Trace, add, record
from locksync.verdict.settled import as_settled, without_own_writing
from locksync.verdict.side_by_side import side_by_side

LONGEST_WAIT = 0.2
"""How late an interruption may be noticed, in seconds."""


class Known(NamedTuple):
    """What the command of an export would write."""

    answer: Answer
    trace: Trace
    """Everything that depends on."""


NOTHING_KNOWN: Mapping[Export, Known] = {}


class Checked(NamedTuple):
    """The results of checking some exports."""

    results: tuple[Result, ...]
    trace: Trace
    """Everything the verdicts depend on."""


def checked(export: Export, tree: Tree, known: Answer | None = None) -> Result:
    """The verdict on one export. A bug of locksync is that export's finding, and no other's."""
    try:
        return check(export, tree, known)
    except Exception as error:
        return Result(export, (), How.NONE, (bug(error, export.output),))


def check_all(
    exports: Iterable[Export],
    repository: Repository,
    memory: Memory,
    found_by: Trace,
    known: Mapping[Export, Known] = NOTHING_KNOWN,
) -> Checked:
    """The results for some exports, in the same order. Fresh ones are remembered.

    `found_by` is what finding the exports depended on, `known` what finding them has already told
    of some. Only tools whose command has no side effect are run.
    """
    results: dict[Export, Result | None] = dict.fromkeys(exports)
    trace = dict(found_by)
    for export in results:
        if state := memory.recall(*export):
            asked, noted = state
            add(trace, asked)
            results[export] = _fresh_then(export, noted)
    left = [export for export, result in results.items() if result is None]
    pieces = [(export, known.get(export)) for export in left]
    found = [
        (as_settled(result, memory), asked)
        for result, asked in side_by_side(_check_one, pieces, repository)
    ]
    told = answered([result for result, _ in found], repository, _is_inert)
    for export, (_, asked), (told_of_it, asked_for_it) in zip(left, found, told, strict=True):
        add(asked, asked_for_it)
        add(trace, asked)
        result = without_own_writing(told_of_it, memory)
        if result.verdict is Verdict.FRESH:
            said: list[Any] = [result.unmatched, result.overruled, result.notes]
            memory.remember(asked, [result.export.output, *said, *result.inputs], *export)
        results[export] = result
    return Checked(tuple(in_layers(list(filter(None, results.values())))), trace)


def _fresh_then(export: Export, notes: Sequence[Any]) -> Result:
    """The result for an export that was found fresh, with what was noted of it."""
    output, unmatched, overruled, told, *inputs = notes
    known = Result(export._replace(output=output), tuple(inputs), How.KNOWN)
    return known._replace(unmatched=tuple(unmatched), overruled=tuple(overruled), notes=tuple(told))


def _is_inert(result: Result) -> bool:
    return TOOLS[result.export.tool].about.is_inert


def answered(
    results: Sequence[Result],
    repository: Repository,
    may_be_asked: Callable[[Result], bool],
    *,
    in_copies: bool = False,
) -> list[tuple[Result, Trace]]:
    """The results after the tools have run, side by side, wherever only a tool can tell.

    Each comes with everything that the tool's answer depends on.
    """
    is_asked = [result.is_for_the_tool and may_be_asked(result) for result in results]
    if not any(is_asked):
        return [(result, {}) for result in results]
    # Imported late: only a run that needs a tool needs it.
    from locksync.repository.process import end_tidily
    from locksync.verdict.ask import ask

    end_tidily()
    asking = partial(ask, in_copy=in_copies)

    def tell(result: Result, is_asked: bool) -> tuple[Result, Trace]:
        tree, trace = record(repository)
        return (_unless_buggy(asking, result, tree) if is_asked else result), trace

    if sum(is_asked) == 1:
        return list(map(tell, results, is_asked))
    return _at_once(tell, list(zip(results, is_asked, strict=True)))


def _at_once(
    tell: Callable[[Result, bool], tuple[Result, Trace]], pieces: Sequence[tuple[Result, bool]]
) -> list[tuple[Result, Trace]]:
    """What tools tell that run at the same time."""
    from concurrent.futures import ThreadPoolExecutor, wait

    from locksync.repository.process import resume, stop_all

    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            try:
                told = [pool.submit(tell, *piece) for piece in pieces]
                # A signal that another thread receives does not end a wait without a limit.
                while wait(told, timeout=LONGEST_WAIT).not_done:
                    pass
                return [future.result() for future in told]
            except BaseException:
                # Each tool has its own process group, so Ctrl-C does not reach it.
                pool.shutdown(wait=False, cancel_futures=True)
                stop_all()
                raise
    finally:
        resume()


def _unless_buggy(ask: Callable[[Result, Tree], Result], result: Result, tree: Tree) -> Result:
    try:
        return ask(result, tree)
    except Exception as error:
        return result.failed(bug(error, result.export.output))


def _check_one(repository: Repository, piece: tuple[Export, Known | None]) -> tuple[Result, Trace]:
    export, known = piece
    tree, trace = record(repository)
    if known:
        add(trace, known.trace)
    result = checked(export, tree, known.answer if known else None)
    if result.verdict is Verdict.FRESH:
        # No report shows the bytes of a fresh output. Drop them: there may be a thousand.
        result = result._replace(current=None)
    return result, trace
