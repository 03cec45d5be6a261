"""Write the outputs of exports that are stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from locksync.findings import Code, Finding, FindingError
from locksync.model import How, Result
from locksync.repository.working_tree import Repository
from locksync.repository.writing import CHANGED, ChangedError, clean, leftover, replace
from locksync.verdict.check_all import answered, checked
from locksync.verdict.layers import without_what_others_tell
from locksync.verdict.memory import Memory
from locksync.verdict.repairs import made
from locksync.verdict.settled import note, settle


def regenerate(
    results: Sequence[Result],
    repository: Repository,
    memory: Memory,
    may_write: Callable[[Result], bool],
) -> tuple[Result, ...]:
    """The results, in the same order, after every output that may be written was regenerated.

    Outputs that other exports read come first. Independent outputs are regenerated side by side.
    What the tools were seen to write or to leave is remembered.
    """

    def may_ask(result: Result) -> bool:
        return may_write(result) and not result.elsewhere

    done: dict[str, Result] = {}
    waiting = list(results)
    while waiting:
        outputs = {result.export.output for result in waiting}
        ready = [
            result
            for result in waiting
            if not (outputs - {result.export.output}) & set(result.inputs)
        ] or waiting
        changed = {output for output, result in done.items() if result.changed}
        current = [
            without_what_others_tell(checked(result.export, repository), changed)
            if changed & set(result.inputs)
            else result
            for result in ready
        ]
        for told, _ in answered(current, repository, may_ask):
            result = _regenerated(told, repository) if may_write(told) else told
            settle(result, repository, memory)
            note(result, memory)
            done[result.export.output] = result
        waiting = [result for result in waiting if result not in ready]
    return tuple(done[result.export.output] for result in results)


def _regenerated(result: Result, repository: Repository) -> Result:
    """The result once its output is written, where what it should hold is known here."""
    if result.elsewhere and result.is_for_the_tool:
        return result.failed(_refusal(result))
    # One that still waits for another output has had its chance.
    return _write(result.unrepaired() if result.how is How.NONE else result, repository)


def _refusal(result: Result) -> Finding:
    """The finding for an output that its tool would compile for another machine than its own."""
    export = result.export
    message = f"{export.output} is not regenerated here: it was compiled for {result.elsewhere}"
    advice = f"Run `{export.command}` there"
    if export.directory:
        advice = f"{advice}, in {export.directory}"
    return Finding(Code.REFUSED, message, export.output, advice=advice)


def _write(result: Result, repository: Repository) -> Result:
    """The result after the expected content, if known, was written to the output file."""
    output = result.export.output
    if result.expected is None:
        # A leftover of a killed run that cannot be removed is no reason to fail.
        with suppress(FindingError, OSError):
            if not repository.brings(leftover(repository.target(output))):
                clean(repository.locate(output))
        return result
    try:
        if repository.brings(temporary := leftover(repository.target(output))):
            message = f"{output} cannot be written by way of {temporary}, which git tracks"
            return result.failed(Finding(Code.UNWRITABLE, message, temporary))
        replace(repository.locate(output), result.expected, result.current)
    except FindingError as error:
        return result.failed(error.finding)
    except (OSError, ChangedError) as error:
        reason = error.strerror if isinstance(error, OSError) else CHANGED
        message = f"{output} cannot be written: {reason}"
        fix = made(output, repository)
        # Where the directory is there, the same would fail again.
        repair = fix if len(fix.steps) > 1 or isinstance(error, ChangedError) else None
        return result.failed(Finding(Code.UNWRITABLE, message, output, None, repair))
    return result._replace(changed=True)
