"""What a hook run means: which exports it covers, what it writes, what makes it fail."""

from __future__ import annotations

from typing import NamedTuple

from locksync.command import redirect
from locksync.discovery import Survey, find_exports
from locksync.examining import examine
from locksync.export import Code, Finding, Result
from locksync.fixing import repair
from locksync.memory import Memory, Trace, record
from locksync.reports import Report
from locksync.repository import Repository
from locksync.settings import Settings, UsageError
from locksync.tools import TOOLS, read_export
from locksync.tree import Tree


class HookRun(NamedTuple):
    """What a hook run has found and done."""

    report: Report
    trace: Trace | None
    """What that depends on, None where it is not fresh."""
    left: tuple[Result, ...] = ()
    """Exports that cannot be told and of which no file differs from HEAD: left in peace."""


def run_hook(settings: Settings, repository: Repository, memory: Memory) -> HookRun:
    """Check the exports of a hook and, if it may write, regenerate those that lag behind.

    `settings.hook` starts with the id of a hook for one tool, or is empty for all tools. The
    arguments that follow it, if any, are those of the tool's export command, run in the working
    directory; without them, all exports of that tool are covered.

    Edited outputs are never overwritten. Nothing is ever staged. Raises UsageError for an id that
    is none.
    """
    tree, trace = record(repository)
    survey = _survey(settings, tree, repository.prefix)
    exports = (
        export._replace(strict=settings.strict or export.strict) for export in survey.exports
    )
    examination = examine(exports, repository, memory, trace)
    found = examination.results
    left = tuple(result for result in found if _is_left(result, repository))
    results = tuple(result for result in found if result not in left)
    if settings.writes:
        results = repair(results, repository, lambda result: not _is_edited(result))
    # What is left in peace is not fresh.
    return HookRun(Report(results, survey.findings), None if left else examination.trace, left)


def _survey(settings: Settings, tree: Tree, prefix: str) -> Survey:
    if not settings.hook:
        return find_exports(tree).below(prefix)
    hook, *arguments = settings.hook
    tool = next((tool for tool in TOOLS.values() if tool.hook == hook), None)
    if tool is None:
        ids = ", ".join(sorted(tool.hook for tool in TOOLS.values()))
        raise UsageError(f"there is no hook {hook} (there are {ids})")
    if not arguments:
        found = find_exports(tree).below(prefix)
        return found._replace(
            exports=tuple(export for export in found.exports if export.tool == tool.name)
        )
    try:
        command = redirect((*tool.command, *arguments))
        return Survey((read_export(command, prefix),))
    except ValueError as error:
        message = f"the arguments of the hook {hook} are not valid: {error}"
        return Survey((), (Finding(Code.CONFIGURATION, message, ".pre-commit-config.yaml"),))


def _is_left(result: Result, repository: Repository) -> bool:
    codes = {finding.code for finding in result.findings}
    files = (result.export.output, *result.inputs)
    return codes == {Code.UNSUPPORTED} and not repository.changed(files)


def _is_edited(result: Result) -> bool:
    return any(finding.code is Code.EDITED for finding in result.findings)
