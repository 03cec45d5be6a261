"""What a hook run means: which exports it covers, what it writes, what makes it fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from locksync.command import redirect
from locksync.discovery import Survey, find_exports
from locksync.examining import examine
from locksync.export import Code, Finding, Result
from locksync.fixing import repair
from locksync.reports import Report
from locksync.repository import Repository
from locksync.tools import TOOLS, read_export


class HookRun(NamedTuple):
    """What a hook run has found and done."""

    report: Report
    left: tuple[Result, ...] = ()
    """Exports that cannot be told and of which no file differs from HEAD: left in peace."""


def run(
    repository: Repository, hook: str | None, arguments: Sequence[str], *, write: bool, strict: bool
) -> HookRun:
    """Check the exports of a hook and, if it may write, regenerate those that lag behind.

    `hook` is the id of a hook for one tool, None for all tools. Its arguments, if any, are those
    of the tool's export command, run in the working directory; without them, all exports of that
    tool are covered.

    Edited outputs are never overwritten. Nothing is ever staged.
    """
    survey = _survey(repository, hook, arguments)
    exports = (export._replace(strict=strict or export.strict) for export in survey.exports)
    found = examine(exports, repository)
    left = tuple(result for result in found if _is_left(result, repository))
    results = tuple(result for result in found if result not in left)
    if write:
        results = repair(results, repository, lambda result: not _is_edited(result))
    return HookRun(Report(results, survey.findings), left)


def _survey(repository: Repository, hook: str | None, arguments: Sequence[str]) -> Survey:
    if hook is None:
        return find_exports(repository).below(repository.prefix)
    tool = next(tool for tool in TOOLS.values() if tool.hook == hook)
    if not arguments:
        found = find_exports(repository).below(repository.prefix)
        return found._replace(
            exports=tuple(export for export in found.exports if export.tool == tool.name)
        )
    try:
        command = redirect((*tool.command, *arguments))
        return Survey((read_export(command, repository.prefix),))
    except ValueError as error:
        message = f"the arguments of the hook {hook} are not valid: {error}"
        return Survey((), (Finding(Code.CONFIGURATION, message, ".pre-commit-config.yaml"),))


def _is_left(result: Result, repository: Repository) -> bool:
    codes = {finding.code for finding in result.findings}
    files = (result.export.output, *result.inputs)
    return codes == {Code.UNSUPPORTED} and not repository.changed(files)


def _is_edited(result: Result) -> bool:
    return any(finding.code is Code.EDITED for finding in result.findings)
