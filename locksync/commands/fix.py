"""`locksync fix`: regenerate stale outputs."""

from __future__ import annotations

from locksync.commands.outcome import Outcome, Run
from locksync.commands.reporting import outcome_of
from locksync.commands.selection import examine
from locksync.findings import Verdict
from locksync.verdict.regenerate import regenerate


def fix(run: Run) -> Outcome:
    """Regenerate the outputs of the selected exports that are stale. Raises UsageError."""
    examined = examine(run)
    results = regenerate(examined.results, run.repository, run.memory, lambda _: True)
    told = results
    if any(result.verdict is Verdict.UNKNOWN for result in results):
        from locksync.verdict.asked import ask_of_locks

        told = ask_of_locks(results, run.repository)
    # What a tool has told of a lock file depends on more than a trace records.
    trace = examined.trace if told == results else None
    return outcome_of(examined._replace(results=told).report, trace, run)
