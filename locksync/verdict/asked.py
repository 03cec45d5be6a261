"""Have the tools tell what only they can tell, in copies: `check --ask`, and `fix` of locks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from locksync.findings import Code, Finding, FindingError, Verdict
from locksync.model import Export, Result
from locksync.repository import process as running
from locksync.repository.working_tree import Repository
from locksync.tools.protocol import LockCheck
from locksync.tools.registry import TOOLS
from locksync.verdict.ask import find_program
from locksync.verdict.check_all import answered
from locksync.verdict.copies import copy, write_above
from locksync.verdict.memory import Memory
from locksync.verdict.settled import settle


def ask_all(
    results: Sequence[Result], repository: Repository, memory: Memory
) -> tuple[Result, ...]:
    """The results once the tools have told of those exports that are unknown without them."""
    told = [one for one, _ in answered(results, repository, _is_unknown, in_copies=True)]
    for result in told:
        settle(result, repository, memory)
    return ask_of_locks(told, repository)


def _is_unknown(result: Result) -> bool:
    return result.verdict is Verdict.UNKNOWN and not result.elsewhere


def ask_of_locks(results: Sequence[Result], repository: Repository) -> tuple[Result, ...]:
    """The results once the tools have said whether the lock files in doubt are up to date."""
    said: dict[str, tuple[Finding, ...]] = {}
    running.end_tidily()
    return tuple(_with_lock(result, said, repository) for result in results)


def _with_lock(
    result: Result, said: dict[str, tuple[Finding, ...]], repository: Repository
) -> Result:
    """The result with what its tool says of the lock file, if that is in doubt."""
    check_lock = TOOLS[result.export.tool].about.lock_check
    if check_lock is None:
        return result
    left: list[Finding] = []
    for found in result.findings:
        if found.code is not Code.UNSUPPORTED or found.file != result.inputs[0]:
            left.append(found)
            continue
        if found.file not in said:
            said[found.file] = tuple(_checked(result, found, check_lock(), repository))
        # A tool that is not installed was already told of.
        left += (one for one in said[found.file] if one not in result.findings)
    return result._replace(findings=tuple(left))


def _checked(
    result: Result, doubt: Finding, check: LockCheck, repository: Repository
) -> Sequence[Finding]:
    """What is to be said of a lock file once the tool has compared it."""
    export, tool = result.export, TOOLS[result.export.tool]
    try:
        _run(result, check, repository)
    except FindingError as error:
        return [error.finding]
    except (OSError, running.ToolError) as error:
        if check.says not in str(error):
            return [doubt._replace(message=f"{doubt.message}; {tool.about.program} {error}")]
        message = f"{doubt.file} is out of date, says `{_named(export, check)}`"
        return [Finding(Code.LOCK_STALE, message, doubt.file, None, tool.make_lock(export))]
    return []


def _named(export: Export, check: LockCheck) -> str:
    return " ".join((TOOLS[export.tool].about.program, *check.invocation.arguments))


def _run(result: Result, check: LockCheck, repository: Repository) -> None:
    """Have the tool compare a lock file, in a copy of the repository.

    Raises ToolError if it is not up to date, and FindingError where there is no such tool.
    """
    lock = result.inputs[0]
    with tempfile.TemporaryDirectory(prefix="locksync-") as above:
        place = os.path.join(os.path.realpath(above), "place")
        copy(repository, place, result.inputs)
        invocation = check.invocation._replace(output=os.path.join(above, "said"))
        program = find_program(result, invocation, repository)
        write_above(invocation, above)
        running.run(program, invocation, os.path.join(place, *lock.split("/")[:-1]))
