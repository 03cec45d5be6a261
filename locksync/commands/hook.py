"""`locksync hook`: what the hooks of .pre-commit-hooks.yaml call."""

from __future__ import annotations

import os
from functools import partial

from locksync.commands.outcome import Outcome, Run
from locksync.commands.reporting import outcome_of
from locksync.commands.selection import examine
from locksync.findings import Code
from locksync.model import Result
from locksync.repository.working_tree import Repository


def hook(run: Run) -> Outcome:
    """Check the exports of a hook and, unless it only checks, regenerate the stale ones.

    The hook fails if it changed anything. It never overwrites an edited output and stages nothing.
    An export that locksync cannot predict is skipped while none of its files differs from HEAD or
    from the base of the branch; but not where there is no commit to wait for it, as in CI.
    Raises UsageError for an unknown hook id.
    """
    examined = examine(run)
    left = [result for result in examined.results if _is_left(result, run.repository)]
    if left and _checks_everything(run.repository):
        left = []
    results = tuple(result for result in examined.results if result not in left)
    if run.settings.writes:
        from locksync.verdict.regenerate import regenerate

        may_write = partial(_may_write, run.repository)
        results = regenerate(results, run.repository, run.memory, may_write)
    report = examined._replace(results=results).report
    # A skipped export is not known to be fresh.
    outcome = outcome_of(report, None if left else examined.trace, run)
    told = [
        f"skipped, because none of its files has changed: {result.findings[0].message}"
        for result in left
        if run.settings.verbose
    ]
    return outcome._replace(
        code=max(outcome.code, int(report.changed)), talk=(*outcome.talk, *told)
    )


def _checks_everything(repository: Repository) -> bool:
    return bool(os.environ.get("CI")) or repository.holds_head()


def _is_left(result: Result, repository: Repository) -> bool:
    codes = {finding.code for finding in result.findings}
    files = (result.export.output, *result.inputs)
    return codes == {Code.UNSUPPORTED} and not (
        repository.changed(files) or repository.changed_since_named_base(files)
    )


def _may_write(repository: Repository, result: Result) -> bool:
    """Whether nothing that somebody wrote can be lost."""
    if any(finding.code is Code.EDITED for finding in result.findings):
        return False
    return repository.has_git or result.current is None
