"""`locksync check`: report whether every export is fresh. Nothing in the repository is changed."""

from __future__ import annotations

from locksync.commands.outcome import Outcome, Run
from locksync.commands.reporting import outcome_of
from locksync.commands.selection import examine


def check(run: Run) -> Outcome:
    """Check the selected exports. Raises UsageError."""
    examined = examine(run)
    if not run.settings.ask:
        return outcome_of(examined.report, examined.trace, run)
    from locksync.verdict.asked import ask_all

    results = ask_all(examined.results, run.repository, run.memory)
    # What a tool has told depends on more than a trace records.
    trace = examined.trace if results == examined.results else None
    return outcome_of(examined._replace(results=results).report, trace, run)
