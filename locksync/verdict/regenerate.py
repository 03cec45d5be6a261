"""Write the outputs of exports that are stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from locksync.findings import Code, Finding, FindingError
from locksync.model import Result
from locksync.repository.working_tree import Repository
from locksync.repository.writing import clean, replace
from locksync.verdict.check import check
from locksync.verdict.check_all import answered


def regenerate(
    results: Sequence[Result], repository: Repository, may_write: Callable[[Result], bool]
) -> tuple[Result, ...]:
    """The results, in the same order, after every output that may be written was regenerated.

    Outputs that other exports read come first. Independent outputs are regenerated side by side.
    """
    done: dict[str, Result] = {}
    waiting = list(results)
    while waiting:
        outputs = {result.export.output for result in waiting}
        ready = [result for result in waiting if not outputs & set(result.inputs)] or waiting
        changed = {output for output, result in done.items() if result.changed}
        current = [
            check(result.export, repository) if changed & set(result.inputs) else result
            for result in ready
        ]
        for result, _ in answered(current, repository, may_write):
            done[result.export.output] = _write(result, repository) if may_write(result) else result
        waiting = [result for result in waiting if result not in ready]
    return tuple(done[result.export.output] for result in results)


def _write(result: Result, repository: Repository) -> Result:
    """The result after the expected content, if known, was written to the output file."""
    output = result.export.output
    if result.expected is None:
        # A leftover of a killed run that cannot be removed is no reason to fail.
        with suppress(FindingError, OSError):
            clean(repository.locate(output))
        return result
    try:
        replace(repository.locate(output), result.expected)
    except FindingError as error:
        return result.failed(error.finding)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        return result.failed(Finding(Code.UNWRITABLE, message, output))
    return result._replace(changed=True)
